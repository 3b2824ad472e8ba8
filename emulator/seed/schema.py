"""The format as JSON Schema, by which editors complete and check a seed while it is written.

It describes names in snake case; AWS's spelling of them, in capitals, is let pass.
"""

import json
import sys
from dataclasses import MISSING
from typing import Any

from emulator.seed import members
from emulator.seed.format import Seed
from emulator.seed.members import UNSAID, Member, Thing
from emulator.wire.model import Shape

Schema = dict[str, Any]

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
_AWS = "^[A-Z]"
# Numbers, words such as `no` and dates are texts too, where a text is due.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}


def document() -> Schema:
    """The whole schema."""
    definitions: dict[str, Schema] = {}
    root = _thing(Seed, definitions)
    root["patternProperties"] |= {"^x-": True}
    definitions.pop("Seed", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seed of ses-emulator",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def text() -> str:
    """The schema as it is published."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _thing(kind: type[Thing], definitions: dict[str, Schema]) -> Schema:
    form = members.form(kind)
    properties: dict[str, Schema] = {}
    for name, each in form.members.items():
        properties[name] = _member(each, definitions)
        if each.from_file:
            properties[f"{name}_file"] = {"type": "string", "description": f"a file that holds {name}"}
    return {
        "description": " ".join((kind.__doc__ or "").split()),
        "type": "object",
        "properties": properties,
        "patternProperties": {_AWS: True},
        "additionalProperties": False,
    }


def _member(each: Member, definitions: dict[str, Schema]) -> Schema:
    found = _value(each, each.kind, definitions)
    if each.nullable or each.default in ([], {}):
        found = {"anyOf": [found, {"type": "null"}]}
    found["description"] = each.help
    if each.default not in (MISSING, UNSAID, None, [], {}):
        found["default"] = each.default
    return found


def _value(each: Member, kind: Any, definitions: dict[str, Schema]) -> Schema:
    item = members.item(kind)
    if item is not None:
        return _list(each, item, definitions)
    if members.is_thing(kind):
        return _of(kind, definitions, word=members.form(kind).word)
    if each.block:
        return _shape(members.service().shape(each.block), definitions)
    if kind == dict[str, str]:
        return {"type": "object", "additionalProperties": {"type": ["object", "string"]}}
    if each.choices:
        return {"enum": list(each.choices)}
    found = dict(_TEXT) if kind is str else {"type": _TYPES[kind]}
    return found | (dict(each.check.schema) if each.check else {})


def _list(each: Member, item: Any, definitions: dict[str, Schema]) -> Schema:
    """A list; a mapping by names, where things have names; or one of them alone."""
    if not members.is_thing(item):
        one = _value(each, item, definitions)
        found = {"type": "array", "items": one}
        return found if each.block else {"anyOf": [found, one]}
    form = members.form(item)
    if not form.key:
        return {"type": "array", "items": _of(item, definitions)}
    named = {"type": "object", "additionalProperties": {"anyOf": [_of(item, definitions, form.word), {"type": "null"}]}}
    one = _of(item, definitions, form.key)
    return {"anyOf": [{"type": "array", "items": one}, named, dict(_TEXT)]}


def _of(kind: type[Thing], definitions: dict[str, Schema], word: str = "") -> Schema:
    """The class by reference; or a single word, which stands for that member."""
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # before its members: one may refer to it
        definitions[kind.__name__] = _thing(kind, definitions)
    reference = {"$ref": f"#/$defs/{kind.__name__}"}
    if not word:
        return reference
    alone = members.form(kind).members[word]
    return {"anyOf": [reference, _value(alone, alone.kind, definitions)]}


def _shape(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    """A shape of AWS's model."""
    match shape.type:
        case "list":
            return {"type": "array", "items": _shape(shape.member, definitions)} if shape.member else {}
        case "boolean" | "integer":
            return {"type": shape.type}
        case "structure":
            if shape.name not in definitions:
                found = {members.snake(name): _shape(each, definitions) for name, each in shape.members.items()}
                definitions[shape.name] = {
                    "type": "object",
                    "properties": found,
                    "patternProperties": {_AWS: True},
                    "additionalProperties": False,
                }
            return {"$ref": f"#/$defs/{shape.name}"}
    return {"enum": list(shape.enum)} if shape.enum else dict(_TEXT)


if __name__ == "__main__":
    sys.stdout.write(text())
