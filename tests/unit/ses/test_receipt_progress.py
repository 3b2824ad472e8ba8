"""How far the rules of a received message have come: waiting, done, failing, left out."""

import json

import pytest

from emulator.context import Contexts
from emulator.outside.aws import Answer, Call
from emulator.ses import receipt_progress
from emulator.store.messages import Message
from tests.support import receivers, workers
from tests.support.received import arrive, drain, rule
from tests.support.receivers import Hooks, Services
from tests.support.workers import OwnClock, opened

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ADD = ("AddHeaderAction", {"HeaderName": "X-Mine", "HeaderValue": "yes"})
S3 = ("S3Action", {"BucketName": "mails"})
WAITING = ("LambdaAction", {"FunctionArn": FUNCTION, "InvocationType": "RequestResponse"})
STOP = ("StopAction", {"Scope": "RuleSet"})

Outcomes = list[list[tuple[str, str]]]


@pytest.fixture
def bare(new_database_url: str) -> Contexts:
    """Contexts with nowhere to go."""
    return workers.contexts(new_database_url, OwnClock())


@pytest.fixture
def services() -> Services:
    """S3 and Lambda."""
    return Services("s3", "lambda")


@pytest.fixture
def on(bare: Contexts, services: Services) -> Contexts:
    """Contexts with these services."""
    return receivers.contexts(bare, services, Hooks())


def progress(on: Contexts, message: Message) -> Outcomes:
    with opened(on) as ctx:
        found = receipt_progress.of(ctx, message)
    assert found
    return [[(each.action.type.removesuffix("Action"), each.outcome) for each in rule.actions] for rule in found.rules]


def test_what_has_not_run_yet_is_pending(bare: Contexts) -> None:
    rule(bare, S3, STOP, name="second")
    rule(bare, ADD, S3, ADD, name="first")
    message = arrive(bare)
    assert progress(bare, message) == [
        [("AddHeader", "pending"), ("S3", "pending"), ("AddHeader", "pending")],
        [("S3", "pending"), ("Stop", "pending")],
    ]
    drain(bare)
    assert progress(bare, message) == [
        [("AddHeader", "done"), ("S3", "recorded"), ("AddHeader", "done")],
        [("S3", "recorded"), ("Stop", "done")],
    ]


def test_what_fails_is_tried_again_and_what_follows_waits(bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, ADD, S3, S3)
    services.said = lambda _call: Answer({}, "NoSuchBucket", "The specified bucket does not exist")
    message = arrive(on)
    drain(on)
    assert progress(on, message) == [[("AddHeader", "done"), ("S3", "retrying"), ("S3", "pending")]]
    with opened(on) as ctx:
        found = receipt_progress.of(ctx, message)
    assert found
    failing = found.rules[0].actions[1]
    assert failing.detail["error"] == "NoSuchBucket: The specified bucket does not exist"
    assert failing.at == message.created_at


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("CONTINUE", [[("Lambda", "done"), ("AddHeader", "done")], [("AddHeader", "done")]]),
        ("STOP_RULE", [[("Lambda", "done"), ("AddHeader", "not_run")], [("AddHeader", "done")]]),
        ("STOP_RULE_SET", [[("Lambda", "done"), ("AddHeader", "not_run")], [("AddHeader", "not_run")]]),
    ],
)
def test_what_a_function_stops_is_not_run(
    bare: Contexts, on: Contexts, services: Services, said: str, expected: Outcomes
) -> None:
    rule(bare, ADD, name="second")
    rule(bare, WAITING, ADD, name="first")

    def returned(call: Call) -> Answer:
        payload = json.dumps({"disposition": said}).encode()
        return Answer({"Payload": payload} if call.service == "lambda" else {})

    services.said = returned
    message = arrive(on)
    drain(on)
    assert progress(on, message) == expected
