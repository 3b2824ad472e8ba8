"""Trees filled with data. Only keys of objects and places of arrays can be reached, and only so much can be done.

What is done is counted, not timed, so that a template that is rendered once always is. A step takes a third of a
microsecond or so: a text, a tag, a word or a name in a tag, an item of a list, a value within one that is printed.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from emulator.handlebars.expressions import Call, Expression, Literal, Path
from emulator.handlebars.syntax import BLOCK_HELPERS, PARTIAL_BLOCK, Block, Body, Output, Partial

MAX_DEPTH: Final = 100  # of blocks and partials in each other
MAX_STEPS: Final = 800_000
MAX_CHARACTERS: Final = 4 * 1024 * 1024
# How much of these takes as long as a step.
CHARACTERS: Final = 8  # of the text, with what is yet to be done with it
COPIED_CHARACTERS: Final = 64
COPIED_NAMES: Final = 8
BITS: Final = 24  # of a number
LARGEST_KEY: Final = 2**63


class AttributeMissing(Exception):
    """What is to be printed is not in the data, or is null; `name` as it is written in the template."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class RenderingFault(Exception):
    """The data fits, but the text cannot be made; `str()` says why."""


class _Scope(NamedTuple):
    """What names mean at one place."""

    value: Any
    outer: "_Scope | None"
    root: Any
    data: dict[str, Any]  # `@index` and the like
    params: dict[str, Any]  # names between bars
    partials: dict[str, Body]


class Budget:
    """What may be done for one text, or for several together, as far as it has not been done yet."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.characters = MAX_CHARACTERS


def render(template: Body, data: Any, budget: Budget | None = None, longest: int = MAX_CHARACTERS) -> str:
    """The template's text. AttributeMissing where it prints what is not there, else RenderingFault."""
    run = _Run(budget or Budget(), longest)
    run.body(template, _Scope(data, None, data, {}, {}, {}), 0)
    return "".join(run.pieces)


