"""Functions that rules call: what they say becomes of the mail, and what becomes of it when they fail."""

import json
from collections.abc import Callable

import pytest

from emulator.context import Contexts
from emulator.outside.aws import Answer, Call, TimedOut
from tests.support import receivers
from tests.support.publishing import TOPIC, errors
from tests.support.received import arrive, bounces, calls, drain, outcomes, rule, steps
from tests.support.receivers import Hooks, Services

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ADD = ("AddHeaderAction", {"HeaderName": "X-Mine", "HeaderValue": "yes"})
EVENT = ("LambdaAction", {"FunctionArn": FUNCTION})
WAITING = ("LambdaAction", {"FunctionArn": FUNCTION, "InvocationType": "RequestResponse"})
STOP = ("StopAction", {"Scope": "RuleSet"})


@pytest.fixture
def services() -> Services:
    """S3, SNS and Lambda, which take everything; a function returns null."""
    found = Services("s3", "sns", "lambda")
    found.said = returning(b"null")
    return found


@pytest.fixture
def on(bare: Contexts, services: Services) -> Contexts:
    """Contexts with these services."""
    return receivers.contexts(bare, services, Hooks())


def returning(payload: bytes, **more: str) -> Callable[[Call], Answer]:
    """Services of which Lambda has a function that returns this."""
    return lambda call: Answer({"Payload": payload, **more} if call.service == "lambda" else {})


def test_a_function_that_takes_too_long_has_failed_and_the_mail_goes_on(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    def late(_call: Call) -> Answer:
        raise TimedOut("Read timeout")

    rule(bare, WAITING, STOP)
    services.said = late
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Lambda", "failed"), ("Stop", "done")]
    assert steps(on, message)[0] == {
        "rule_set": "inbound",
        "rule": "rule",
        "action": "Lambda",
        "outcome": "failed",
        "target": FUNCTION,
        "error": "Read timeout",
        "disposition": "CONTINUE",
        "returned": None,
    }
    (call,) = calls(on)
    assert (call.state, errors(call), bounces(on)) == ("dead", ["Read timeout"], [])


def test_a_function_that_nobody_waits_for_is_called_again_where_lambda_takes_too_long(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    def late(_call: Call) -> Answer:
        raise TimedOut("Read timeout")

    rule(bare, EVENT, STOP)
    services.said = late
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Lambda", "retrying")]


def test_a_function_that_fails_has_the_mail_go_on_and_its_topic_hears_nothing(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, (WAITING[0], {**WAITING[1], "TopicArn": TOPIC}), STOP)
    services.said = returning(b'{"errorMessage":"no"}', FunctionError="Unhandled")
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Lambda", "failed"), ("Stop", "done")]
    assert steps(on, message)[0]["error"] == 'Unhandled: {"errorMessage":"no"}'
    assert [each.service for each in calls(on)] == ["lambda"]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"STOP_RULE_SET"',
        b'{"disposition":5}',
        b'{"disposition":null}',
        b"\xff",
        b"[" * 9_999,
    ],
)
def test_nonsense_has_the_mail_go_on(payload: bytes, bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, WAITING, STOP)
    services.said = returning(payload)
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Lambda", "done"), ("Stop", "done")]
    assert steps(on, message)[0]["disposition"] == "CONTINUE"


@pytest.mark.parametrize(
    ("said", "ran"),
    [
        ("CONTINUE", ["Lambda", "AddHeader", "Stop"]),
        ("STOP_RULE", ["Lambda", "Stop"]),
        ("stop_rule", ["Lambda", "Stop"]),
        ("STOP_RULE_SET", ["Lambda"]),
        ("stop_rule_set", ["Lambda"]),
    ],
)
def test_a_function_may_stop_the_rule_or_the_set(
    said: str, ran: list[str], bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, STOP, name="second")
    rule(bare, WAITING, ADD, name="first")
    services.said = returning(json.dumps({"disposition": said}).encode())
    message = arrive(on)
    drain(on)
    assert [each["action"] for each in steps(on, message)] == ran


def test_what_a_function_returns_counts_only_where_it_is_waited_for(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, EVENT, STOP)
    services.said = returning(b'{"disposition":"STOP_RULE_SET"}')
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Lambda", "done"), ("Stop", "done")]
    assert [each["InvocationType"] for each in services.parameters()] == ["Event"]
