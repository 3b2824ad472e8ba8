"""Seeds as files: YAML as people write it, or JSON."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from emulator.seed import members
from emulator.seed.format import Seed
from emulator.seed.members import UNSAID, Thing

WIDTH = 120


def to_yaml(seed: Seed) -> str:
    """The seed in YAML; texts of several lines stand there as they are."""
    document = plain(seed)
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH) if document else ""


def to_json(seed: Seed) -> str:
    """The seed in JSON."""
    return json.dumps(plain(seed), indent=2, ensure_ascii=False) + "\n"


def plain(thing: Thing) -> dict[str, Any]:
    """The thing in JSON's types, without what a reader would fill in."""
    found: dict[str, Any] = {}
    for name, each in members.form(type(thing)).members.items():
        value = getattr(thing, name)
        is_usual = value == each.default and type(value) is type(each.default)
        if value is UNSAID or (is_usual and (thing.KEY or name != thing.WORD)):
            continue
        if name == "policies":
            found[name] = {its: _document(text) for its, text in value.items()}
        elif each.block:
            found[name] = _snaked(value)
        else:
            found[name] = _written(value)
    return found


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) if isinstance(each, Thing) else each for each in value]
    if isinstance(value, Thing):
        document = plain(value)
        return document[value.WORD] if not value.KEY and list(document) == [value.WORD] else document
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _short(thing: Thing) -> Any:
    """Its name alone, where nothing else is said of it."""
    document = plain(thing)
    return document[thing.KEY] if thing.KEY and list(document) == [thing.KEY] else document


def _document(text: str) -> Any:
    """A policy as a mapping, where that gives the very text again."""
    document = json.loads(text)
    again = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return document if isinstance(document, Mapping) and again == text else text


def _snaked(block: Any) -> Any:
    if isinstance(block, list):
        return [_snaked(each) for each in block]
    if isinstance(block, Mapping):
        return {members.snake(name): _snaked(value) for name, value in block.items()}
    return block


class _Dumper(yaml.SafeDumper):
    """Lists within mappings are indented, texts of several lines in blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """As people indent."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quoted with escapes where a line would be folded, or is not one to all: YAML breaks lines at more than `\\n`."""
    is_plain = text.replace("\n", "").isprintable()
    style = '"' if not is_plain else "|" if "\n" in text and not text.startswith((" ", "\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
