"""Values of botocore's shapes for Hypothesis, and botocore's own client side as the oracle of ours."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import botocore.parsers
import botocore.serialize
import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape
from hypothesis import strategies as st

NOTHING: Any = object()

_XML = st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\ufffe", "\uffff"])
# What XML can hold, with what parsers like to change, and no NUL, which a form may not hold.
TEXT = st.text(_XML | st.sampled_from("\t\n\r &<>\"'=%+;."), max_size=20)
INT32 = st.integers(-(2**31), 2**31 - 1)


@cache
def service() -> ServiceModel:
    """SES as the installed botocore describes it."""
    return botocore.session.get_session().get_service_model("ses")


def operation_names() -> list[str]:
    """The names of SES's operations."""
    return [str(name) for name in service().operation_names]


def operation(name: str) -> OperationModel:
    """One of them."""
    return service().operation_model(name)


def error_shapes() -> list[Shape]:
    """The errors of the model."""
    return [shape for name in service().shape_names if (shape := service().shape_for(name)).metadata.get("exception")]


def values(shape: Any, *, whole_seconds: bool = False) -> st.SearchStrategy[Any]:
    """Values of a shape in boto3's types, without regard to its constraints; required members are always there."""
    if shape is None:
        return st.just({})
    if shape.type_name == "structure":
        members = {name: values(member, whole_seconds=whole_seconds) for name, member in shape.members.items()}
        required = {name: each for name, each in members.items() if name in shape.required_members}
        optional = {name: each for name, each in members.items() if name not in required}
        if shape.name == "ReceiptAction":  # an action is of one type, or its slot counts as empty
            return st.one_of([st.fixed_dictionaries({name: each}) for name, each in members.items()])
        return st.fixed_dictionaries(required, optional=optional)
    if shape.type_name == "list":
        return st.lists(values(shape.member, whole_seconds=whole_seconds), max_size=3)
    if shape.type_name == "map":
        return st.dictionaries(TEXT, values(shape.value, whole_seconds=whole_seconds), max_size=3)
    return _LEAVES[shape.type_name] if not (whole_seconds and shape.type_name == "timestamp") else _WHOLE_SECONDS


def pruned(value: Any) -> Any:
    """What of a value leaves a trace in a form: an empty structure does not, an empty list does."""
    if isinstance(value, dict):
        kept = {name: each for name, member in value.items() if (each := pruned(member)) is not NOTHING}
        return kept or NOTHING
    if isinstance(value, list) and value:
        left = [each for member in value if (each := pruned(member)) is not NOTHING]
        return left or NOTHING
    return value


def form_of(name: str, parameters: dict[str, Any]) -> bytes:
    """The body in which botocore sends a call."""
    serializer = botocore.serialize.create_serializer("query", include_validation=False)
    request = serializer.serialize_to_request(parameters, operation(name))
    return urlencode(request["body"], doseq=True).encode()


def parsed(shape: Shape | None, body: bytes, status: int = 200) -> dict[str, Any]:
    """What botocore reads in an answer."""
    parser: Any = botocore.parsers.create_parser("query")  # it takes None for a shape, whatever its annotations say
    response = {"body": body, "headers": {}, "status_code": status}
    found: dict[str, Any] = parser.parse(response, shape)
    return found


_TIMES = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis
_WHOLE_SECONDS = _TIMES.map(lambda time: time.replace(microsecond=0))
_LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "integer": INT32,
    "long": INT32,
    "boolean": st.booleans(),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "blob": st.binary(max_size=40),
    "timestamp": _TIMES,
}
