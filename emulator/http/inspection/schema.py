"""Dataclasses as JSON: read, written and described. Fields keep their names; a trailing `_` is dropped."""

import functools
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from emulator.http.inspection.problems import Problem

Schema = dict[str, Any]

_SCALARS: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
}


def write(value: Any) -> Any:
    """The value in JSON's types: times in ISO 8601 with milliseconds, in UTC."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    if isinstance(value, Mapping):
        return {key: write(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [write(each) for each in value]
    kind: Any = type(value)
    return {name: write(getattr(value, field.name)) for name, field, _ in _members(kind)}


def read_query(kind: type, values: Mapping[str, str]) -> Any:
    """An instance from a query string's values; Problem 400 for one that is unknown or unreadable."""
    return _read(kind, values, "query parameter", _from_text)


def read_body(kind: type, document: Any) -> Any:
    """An instance from a JSON document; Problem 400 for a member that is unknown, missing or of another type."""
    if not isinstance(document, dict):
        raise Problem(400, "The body must be a JSON object.")
    return _read(kind, document, "member", _from_json)


def describe(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """The JSON Schema of a type; those of dataclasses are added to `definitions`."""
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if kind is Any:
        return {}
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if part is type(None) else describe(part, definitions) for part in parts]}
    if origin in (list, tuple):
        return {"type": "array", "items": describe(parts[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": describe(parts[1], definitions)}
    if is_dataclass(kind) and isinstance(kind, type) and kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # before its members: one may refer to it
        definitions[kind.__name__] = {
            "type": "object",
            "description": (kind.__doc__ or "").partition("\n")[0],
            "properties": {
                name: describe(hint, definitions) | _explained(field) for name, field, hint in _members(kind)
            },
            "required": [name for name, field, _ in _members(kind) if _required(field)],
        }
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def parameters(kind: type) -> list[Schema]:
    """The query parameters that `read_query` takes, as OpenAPI describes them."""
    return [
        {
            "name": name,
            "in": "query",
            "required": _required(field),
            "description": field.metadata.get("help", ""),
            "schema": describe(_without_none(hint), {}),
        }
        for name, field, hint in _members(kind)
    ]


@functools.cache
def _members(kind: type) -> tuple[tuple[str, "Field[Any]", Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name.rstrip("_"), field, hints[field.name]) for field in fields(kind))


def _explained(field: "Field[Any]") -> Schema:
    return {"description": field.metadata["help"]} if "help" in field.metadata else {}


def _required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read(kind: type, values: Mapping[str, Any], what: str, convert: Any) -> Any:
    members = {name: (field, hint) for name, field, hint in _members(kind)}
    for name in values:
        if name not in members:
            raise Problem(400, f"Unknown {what} {name!r}; known: {', '.join(members) or 'none'}.")
    given = {}
    for name, (field, hint) in members.items():
        if name in values:
            given[field.name] = convert(name, _without_none(hint), hint, values[name])
        elif _required(field):
            raise Problem(400, f"The {what} {name!r} is missing.")
    return kind(**given)


def _from_text(name: str, hint: Any, _full: Any, text: str) -> Any:
    _check_text(name, text)
    try:
        if hint is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        if hint is datetime:
            return _time(text)
        return hint(text)
    except (ValueError, KeyError):
        raise Problem(400, f"{name}={text!r} is not of type {hint.__name__}.") from None


def _from_json(name: str, hint: Any, full: Any, value: Any) -> Any:
    if value is None and full is not hint:
        return None
    if isinstance(value, str):
        _check_text(name, value)
    try:
        if hint is datetime and isinstance(value, str):
            return _time(value)
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        raise Problem(400, f"{name}: {value!r} is no ISO 8601 time.") from None
    except OverflowError:
        raise Problem(400, f"{name} is too large.") from None
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise Problem(400, f"{name} must be a JSON object, not {value!r}.")
        return _read(hint, value, f"member of {name}", _from_json)
    if get_origin(hint) is list:
        if not isinstance(value, list):
            raise Problem(400, f"{name} must be a list, not {value!r}.")
        return [_from_json(name, get_args(hint)[0], get_args(hint)[0], each) for each in value]
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise Problem(400, f"{name} must be of type {hint.__name__}, not {value!r}.")
    return value


def _check_text(name: str, text: str) -> None:
    """The text can be kept: no database holds a NUL or half a surrogate pair."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Problem(400, f"{name} holds a character that is no text.")


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _without_none(hint: Any) -> Any:
    parts = [part for part in get_args(hint) if part is not type(None)]
    return parts[0] if get_origin(hint) in (Union, types.UnionType) and len(parts) == 1 else hint
