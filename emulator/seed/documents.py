"""Documents as trees: YAML, TOML and JSON become the same nodes, which know what stands where.

Nothing is constructed: a node keeps the text of a scalar, so that an account that begins with zeros, or a subject that
is the word `no`, is still what was written.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date, time
from typing import Any, NamedTuple

import yaml

from emulator.seed.flaws import Flaw, Place, SeedError

# Ours: what a file may be made of, aliases counted as often as they are used.
MOST_NODES, DEEPEST = 200_000, 40
YAML, TOML, JSON = "yaml", "toml", "json"
SUFFIXES = {".yaml": YAML, ".yml": YAML, ".toml": TOML, ".json": JSON}

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


class Node(NamedTuple):
    """A part of a document: the line where it begins, and its value; of a scalar also the text, as it stands there."""

    line: int
    text: str
    value: Any  # None, bool, int, float or str; list[Node]; dict[str, Node]


def parse(text: str, kind: str, file: str) -> Node:
    """The tree of a document; SeedError where it is none."""
    try:
        if kind == YAML:
            return _Yaml(file).tree(text)
        return _Plain(file).node(tomllib.loads(text) if kind == TOML else json.loads(text), 0)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        raise _broken(file, int(found[1]) if found else 0, _TOML_LINE.sub("", str(error)), "TOML") from None
    except json.JSONDecodeError as error:
        raise _broken(file, error.lineno, error.msg, "JSON") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _broken(file, line, error.problem or "", "YAML") from None
    except yaml.YAMLError as error:
        raise _broken(file, 0, str(error).partition("\n")[0], "YAML") from None
    except ValueError as error:  # a number with thousands of digits
        raise _broken(file, 0, str(error), kind.upper()) from None
    except RecursionError:
        raise _refused(file, 0, "the file is nested too deeply") from None


def plain(node: Node) -> Any:
    """The same in Python's types, for what is opaque to seeds."""
    if isinstance(node.value, list):
        return [plain(each) for each in node.value]
    if isinstance(node.value, dict):
        return {key: plain(each) for key, each in node.value.items()}
    return node.value


class _Budget:
    """How much of a document there may still be: a few aliases of aliases are a billion nodes."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = MOST_NODES

    def take(self, depth: int, line: int) -> None:
        """One more node, at this depth."""
        self._left -= 1
        if self._left < 0:
            raise _refused(self._file, line, f"the file has more than {MOST_NODES} parts, aliases included")
        if depth > DEEPEST:
            raise _refused(self._file, line, f"the file is nested more than {DEEPEST} levels deep")


class _Plain:
    """Trees of TOML and JSON, whose lines nobody tells."""

    def __init__(self, file: str) -> None:
        self._budget = _Budget(file)

    def node(self, value: Any, depth: int) -> Node:
        """The value as a tree."""
        self._budget.take(depth, 0)
        if isinstance(value, dict):
            return Node(0, "", {key: self.node(each, depth + 1) for key, each in value.items()})
        if isinstance(value, list):
            return Node(0, "", [self.node(each, depth + 1) for each in value])
        if isinstance(value, date | time):
            return Node(0, value.isoformat(), value.isoformat())
        return Node(0, json.dumps(value) if isinstance(value, bool) else str(value), value)


class _Yaml:
    """Trees of YAML, with merge keys as YAML 1.1 has them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._budget = _Budget(file)

    def tree(self, text: str) -> Node:
        """The one document of the text; an empty one is an empty mapping."""
        self._check_depth(yaml.parse(text, _LOADER))
        root: yaml.Node | None = yaml.compose(text, _LOADER)
        return Node(1, "", {}) if root is None else self._node(root, 0)

    def _check_depth(self, events: Iterable[yaml.Event]) -> None:
        """Nothing, where composing it, which calls itself, is safe."""
        depth = 0
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                self._budget.take(depth, event.start_mark.line + 1 if event.start_mark else 0)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        self._budget = _Budget(self._file)

    def _node(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._budget.take(depth, line)
        if isinstance(node, yaml.MappingNode):
            return Node(line, "", self._mapping(node, depth))
        if isinstance(node, yaml.SequenceNode):
            return Node(line, "", [self._node(each, depth + 1) for each in node.value])
        return Node(line, node.value, self._scalar(node, line))

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(self._file, line, "a key must be a text")
            if key.tag == f"{_TAG}merge":
                for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if not isinstance(each, yaml.MappingNode):
                        raise _refused(self._file, line, "<< must be given mappings")
                    self._budget.take(depth + 1, line)
                    merged = self._mapping(each, depth + 1) | merged
                continue
            if key.value in own:
                raise _refused(self._file, line, f"the key {key.value!r} stands there twice")
            own[key.value] = self._node(value, depth + 1)._replace(line=line)
        return merged | own

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        """Source: YAML 1.1's types; of numbers, those that mean the same everywhere."""
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return yaml.SafeLoader.bool_values[text.lower()]
            case "int" | "float":
                return _number(text)
            case "str" | "timestamp" | "value":
                return text
        raise _refused(self._file, line, f"the tag {node.tag} means nothing here")


def _number(text: str) -> int | float | str:
    for kind in (int, float) if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?", text) else ():
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _broken(file: str, line: int, problem: str, language: str) -> SeedError:
    return _refused(file, line, f"this is no {language}: {problem}")


def _refused(file: str, line: int, text: str) -> SeedError:
    return SeedError([Flaw(Place(file, line, ""), text)])
