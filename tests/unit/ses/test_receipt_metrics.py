"""What CloudWatch counts of received mail, by rule and by rule set."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from emulator.context import Contexts
from emulator.outside.aws import Answer, Call
from emulator.store import publications
from tests.support import receivers, workers
from tests.support.received import MAIL, SET, arrive, calls, drain, rule
from tests.support.receivers import Hooks, Services
from tests.support.workers import OwnClock

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ADD = ("AddHeaderAction", {"HeaderName": "X-Mine", "HeaderValue": "yes"})
S3 = ("S3Action", {"BucketName": "mails"})
SNS = ("SNSAction", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:inbound"})
WAITING = ("LambdaAction", {"FunctionArn": FUNCTION, "InvocationType": "RequestResponse"})
STOP = ("StopAction", {"Scope": "RuleSet"})
FINE = Answer({"Payload": b"null"})


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def bare(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts with nowhere to go."""
    return workers.contexts(new_database_url, clock)


@pytest.fixture
def services() -> Services:
    """CloudWatch, S3 and Lambda, which take everything; a function returns null."""
    found = Services("cloudwatch", "s3", "lambda")
    found.said = lambda _call: FINE
    return found


@pytest.fixture
def on(bare: Contexts, services: Services) -> Contexts:
    """Contexts with these services."""
    return receivers.contexts(bare, services, Hooks())


def data(services: Services) -> Iterator[dict[str, object]]:
    """What CloudWatch was told of received mail, in its order."""
    for call in services.calls:
        if call.service == "cloudwatch":
            yield from dict(call.parameters)["MetricData"]


def counted(services: Services) -> dict[str, int]:
    """How often each metric was counted: `Received first` of a rule, `Received of inbound` of a set."""
    found: Counter[str] = Counter()
    for datum in data(services):
        ((name, value),) = ((each["Name"], each["Value"]) for each in datum["Dimensions"])  # type: ignore[attr-defined]
        found[f"{datum['MetricName']} {'of ' if name == 'RuleSetName' else ''}{value}"] += 1
    return dict(found)


def published(services: Services) -> dict[str, int]:
    """The same of what became of rules."""
    return {each: times for each, times in counted(services).items() if each.startswith("Publish")}


def of_set(metric: str) -> dict[str, int]:
    """The set counts under its own name, and as the one that is active."""
    return {f"{metric} of {SET}": 1, f"{metric} of [Active]": 1}


def failing(service: str) -> Callable[[Call], Answer]:
    return lambda call: Answer({}, "AccessDenied", "no") if call.service == service else FINE


def test_mail_counts_when_it_comes_and_when_its_rules_have_run(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, SNS, name="last")
    rule(bare, name="empty")
    rule(bare, ADD, S3, name="first")
    arrive(on)
    received = {"Received first": 1, "Received empty": 1, "Received last": 1, **of_set("Received")}
    drain(on)
    rules = {"PublishSuccess first": 1, "PublishSuccess empty": 1, "PublishSuccess last": 1}
    assert counted(services) == {**received, **rules, **of_set("PublishSuccess")}
    first = next(data(services))
    assert first == {
        "MetricName": "Received",
        "Dimensions": [{"Name": "RuleSetName", "Value": SET}],
        "Timestamp": workers.START.isoformat(),
        "Value": 1.0,
        "Unit": "Count",
    }
    told = next(dict(call.parameters) for call in services.calls if call.service == "cloudwatch")
    assert told["Namespace"] == "AWS/SES"


def test_rules_without_actions_have_run_when_the_mail_comes(bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, name="empty")
    arrive(on)
    drain(on)
    rules = {"Received empty": 1, "PublishSuccess empty": 1}
    assert counted(services) == {**rules, **of_set("Received"), **of_set("PublishSuccess")}


@pytest.mark.parametrize("stops", [STOP, WAITING])
def test_rules_that_a_stop_passes_over_are_no_success_and_the_set_is_one(
    stops: tuple[str, dict[str, str]], bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, name="empty")
    rule(bare, ADD, name="last")
    rule(bare, ADD, stops, name="first")
    services.said = lambda _call: Answer({"Payload": b'{"disposition":"STOP_RULE_SET"}'})
    arrive(on)
    drain(on)
    assert published(services) == {"PublishSuccess first": 1, **of_set("PublishSuccess")}


def test_each_attempt_that_fails_counts_and_the_last_one_as_the_end(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, ADD, name="last")
    rule(bare, S3, name="first")
    services.said = failing("s3")
    arrive(on)
    drain(on)
    assert published(services) == {"PublishFailure first": 1, **of_set("PublishFailure")}
    while jobs := [each for each in workers.jobs(on) if each.state == "pending"]:
        clock.advance((jobs[0].run_at - clock.now).total_seconds())
        drain(on)
    tries = sum(call.service == "s3" for call in services.calls)
    failures = dict.fromkeys(("PublishFailure first", *of_set("PublishFailure")), tries)
    over = {"PublishExpired first": 1, **of_set("PublishExpired")}
    assert published(services) == {**failures, **over, "PublishSuccess last": 1}


def test_an_action_that_succeeds_at_last_is_a_success(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, S3, name="first")
    services.said = failing("s3")
    arrive(on)
    drain(on)
    services.said = lambda _call: FINE
    clock.advance(1)
    drain(on)
    failure = {"PublishFailure first": 1, **of_set("PublishFailure")}
    success = {"PublishSuccess first": 1, **of_set("PublishSuccess")}
    assert counted(services) == {"Received first": 1, **of_set("Received"), **failure, **success}


@pytest.mark.parametrize("kind", ["function", "mail"])
def test_what_is_not_tried_again_is_the_end_for_the_set(
    kind: str, bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, WAITING if kind == "function" else SNS, name="first")
    services.said = lambda _call: Answer({"Payload": b"{}", "FunctionError": "Unhandled"})
    arrive(on, MAIL + b"x" * (200_000 if kind == "mail" else 1))
    drain(on)
    assert published(services) == {"PublishFailure first": 1, **of_set("PublishFailure"), **of_set("PublishExpired")}


def test_a_failure_is_seen_with_the_event_that_tells_of_it(bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, S3, name="first")
    services.said = failing("s3")
    arrive(on)
    drain(on)
    (put,) = calls(on)
    with workers.opened(on) as ctx:
        told = publications.page(ctx.tx, None, None, "metrics", None, None, 10)
    assert [(each.name, each.event_seq) for each in told] == [(f"{SET}/first", put.event_seq), (SET, None)]


def test_where_there_is_no_cloudwatch_nothing_is_counted(bare: Contexts) -> None:
    rule(bare, ADD, S3)
    arrive(bare)
    drain(bare)
    with workers.opened(bare) as ctx:
        assert publications.page(ctx.tx, None, None, "metrics", None, None, 10) == []
