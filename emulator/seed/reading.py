"""Trees as classes of the format: all that is wrong with a file, each with its line and path, before it is applied."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING
from typing import Any

from emulator.seed import members
from emulator.seed.documents import Node, plain
from emulator.seed.flaws import Flaw, Place, nearest
from emulator.seed.members import Form, Member, Thing
from emulator.wire.model import Shape

NO_SECRETS = "a seed holds no secrets, and needs none: take it out"
_SECRET_NAME = re.compile(r"secret|passw(or)?d|privatekey|accesskey|sessiontoken", re.IGNORECASE)
# Source: IAM user guide (documented): how ids of access keys begin.
_SECRET_VALUE = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


class Unreadable(Exception):
    """A file that is not there, or is not text."""


class Reader:
    """Reads one file's tree; what is wrong is in `flaws`, and what it stands for is None.

    `fetch` gives the text of a file that this one names.
    """

    def __init__(self, file: str, fetch: Callable[[str], str]) -> None:
        self.flaws: list[Flaw] = []
        self._file = file
        self._fetch = fetch

    def thing(self, kind: Any, node: Node, path: str, key: str | None = None) -> Any:
        """An instance of a class of the format; `key` is the name that a mapping gave it."""
        form = members.form(kind)
        found = self._found(form, node, path, key)
        if found is None:
            return None
        flaws_before = len(self.flaws)
        values = {}
        for name, each in form.members.items():
            value = self._member(each, found, path)
            if value is not MISSING:
                values[name] = value
            elif each.default is MISSING:
                self._flaw(node, path, f"{name} is missing")
        if len(self.flaws) > flaws_before:
            return None
        thing = kind(**values, at=Place(self._file, node.line, path))
        fault = thing.fault()
        return self._flaw(node, path, fault) if fault else thing.normal()

    def _found(self, form: Form, node: Node, path: str, key: str | None) -> dict[str, Node] | None:
        """The nodes by the names of members, whatever they were called."""
        named = {} if key is None else {form.key: Node(node.line, key, key)}
        if not isinstance(node.value, dict):
            word = form.word if named or not form.key else form.key
            if node.value is None and (named or not form.key):
                return named
            if word and not isinstance(node.value, list) and node.value is not None:
                return {**named, word: node}
            self._flaw(node, path, "must be a mapping")
            return None
        found: dict[str, Node] = {}
        for name, value in _unwrapped(form, node.value):
            if not path and name.startswith("x-"):  # for anchors, as in Compose files
                self.opaque(Node(node.line, "", {name: value}), "")
                continue
            own = form.spellings.get(name) or form.spellings.get(members.snake(name)) or _file_member(form, name)
            if own is None:
                self._unknown(value, _below(path, name), list(form.members))
            elif own in found or own in named:
                self._flaw(value, path, f"{own} is there twice")
            else:
                found[own] = value
        return {**named, **found}

    def _member(self, each: Member, found: Mapping[str, Node], path: str) -> Any:
        at = _below(path, each.name)
        if each.from_file and f"{each.name}_file" in found:
            node = found[f"{each.name}_file"]
            if each.name in found:
                self._flaw(node, f"{at}_file", f"is there beside {each.name}")
            return self._contents(node, f"{at}_file")
        if each.name not in found:
            return MISSING
        node = found[each.name]
        if node.value is None and (each.nullable or each.default in ([], {})):
            return None if each.nullable else MISSING
        value = self._value(each, each.kind, node, at)
        if value is not None and each.check and not each.check.holds(value):
            self._flaw(node, at, f"must be {each.check.wanted}, not {value!r}")
        return value

    def _value(self, each: Member, kind: Any, node: Node, path: str) -> Any:
        item = members.item(kind)
        if item is not None:
            return self._list(each, item, node, path)
        if members.is_thing(kind):
            return self.thing(kind, node, path)
        if each.block:
            return self.block(members.service().shape(each.block), node, path)
        if kind == dict[str, str]:
            return self._policies(node, path)
        value = self._scalar(kind, node, path)
        if value is not None and each.choices and value not in each.choices:
            wanted = f"must be one of {', '.join(each.choices)}, not {value!r}"
            return self._flaw(node, path, wanted + nearest(value, each.choices))
        return value

    def _list(self, each: Member, item: Any, node: Node, path: str) -> Any:
        """A list; or, of things that have names, a mapping by these; or one thing alone, where it is a word."""
        named = members.is_thing(item) and bool(members.form(item).key)
        if isinstance(node.value, list):
            found = [self._value(each, item, one, f"{path}[{number}]") for number, one in enumerate(node.value)]
        elif isinstance(node.value, dict) and named:
            found = [self.thing(item, one, f"{path}.{name}", name) for name, one in node.value.items()]
        elif not isinstance(node.value, dict) and (named or item is str):
            found = [self._value(each, item, node, path)]
        else:
            return self._flaw(node, path, "must be a list")
        self._check_unique(found)
        return found

    def _check_unique(self, found: list[Any]) -> None:
        seen: dict[object, Place] = {}
        for each in found:
            key = each.unique if isinstance(each, Thing) else None
            if key is None:
                continue
            if key in seen:
                first = f"{seen[key].path}{f' in line {seen[key].line}' if seen[key].line else ''}"
                self.flaws.append(Flaw(each.at, f"is there already: {first}"))
            seen.setdefault(key, each.at)

    def _scalar(self, kind: type, node: Node, path: str) -> Any:
        value: Any = None
        if isinstance(node.value, list | dict):
            return self._flaw(node, path, f"must be {_NAMES[kind]}")
        if kind is str and node.value is not None:
            return self._text(node, path, node.text)
        if kind is bool and isinstance(node.value, bool):
            value = node.value
        if kind is int and isinstance(node.value, int) and not isinstance(node.value, bool):
            value = node.value
        if kind is float and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            with suppress(OverflowError):
                value = float(node.value)
        if value is None:
            return self._flaw(node, path, f"must be {_NAMES[kind]}, not {node.text or 'nothing'!r}")
        return value

    def _text(self, node: Node, path: str, text: str) -> Any:
        if _SECRET_VALUE.search(text):
            return self._flaw(node, path, f"looks like a secret; {NO_SECRETS}")
        if _NO_TEXT.search(text):
            return self._flaw(node, path, "holds a character that is no text")
        return text

    def _contents(self, node: Node, path: str) -> Any:
        name = self._scalar(str, node, path)
        if name is None:
            return None
        try:
            return self._text(node, path, self._fetch(name))
        except Unreadable as error:
            return self._flaw(node, path, str(error))

    # ---- what AWS describes

    def block(self, shape: Shape, node: Node, path: str) -> Any:
        """A value of a shape of AWS's model, in boto3's types and by AWS's names."""
        match shape.type:
            case "structure":
                return self._structure(shape, node, path)
            case "list":
                if not isinstance(node.value, list) or not shape.member:
                    return self._flaw(node, path, "must be a list")
                return [self.block(shape.member, each, f"{path}[{number}]") for number, each in enumerate(node.value)]
            case "boolean":
                return self._scalar(bool, node, path)
            case "integer":
                return self._scalar(int, node, path)
        value = self._scalar(str, node, path)
        if value is not None and shape.enum and value not in shape.enum:
            wanted = f"must be one of {', '.join(shape.enum)}, not {value!r}"
            return self._flaw(node, path, wanted + nearest(value, shape.enum))
        return value

    def _structure(self, shape: Shape, node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return self._flaw(node, path, "must be a mapping")
        names = {members.snake(name): name for name in shape.members}
        found: dict[str, Any] = {}
        flaws_before = len(self.flaws)
        for name, value in node.value.items():
            member = names.get(members.snake(name))
            if member is None:
                self._unknown(value, f"{path}.{name}", list(names))
            elif member in found:
                self._flaw(value, path, f"{members.snake(member)} is there twice")
            else:
                found[member] = self.block(shape.members[member], value, f"{path}.{members.snake(member)}")
        for name, member in names.items():
            if member in shape.required and member not in found:
                self._flaw(node, path, f"{name} is missing")
        if shape.exactly_one and len(found) != 1 and len(self.flaws) == flaws_before:
            self._flaw(node, path, f"must be exactly one of {', '.join(names)}")
        return found

    # ---- what is opaque

    def _policies(self, node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return self._flaw(node, path, "must be a mapping of names to documents")
        return {name: self._policy(each, f"{path}.{name}") for name, each in node.value.items()}

    def _policy(self, node: Node, path: str) -> Any:
        if not isinstance(node.value, dict):
            return self._scalar(str, node, path)
        self.opaque(node, path)
        return json.dumps(plain(node), ensure_ascii=False, separators=(",", ":"))

    def opaque(self, node: Node, path: str) -> None:
        """Nothing, where it holds no secret."""
        if isinstance(node.value, dict):
            for name, each in node.value.items():
                if _is_secret(name):
                    self._flaw(each, _below(path, name), NO_SECRETS)
                self.opaque(each, _below(path, name))
        elif isinstance(node.value, list):
            for number, each in enumerate(node.value):
                self.opaque(each, f"{path}[{number}]")
        else:
            self._text(node, path, node.text)

    def _unknown(self, node: Node, path: str, known: list[str]) -> None:
        name = path.rpartition(".")[2]
        if _is_secret(name):
            self._flaw(node, path, NO_SECRETS)
            return
        near = nearest(members.snake(name), known) or f"; known: {', '.join(known)}"
        self._flaw(node, path, f"there is no such key{near}")

    def _flaw(self, node: Node, path: str, text: str) -> Any:
        """None, which stands for what cannot be read."""
        self.flaws.append(Flaw(Place(self._file, node.line, path), text))


def _unwrapped(form: Form, nodes: Mapping[str, Node]) -> list[tuple[str, Node]]:
    """The members, those too that AWS puts into structures of their own."""
    found: list[tuple[str, Node]] = []
    for name, node in nodes.items():
        if name in form.wrappers and isinstance(node.value, dict):
            found += _unwrapped(form, node.value)
        elif name not in form.ignored:
            found.append((name, node))
    return found


def _file_member(form: Form, name: str) -> str | None:
    stem = name.removesuffix("_file")
    return name if stem != name and stem in form.members and form.members[stem].from_file else None


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name.replace("_", "").replace("-", "")) is not None
