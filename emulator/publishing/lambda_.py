"""The Lambda functions that SES calls with mail it received. Source: API reference of Lambda (documented)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from emulator.outside.aws import Aws, Call

SERVICE = "lambda"
SYNCHRONOUS = "RequestResponse"


class Returned(NamedTuple):
    """What a function returned: JSON, of its answer or of its error."""

    payload: bytes
    error: str | None  # the kind, where it failed


def invocation(function_arn: str, invocation_type: str, event: str) -> dict[str, Any]:
    """A function with its event."""
    return {"FunctionName": function_arn, "InvocationType": invocation_type, "Payload": event}


def call(account_id: str, region: str, parameters: Mapping[str, Any]) -> Call:
    """The call that makes it run."""
    return Call(account_id, region, SERVICE, "invoke", tuple(parameters.items()))


def send(aws: Aws, invoke: Call) -> Returned:
    """The function has its event; what it returned, where that was waited for."""
    result = aws.result(invoke)
    return Returned(result["Payload"], result.get("FunctionError"))