class _Run:
    """One rendering: the text so far, and what it may still cost."""

    def __init__(self, budget: Budget, longest: int) -> None:
        self.pieces: list[str] = []
        self._budget = budget
        self._longest = longest
        self._reserved = max(0, budget.characters - longest)

    def body(self, body: Body, scope: _Scope, depth: int) -> None:
        """The body's text has been added."""
        if depth > MAX_DEPTH:
            raise RenderingFault("The template is nested too deep.")
        self._spend(body.cost)
        self._make_room(body.characters)
        if body.partials:
            self._spend_on_names(scope.partials, body.partials)
            scope = scope._replace(partials={**scope.partials, **body.partials})
        for node in body.nodes:
            if isinstance(node, str):
                self.pieces.append(node)
            elif isinstance(node, Output):
                self._print(node.call, scope)
            elif isinstance(node, Block):
                self._block(node, scope, depth + 1)
            else:
                self._partial(node, scope, depth + 1)

    def _print(self, call: Call, scope: _Scope) -> None:
        """The value has been added, which must be there; what a helper gives may be nothing.

        Unverified: of anything but a string, its JSON.
        """
        if call.arguments or call.named:
            value = _called(call, scope)
        else:
            value = _resolved(call.path, scope)
            if value is None:
                raise AttributeMissing(call.path.text)
        if not isinstance(value, str):
            self._weigh(value)
            value = "" if value is None else _json(value)
        self._make_room(len(value))
        self.pieces.append(value)

    def _block(self, block: Block, scope: _Scope, depth: int) -> None:
        call = block.call
        helper = call.path.text
        if helper in BLOCK_HELPERS:
            value = _value(call.arguments[0], scope)
        elif call.arguments or call.named:
            raise AttributeMissing(helper)
        else:
            value = _resolved(call.path, scope)
            helper = "each" if isinstance(value, list) else "if" if value is True else "with"
        if helper == "unless":
            self.body(block.inverse if _holds(value, call, scope) else block.body, scope, depth)
        elif not _holds(value, call, scope):
            self.body(block.inverse, scope, depth)
        elif helper == "if":
            self.body(block.body, scope, depth)
        elif helper == "with":
            self.body(block.body, self._within(scope, value, block.params, (value,), scope.data), depth)
        elif not isinstance(value, list | dict) or not value:
            self.body(block.inverse, scope, depth)
        else:
            self._each(block, value, scope, depth)

    def _each(self, block: Block, items: "list[Any] | dict[str, Any]", scope: _Scope, depth: int) -> None:
        pairs: Iterable[tuple[Any, Any]] = items.items() if isinstance(items, dict) else enumerate(items)
        last = len(items) - 1
        for index, (key, item) in enumerate(pairs):
            data = {"index": index, "key": key, "first": index == 0, "last": index == last}
            self.body(block.body, self._within(scope, item, block.params, (item, key), data), depth)

    def _partial(self, partial: Partial, scope: _Scope, depth: int) -> None:
        body = scope.partials.get(partial.name, partial.fallback)
        if body is None:
            raise RenderingFault(f"The partial {partial.name} could not be found.")
        if partial.context is not None or partial.named:
            value = scope.value if partial.context is None else _value(partial.context, scope)
            if partial.named:
                given = value if isinstance(value, dict) else {}
                self._spend_on_names(given, partial.named)
                value = {**given, **{name: _value(each, scope) for name, each in partial.named.items()}}
            scope = self._within(scope, value, (), (), scope.data)
        if partial.fallback is not None:
            self._spend_on_names(scope.partials)
            scope = scope._replace(partials={**scope.partials, PARTIAL_BLOCK: partial.fallback})
        begun = len(self.pieces)
        self.body(body, scope, depth)
        if partial.indent and begun < len(self.pieces):
            self._indent(begun, partial.indent)

    def _indent(self, begun: int, indent: str) -> None:
        """Each line of what was added since begins with the indent."""
        text = "".join(self.pieces[begun:])
        self._spend(len(text) // COPIED_CHARACTERS)
        self._make_room((text.count("\n") + 1) * len(indent))
        self.pieces[begun:] = [indent, text[:-1].replace("\n", f"\n{indent}"), text[-1:]]

    def _within(
        self, scope: _Scope, value: Any, names: tuple[str, ...], values: tuple[Any, ...], data: dict[str, Any]
    ) -> _Scope:
        """The scope inside an item, or inside a value."""
        params = scope.params
        self._spend(3)
        if names:
            self._spend_on_names(params)
            params = {**params, **dict(zip(names, values, strict=False))}
        return _Scope(value, scope, scope.root, data, params, scope.partials)

    def _weigh(self, value: Any) -> None:
        """The value's JSON may be made: with partials that are given one value under many names, it is without end."""
        self._spend(4)
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, list):
                self._spend(len(each))
                waiting += each
            elif isinstance(each, dict):
                self._spend(2 * len(each))
                waiting += [*each, *each.values()]
            elif isinstance(each, str):
                self._spend(len(each) // CHARACTERS)
            elif isinstance(each, int):
                self._spend(each.bit_length() // BITS)

    def _make_room(self, characters: int) -> None:
        budget = self._budget
        budget.characters -= characters
        if budget.characters < self._reserved:
            raise RenderingFault(f"The rendered text is longer than {self._longest} characters.")

    def _spend_on_names(self, *copied: "dict[str, Any]") -> None:
        self._spend(3 + sum(map(len, copied)) // COPIED_NAMES)

    def _spend(self, steps: int) -> None:
        budget = self._budget
        budget.steps -= steps
        if budget.steps < (MAX_CHARACTERS - budget.characters) // CHARACTERS:
            raise RenderingFault("The template takes too many steps to render.")


def _holds(value: Any, call: Call, scope: _Scope) -> bool:
    """Whether the value counts as true. Source: documented: false, nothing, null, "", 0 and [] do not."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    if isinstance(value, int | float):
        zero_too = call.named.get("includeZero")
        return value != 0 or (zero_too is not None and _value(zero_too, scope) is True)
    return isinstance(value, dict) or bool(value)


def _value(expression: Expression, scope: _Scope) -> Any:
    """The expression's value; None where it is not there."""
    if isinstance(expression, Path):
        return _resolved(expression, scope)
    return expression.value if isinstance(expression, Literal) else _called(expression, scope)


def _called(call: Call, scope: _Scope) -> Any:
    """What a helper gives. A helper that is none counts as an attribute that is missing. Source: recorded."""
    helper = _HELPERS.get(call.path.text)
    if helper is None:
        raise AttributeMissing(call.path.text)
    return helper([_value(each, scope) for each in call.arguments])


def _lookup(arguments: list[Any]) -> Any:
    key = arguments[1] if len(arguments) > 1 else None
    if isinstance(key, bool) or not isinstance(key, str | int):
        return None
    if isinstance(key, int) and abs(key) > LARGEST_KEY:  # it would take long to write
        return None
    return _member(arguments[0], str(key))


def _log(_arguments: list[Any]) -> None:
    """Nothing: where SES's log goes, its callers do not see."""


_HELPERS: Final[dict[str, Callable[[list[Any]], Any]]] = {"lookup": _lookup, "log": _log}


def _resolved(path: Path, scope: _Scope) -> Any:
    """What is there; None where nothing is.

    Unverified: as in Handlebars.js, a name that an item does not have is not looked for around it.
    """
    place: _Scope | None = scope
    for _ in range(path.up):
        place = place.outer if place else None
    if place is None:
        return None
    names = path.names
    if path.data:
        value = place.root if names[:1] == ("root",) else place.data.get(names[0]) if names else None
        names = names[1:]
    elif names and not path.up and not path.local and names[0] in scope.params:
        value, names = scope.params[names[0]], names[1:]
    else:
        value = place.value
    for name in names:
        value = _member(value, name)
    return value


def _member(value: Any, name: str) -> Any:
    """The value of a key or the item at a place; None where there is none."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) < 10:
        place = int(name)
        return value[place] if place < len(value) else None
    return None


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
