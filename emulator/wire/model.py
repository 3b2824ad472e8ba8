"""AWS's own description of the service, as botocore ships it.

The file is read as it lies in the installed botocore, without importing botocore (a tenth of the time).
"""

import gzip
import importlib.util
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from emulator.wire.overlays import OVERLAYS


class ModelError(Exception):
    """botocore is not installed, or its service description is not where it should be."""


@dataclass(slots=True)
class Shape:
    """One type of the model, with what the live service checks about it."""

    name: str
    type: str
    members: "dict[str, Shape]" = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    member: "Shape | None" = None  # of a list
    key: "Shape | None" = None  # of a map
    value: "Shape | None" = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()  # a structure's members, where their violations are told in an order of their own
    exactly_one: str = ""  # what is said of a structure that does not have just one member
    numbering: str = ""  # the grammar of a list's numbers, where it has one of its own
    each: "Shape | None" = None  # of a list that tells once of all members that do not fit
    xml_only: bool = False  # a text that XML cannot hold fails the answer
    error_code: str | None = None
    error_status: int = 400
    constrained: bool = False  # whether it, or anything within it, has something to check


class Operation(NamedTuple):
    """One operation of the service."""

    name: str
    method_name: str  # as boto3 spells it
    input: Shape | None
    output: Shape | None
    errors: tuple[str, ...]


class Service:
    """The service's operations and shapes; shapes are built at their first use."""

    def __init__(self, description: dict[str, Any], overlay: dict[str, Any]) -> None:
        self._description = description
        self._overlay = overlay
        self._shapes: dict[str, Shape] = {}
        self._operations: dict[str, Operation] = {}
        metadata = description["metadata"]
        self.api_version: str = metadata["apiVersion"]
        self.namespace: str = metadata.get("xmlNamespace", "")
        self.operation_names: tuple[str, ...] = tuple(sorted(description["operations"]))

    def operation(self, name: str) -> Operation | None:
        """The operation of that exact name."""
        if name not in self._operations and name in self._description["operations"]:
            self._operations[name] = self._operation(name, self._description["operations"][name])
        return self._operations.get(name)

    @cached_property
    def errors(self) -> dict[str, tuple[str, int]]:
        """Code and HTTP status of each modelled error, by its shape's name."""
        shapes = self._description["shapes"].items()
        found = {name: shape.get("error", {}) for name, shape in shapes if shape.get("exception")}
        return {name: (error.get("code", name), error.get("httpStatusCode", 400)) for name, error in found.items()}

    def shape(self, name: str) -> Shape:
        """The shape of that name."""
        if name not in self._shapes:
            self._build(name)
        return self._shapes[name]

    def _operation(self, name: str, described: dict[str, Any]) -> Operation:
        return Operation(
            name=name,
            method_name=method_name(name),
            input=self.shape(described["input"]["shape"]) if "input" in described else None,
            output=self.shape(described["output"]["shape"]) if "output" in described else None,
            errors=tuple(error["shape"] for error in described.get("errors", ())),
        )

    def _build(self, name: str) -> None:
        described = {**self._description["shapes"][name], **self._overlay.get(name, {})}
        shape = Shape(
            name,
            described["type"],
            required=frozenset(described.get("required", ())),
            minimum=described.get("min"),
            maximum=described.get("max"),
            pattern=described.get("pattern"),
            enum=tuple(described.get("enum", ())),
            exactly_one=described.get("exactly_one", ""),
            numbering=described.get("numbering", ""),
            xml_only=described.get("xml_only", False),
        )
        self._shapes[name] = shape  # before its members: a shape may hold itself
        members = described.get("members", {})
        for member in (*described.get("order", ()), *members):
            shape.members[member] = self.shape(members[member]["shape"])
        if "checked" in described:
            shape.checked = tuple(dict.fromkeys((*described["checked"], *reversed(shape.members))))
        if "each" in described:
            each = described["each"]
            shape.each = Shape(name, "string", minimum=each["min"], maximum=each["max"], pattern=each["pattern"])
        for part in ("member", "key", "value"):
            if part in described:
                setattr(shape, part, self.shape(described[part]["shape"]))
        parts = [*shape.members.values(), *(part for part in (shape.member, shape.key, shape.value) if part)]
        own = shape.required or shape.enum or shape.pattern or shape.exactly_one or shape.each
        limits = shape.minimum is not None or shape.maximum is not None
        shape.constrained = bool(own or limits or any(part.constrained for part in parts))


def load(service: str, version: str) -> Service:
    """The service as botocore describes it, with our overlay of what the live service checks besides."""
    return Service(json.loads(_description(service, version)), OVERLAYS[service])


def method_name(operation: str) -> str:
    """boto3's name of an operation: `ListVerifiedEmailAddresses` -> `list_verified_email_addresses`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\g<0>", operation).lower()


def _description(service: str, version: str) -> bytes:
    spec = importlib.util.find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("botocore is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "data" / service / version
    for name, opened in (("service-2.json.gz", gzip.open), ("service-2.json", open)):
        path = folder / name
        if path.exists():
            with opened(path, "rb") as file:
                return file.read()
    raise ModelError(f"no service description in {folder}")
