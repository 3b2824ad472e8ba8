"""Parameters against the model: every violation in one message, in AWS's words.

Source: ValidationError answers of SES, recorded. Paths are the wire's names with a lower first letter.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from emulator.wire.common_errors import Fault
from emulator.wire.model import Shape


def check(shape: Shape | None, parameters: dict[str, Any]) -> None:
    """Nothing, where the parameters fit the shape; else ValidationError with all that does not."""
    if shape is None or not shape.constrained:
        return
    found = list(_structure(shape, parameters, ""))
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise Fault("ValidationError", f"{len(found)} validation {errors} detected: {'; '.join(found)}")


def _structure(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    # Unverified: reverse order of the model; the one recording of two members has them so (SendEmail).
    names: Iterable[str] = shape.checked or reversed(shape.members)
    for name in names:
        member = shape.members[name]
        if not member.constrained and name not in shape.required:
            continue
        at = f"{path}{name[0].lower()}{name[1:]}"
        if value.get(name) is None:
            if name in shape.required:
                yield _violation(at, "Member must not be null")
        else:
            yield from _value(member, value[name], at)


def _value(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if shape.type == "structure":
        if shape.exactly_one and len(value) != 1:
            raise Fault("InvalidParameterValue", shape.exactly_one)  # before all violations. Source: recorded
        yield from _structure(shape, value, f"{at}.")
    elif shape.type == "list":
        yield from _size(shape, len(value), at)
        assert shape.member
        each = shape.each or (shape.member if shape.member.enum else None)
        if each:
            yield from _once(each, value, at)
        elif shape.member.constrained:
            for number, one in enumerate(value, 1):
                yield from _value(shape.member, one, f"{at}.{number}.member")
    elif shape.type == "map":
        yield from _size(shape, len(value), at)
    elif shape.type in ("integer", "long", "double"):
        yield from _range(shape, value, at)
    elif shape.type == "string":
        yield from _string(shape, value, at)


def _once(each: Shape, values: list[str], at: str) -> Iterator[str]:
    """One violation at most, whatever and however many members do not fit.

    Source: ReorderReceiptRuleSet and CreateConfigurationSetEventDestination, recorded.
    """
    if any(violation for value in values for violation in _string(each, value, at)):
        constraints = []
        if each.maximum is not None:
            constraints.append(f"Member must have length less than or equal to {each.maximum}")
        if each.minimum is not None:
            constraints.append(f"Member must have length greater than or equal to {each.minimum}")
        if each.enum:
            constraints.append(f"Member must satisfy enum value set: [{', '.join(each.enum)}]")
        if each.pattern:
            constraints.append(f"Member must satisfy regular expression pattern: {each.pattern}")
        yield _violation(at, f"Member must satisfy constraint: [{', '.join(constraints)}]")


def _string(shape: Shape, value: str, at: str) -> Iterator[str]:
    if shape.minimum is not None or shape.maximum is not None:
        # UTF-16 code units. Source: probe of a sibling service.
        yield from _size(shape, len(value.encode("utf-16-le", "surrogatepass")) // 2, at)
    if shape.enum and value not in shape.enum:
        yield _violation(at, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    if shape.pattern and not _compiled(shape.pattern).fullmatch(value):
        yield _violation(at, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _size(shape: Shape, length: int, at: str) -> Iterator[str]:
    if shape.minimum is not None and length < shape.minimum:
        yield _violation(at, f"Member must have length greater than or equal to {shape.minimum}")
    if shape.maximum is not None and length > shape.maximum:
        yield _violation(at, f"Member must have length less than or equal to {shape.maximum}")


def _range(shape: Shape, value: float, at: str) -> Iterator[str]:
    if shape.minimum is not None and value < shape.minimum:
        yield _violation(at, f"Member must have value greater than or equal to {shape.minimum}")
    if shape.maximum is not None and value > shape.maximum:
        yield _violation(at, f"Member must have value less than or equal to {shape.maximum}")


def _violation(at: str, constraint: str) -> str:
    return f"Value at '{at}' failed to satisfy constraint: {constraint}"


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
