"""Calls that break the model: for every operation each constraint alone, and several at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.wire import model, validate
from emulator.wire.common_errors import Fault
from emulator.wire.model import Service, Shape

# One value that fits each pattern of the model; a value of that pattern that is as long as you like.
EXAMPLES = {
    "IAMRoleARN": "arn:aws:iam::123456789012:role/name",
    "ReceiptRuleSetName": "default-rule-set",
    "ReceiptRuleName": "m2.archive",
    "ConnectInstanceArn": "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555",
}


@cache
def _service() -> Service:
    return model.load("ses", "2010-12-01")


@dataclass(frozen=True, slots=True)
class Break:
    """One member of a call's parameters, given a value that breaks the model; `steps` lead to it."""

    steps: tuple[str | int, ...]
    shape: Shape
    value: Any

    @property
    def path(self) -> str:
        """The member's path as ValidationError writes it."""
        parts = [f"{step + 1}.member" if isinstance(step, int) else step[0].lower() + step[1:] for step in self.steps]
        return ".".join(parts)

    def violations(self) -> list[str]:
        """What is to be said of it."""
        return [f"Value at '{self.path}' failed to satisfy constraint: {each}" for each in _constraints(self)]


def _constraints(broken: Break) -> Iterator[str]:
    shape, value = broken.shape, broken.value
    if value is None:
        yield "Member must not be null"
        return
    if isinstance(value, list):
        yield f"Member must satisfy constraint: [{', '.join(_of_each(shape))}]"
        return
    size, kind = (value, "value") if isinstance(value, int) else (len(value), "length")
    if shape.minimum is not None and size < shape.minimum:
        yield f"Member must have {kind} greater than or equal to {shape.minimum}"
    if shape.maximum is not None and size > shape.maximum:
        yield f"Member must have {kind} less than or equal to {shape.maximum}"
    if shape.enum and value not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if shape.pattern and not re.fullmatch(shape.pattern, value):
        yield f"Member must satisfy regular expression pattern: {shape.pattern}"


def _of_each(shape: Shape) -> Iterator[str]:
    each = shape.each or shape.member
    assert each
    if each.maximum is not None:
        yield f"Member must have length less than or equal to {each.maximum}"
    if each.minimum is not None:
        yield f"Member must have length greater than or equal to {each.minimum}"
    if each.enum:
        yield f"Member must satisfy enum value set: [{', '.join(each.enum)}]"
    if each.pattern:
        yield f"Member must satisfy regular expression pattern: {each.pattern}"


def _fitting(shape: Shape) -> Any:
    """The least that fits a shape."""
    if shape.type == "structure":
        chosen = shape.required or (list(shape.members)[:1] if shape.exactly_one else ())
        return {name: _fitting(member) for name, member in shape.members.items() if name in chosen}
    if shape.type == "list":
        assert shape.member
        return [_fitting(shape.member)] * (shape.minimum or 0)
    if shape.type == "string":
        assert not shape.pattern or shape.name in EXAMPLES, f"an example of {shape.name} is missing here"
        return EXAMPLES.get(shape.name) or (shape.enum[0] if shape.enum else "x" * (shape.minimum or 0))
    return {"integer": shape.minimum or 0, "boolean": True, "blob": b"", "timestamp": None, "map": {}}[shape.type]


def _breaks(shape: Shape, steps: tuple[str | int, ...] = ()) -> Iterator[Break]:
    """Every way to break one member of a structure."""
    for name, member in shape.members.items():
        at = (*steps, name)
        if name in shape.required:
            yield Break(at, member, None)
        yield from _of_value(member, at)


def _of_value(shape: Shape, at: tuple[str | int, ...]) -> Iterator[Break]:
    if shape.type == "structure":
        yield from _breaks(shape, at)
    elif shape.type == "list":
        assert shape.member
        if shape.each or shape.member.enum:  # told once, of all
            yield from (Break(at, shape, value) for value in (["", "x"], ["x" * 101], ["x", "y z", "a/b"]))
            return
        yield from _of_value(shape.member, (*at, 0))
    elif shape.type == "integer":
        for limit, beyond in ((shape.minimum, -1), (shape.maximum, 1)):
            if limit is not None:
                yield Break(at, shape, limit + beyond)
    elif shape.type == "string":
        if shape.enum:
            yield from (Break(at, shape, value) for value in ("", "nonsense", shape.enum[0].swapcase()))
        if shape.minimum:
            yield Break(at, shape, EXAMPLES.get(shape.name, "")[: shape.minimum - 1])
        if shape.maximum is not None:
            yield Break(at, shape, EXAMPLES.get(shape.name, "") + "x" * (shape.maximum + 1))
        if shape.pattern:
            yield Break(at, shape, f"{EXAMPLES[shape.name]} ")


def _set(shape: Shape, parameters: Any, steps: tuple[str | int, ...], value: Any) -> None:
    """The value is at the end of the steps; what is missing on the way is made to fit."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        assert shape.member
        inner = shape.member
        if not parameters:
            parameters.append(_fitting(inner))
    else:
        inner = shape.members[step]
        if not rest and value is None:
            parameters.pop(step, None)
            return
        if shape.exactly_one and step not in parameters:
            parameters.clear()
        parameters.setdefault(step, _fitting(inner))
    if rest:
        _set(inner, parameters[step], rest, value)
    else:
        parameters[step] = value


def _message(name: str, breaks: list[Break]) -> str:
    called = _service().operation(name)
    assert called
    assert called.input
    parameters = _fitting(called.input)
    validate.check(called.input, parameters)
    for each in breaks:
        _set(called.input, parameters, each.steps, each.value)
    with pytest.raises(Fault) as caught:
        validate.check(called.input, parameters)
    assert caught.value.code == "ValidationError"
    return caught.value.message or ""


def _of_operation(name: str) -> list[Break]:
    called = _service().operation(name)
    return list(_breaks(called.input)) if called and called.input else []


BROKEN = [name for name in model.load("ses", "2010-12-01").operation_names if _of_operation(name)]


def _text(violations: list[str]) -> str:
    return f"{len(violations)} validation error{'s' * (len(violations) > 1)} detected: {'; '.join(violations)}"


@pytest.mark.parametrize("name", BROKEN)
def test_each_constraint_of_an_operation_is_checked_and_named(name: str) -> None:
    for each in _of_operation(name):
        assert _message(name, [each]) == _text(each.violations()), each


@pytest.mark.parametrize("name", BROKEN)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_all_violations_of_a_call_come_in_one_message(name: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(_of_operation(name)), min_size=1, max_size=6))
    breaks: list[Break] = []
    for each in chosen:  # none within another: a member that is missing has nothing to break below it
        if not any(_overlap(each.steps, other.steps) for other in breaks):
            breaks.append(each)
    message = _message(name, breaks)
    violations = [text for each in breaks for text in each.violations()]
    head, _, tail = message.partition(" detected: ")
    assert head == f"{len(violations)} validation error{'s' * (len(violations) > 1)}"
    assert sorted(tail.split("; ")) == sorted(violations)


def _overlap(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether one is within the other, or both are within an action, which is of one type."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter] or (one[:3] == other[:3] and one[2:3] == (0,) and one[3] != other[3])


def test_there_is_a_break_of_every_kind() -> None:
    said = " ".join(text for name in BROKEN for each in _of_operation(name) for text in each.violations())
    for words in ("not be null", "length greater", "length less", "enum", "pattern"):
        assert words in said
