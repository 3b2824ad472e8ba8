"""What stands in a tag, read: paths, literals and calls of helpers."""

import re
from typing import Any, Final, NamedTuple

from emulator.handlebars.tags import STRING, Budget, Tag

MAX_DEPTH: Final = 100  # of expressions in each other

_NAME: Final = r"(?:[^\s!\"#%-,./;->@\[-^`{-~]++|\[[^\]]*+\])"
_PATH: Final = re.compile(
    rf"(?P<data>@?)(?P<up>(?:\.\./)*)(?:(?P<itself>\.\.|\.|this)|(?P<local>(?:\./|this[./])?)"
    rf"(?P<names>{_NAME}(?:[./]{_NAME})*))"
)
_WORD: Final = re.compile(
    rf"\s*+(?:(?P<string>{STRING})|as\s+\|(?P<params>[^|]*+)\|\s*\Z|(?P<paren>[()])"
    r"|(?P<key>[^\s()\[\]\"'|=./@]++)\s*+=|(?P<word>(?:[^\s()\[\]\"'|=]|\[[^\]]*+\])+)|(?P<end>\Z))",
    re.DOTALL,
)
# A name or path of the plainest kind, which most tags hold, read at once.
_PLAIN: Final = re.compile(r"(?!this(?:\.|\Z))[A-Za-z_][A-Za-z0-9_]*+(?:\.[A-Za-z0-9_]++)*")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_LITERALS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "undefined": None}


class Path(NamedTuple):
    """Where a value is: so many contexts up, then name by name. `text` is it as written."""

    text: str
    data: bool  # `@index` and the like
    up: int
    local: bool  # `this.x`: no block parameter
    names: tuple[str, ...]


class Literal(NamedTuple):
    """A value that stands in the template."""

    value: Any


class Call(NamedTuple):
    """A name with what follows it: a helper's call or, with nothing behind it, a value."""

    path: Path
    arguments: "tuple[Expression, ...]"
    named: "dict[str, Expression]"


Expression = Path | Literal | Call


class Reading(NamedTuple):
    """A whole tag as a call, its block parameters, and what it takes to evaluate, in steps."""

    call: Call
    params: tuple[str, ...]
    cost: int


def read(tag: Tag, budget: Budget, *, name_as_written: bool = False) -> Reading:
    """What stands in the tag; SyntaxFault where it makes no sense."""
    if not name_as_written and _PLAIN.fullmatch(tag.content):
        budget.spend(tag.line)
        path = _plain_path(tag.content)
        return Reading(Call(path, (), {}), (), 1 + len(path.names))
    return _Words(tag, budget).call(as_written=name_as_written)


class _Words:
    """Walks along the words of one tag once."""

    def __init__(self, tag: Tag, budget: Budget) -> None:
        self._tag = tag
        self._budget = budget
        self._position = 0
        self._cost = 0

    def call(self, *, as_written: bool) -> Reading:
        path = self._head(self._next(), as_written=as_written)
        arguments, named, last = self._arguments(0)
        if last["paren"]:
            raise self._tag.fault("a bracket is closed that was not opened")
        return Reading(Call(path, arguments, named), tuple((last["params"] or "").split()), self._cost)

    def _arguments(self, depth: int) -> tuple[tuple[Expression, ...], dict[str, Expression], re.Match[str]]:
        """All up to a closing bracket, block parameters or the end, which is given back."""
        arguments: list[Expression] = []
        named: dict[str, Expression] = {}
        while True:
            word = self._next()
            if word["paren"] == ")" or word["params"] is not None or word["end"] is not None:
                return tuple(arguments), named, word
            if word["key"]:
                named[word["key"]] = self._expression(self._next(), depth)
            elif named:
                raise self._tag.fault("an argument without a name follows one with a name")
            else:
                arguments.append(self._expression(word, depth))

    def _expression(self, word: re.Match[str], depth: int) -> Expression:
        if word["paren"] == "(":
            if depth >= MAX_DEPTH:
                raise self._tag.fault("expressions are nested too deep")
            path = self._head(self._next(), as_written=False)
            arguments, named, last = self._arguments(depth + 1)
            if last["paren"] != ")":
                raise self._tag.fault("a bracket is not closed")
            return Call(path, arguments, named)
        if word["string"]:
            return Literal(_unquoted(word["string"]))
        text = word["word"]
        if text and _NUMBER.fullmatch(text):
            return Literal(float(text) if "." in text else int(text))
        return Literal(_LITERALS[text]) if text in _LITERALS else self._path(text)

    def _head(self, word: re.Match[str], *, as_written: bool) -> Path:
        text = word["word"]
        if word["string"]:
            text = _unquoted(word["string"])
        if text and (word["string"] or as_written):
            return Path(text, False, 0, False, (text,))
        return self._path(text)

    def _path(self, text: str | None) -> Path:
        if text and _PLAIN.fullmatch(text):
            path = _plain_path(text)
            self._cost += len(path.names)
            return path
        found = _PATH.fullmatch(text or "")
        if text is None or found is None:
            raise self._tag.fault(f"'{text}' is no name" if text else "a name is missing")
        up = len(found["up"]) // 3 + (found["itself"] == "..")
        names = tuple(name[1:-1] if name[0] == "[" else name for name in re.findall(_NAME, found["names"] or ""))
        self._cost += len(names) + up
        return Path(text, bool(found["data"]), up, bool(found["local"]), names)

    def _next(self) -> re.Match[str]:
        found = _WORD.match(self._tag.content, self._position)
        if found is None:
            raise self._tag.fault(f"'{self._tag.content[self._position :][:20].strip()}' cannot be read")
        self._position = found.end()
        self._budget.spend(self._tag.line)
        self._cost += 1
        return found


def _plain_path(text: str) -> Path:
    return Path(text, False, 0, False, tuple(text.split(".")))


def _unquoted(text: str) -> str:
    return text[1:-1].replace(f"\\{text[0]}", text[0])
