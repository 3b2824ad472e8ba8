"""Running rules, with services and a clock that tests own: failures, retries, and what is told of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from emulator.context import Contexts, Webhook
from emulator.jobs import lanes
from emulator.outside.aws import Answer, Call, Unreachable
from emulator.ses import publications, receipt_running, tasks
from emulator.store import messages as message_rows
from tests.support import publishing, receivers, workers
from tests.support.publishing import TOPIC, errors
from tests.support.received import MAIL, arrive, bounces, calls, drain, outcomes, rule, steps
from tests.support.receivers import ENDPOINT, HOOK, Hooks, Services
from tests.support.workers import START, OwnClock, opened

ADD = ("AddHeaderAction", {"HeaderName": "X-Mine", "HeaderValue": "yes"})
S3 = ("S3Action", {"BucketName": "mails"})
SNS = ("SNSAction", {"TopicArn": TOPIC})
BASE64 = ("SNSAction", {"TopicArn": TOPIC, "Encoding": "Base64"})
STOP = ("StopAction", {"Scope": "RuleSet"})
HOURS = timedelta(hours=4)
GIVEN_UP = "This message could not be delivered due to a recipient error. Please try again later."
GIVEN_UP_BOUNCE = f"MAILER-DAEMON@amazonses.com > alice@example.org: {GIVEN_UP} | smtp; 451 4.3.0 {GIVEN_UP}"


def bounce(**members: str) -> tuple[str, dict[str, str]]:
    """The action that bounces."""
    given = {"SmtpReplyCode": "550", "Message": "Mailbox does not exist", "Sender": "postmaster@example.com"}
    return "BounceAction", given | members


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


def refusing(_call: Call) -> Answer:
    return Answer({}, "NoSuchBucket", "The specified bucket does not exist")


def until(clock: OwnClock, on: Contexts, length: timedelta) -> None:
    """So much time passes, with stops where work falls due."""
    end = clock.now + length
    while (job := next((job for job in workers.jobs(on) if job.state == "pending"), None)) and job.run_at <= end:
        clock.advance(max(0.0, (job.run_at - clock.now).total_seconds()))
        drain(on)
    clock.advance((end - clock.now).total_seconds())


# ---- failures


def test_an_action_that_fails_is_tried_for_four_hours_and_then_the_next_one_runs(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, S3, STOP)
    services.said = refusing
    message = arrive(on)
    drain(on)
    (first,) = calls(on)
    assert outcomes(on, message) == [("S3", "retrying")]
    assert steps(on, message)[0]["error"] == "NoSuchBucket: The specified bucket does not exist"
    assert (first.state, first.via, len(first.attempts), bounces(on)) == ("pending", ENDPOINT, 1, [])
    until(clock, on, HOURS - timedelta(minutes=1))
    assert outcomes(on, message) == [("S3", "retrying")]
    until(clock, on, timedelta(minutes=2))
    assert outcomes(on, message) == [("S3", "retrying"), ("S3", "failed"), ("Stop", "done")]
    (given_up,) = calls(on)
    assert (given_up.state, given_up.event_seq) == ("dead", first.event_seq)
    waits = [later.at - earlier.at for earlier, later in zip(given_up.attempts, given_up.attempts[1:], strict=False)]
    assert [round(wait.total_seconds()) for wait in waits[:5]] == [1, 2, 4, 8, 16]
    assert max(waits) < timedelta(minutes=16)
    assert HOURS <= given_up.attempts[-1].at - given_up.attempts[0].at < HOURS + timedelta(minutes=1)
    assert bounces(on) == [GIVEN_UP_BOUNCE]
    assert steps(on, message)[1]["bounce_message_id"] == workers.messages(on)[-1].id
    assert [job.state for job in workers.jobs(on)] == ["dead"]


def test_an_action_that_succeeds_at_last_has_one_row_with_all_attempts(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, S3, SNS)
    services.said = refusing
    message = arrive(on)
    drain(on)
    clock.advance(1)
    drain(on)
    services.said = returning(b"")
    until(clock, on, timedelta(minutes=1))
    assert outcomes(on, message) == [("S3", "retrying"), ("S3", "done"), ("SNS", "done")]
    s3, sns = calls(on)
    refusal = "NoSuchBucket: The specified bucket does not exist"
    assert (s3.state, errors(s3)) == ("published", [refusal, refusal, None])
    assert (sns.state, errors(sns), bounces(on)) == ("published", [None], [])


def test_a_topic_that_comes_back_is_told_once_and_so_are_its_webhooks(
    bare: Contexts, services: Services, clock: OwnClock
) -> None:
    hooks = Hooks()
    on = receivers.contexts(bare, services, hooks, Webhook("*", HOOK, raw=True))
    publishing.confirm(on)
    rule(bare, SNS)
    services.said = unreachable
    arrive(on)
    drain(on)
    assert hooks.messages() == []
    services.said = returning(b"")
    services.calls.clear()
    until(clock, on, timedelta(minutes=1))
    (published,) = services.parameters()
    assert hooks.messages() == [published["Message"]]
    assert [(each.via, each.state, errors(each)) for each in calls(on)] == [
        (ENDPOINT, "published", ["nobody is there", None]),
        (HOOK, "published", [None]),
    ]


def unreachable(_call: Call) -> Answer:
    raise Unreachable("nobody is there")


def test_a_bug_is_a_failure_as_any_other(bare: Contexts, on: Contexts, services: Services, clock: OwnClock) -> None:
    def broken(_call: Call) -> Answer:
        raise KeyError("broken")

    rule(bare, S3, STOP)
    services.said = broken
    message = arrive(on)
    drain(on)
    until(clock, on, HOURS + timedelta(minutes=1))
    assert outcomes(on, message) == [("S3", "retrying"), ("S3", "failed"), ("Stop", "done")]


def test_nobody_is_told_of_a_failure_where_the_mail_has_no_sender(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, S3, bounce())
    services.said = refusing
    message = arrive(on, sender="")
    drain(on)
    until(clock, on, HOURS + timedelta(minutes=1))
    assert outcomes(on, message) == [("S3", "retrying"), ("S3", "failed"), ("Bounce", "skipped")]
    assert bounces(on) == []


def test_work_about_a_message_that_is_gone_is_not_for_the_one_that_has_its_number(bare: Contexts, on: Contexts) -> None:
    rule(bare, ADD, STOP)
    message = arrive(on)
    with opened(on) as ctx:
        assert receipt_running.load(ctx, tasks.RunReceiptAction(message.seq, "another")) is None


def test_an_action_that_somebody_else_has_done_is_not_done_again(bare: Contexts, on: Contexts) -> None:
    rule(bare, ADD, STOP)
    message = arrive(on)
    task = tasks.RunReceiptAction(message.seq, message.id)
    with opened(on) as ctx:
        ran = receipt_running.send(on.outside, receipt_running.load(ctx, task))
    for _ in range(2):
        with opened(on, write=True) as ctx:
            receipt_running.settle(ctx, task, ran)
    assert outcomes(on, message) == [("AddHeader", "done")]
    drain(on)
    assert outcomes(on, message) == [("AddHeader", "done"), ("Stop", "done")]


def test_the_rules_of_a_message_that_was_deleted_end(
    bare: Contexts, on: Contexts, services: Services, clock: OwnClock
) -> None:
    rule(bare, S3, STOP)
    services.said = refusing
    message = arrive(on)
    drain(on)
    with opened(on, write=True) as ctx:
        message_rows.delete_one(ctx.tx, message.seq)
    until(clock, on, timedelta(minutes=1))
    assert (workers.jobs(on), calls(on)) == ([], [])


def test_what_a_topic_was_told_can_be_told_again_and_calls_that_wait_for_an_answer_cannot(
    bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, SNS, S3)
    arrive(on)
    drain(on)
    with opened(on, write=True) as ctx:
        again = [publications.replay(ctx, each.event_seq or 0) for each in calls(on)]
    assert again == [1, 0]
    drain(on)
    told = [each for each in services.parameters() if "TopicArn" in each]
    assert len(told) == 2
    assert told[0] == told[1]


def test_a_burst_of_mail_is_worked_off_to_the_last(
    bare: Contexts, on: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "ENOUGH", 2)
    monkeypatch.setattr(lanes, "MOST", 5)
    rule(bare, S3, STOP)
    messages = [arrive(on) for _ in range(30)]
    drain(on)
    assert all(outcomes(on, each) == [("S3", "done"), ("Stop", "done")] for each in messages)


# ---- topics


@pytest.mark.parametrize("reachable", [True, False])
def test_mail_that_is_too_long_for_a_topic_bounces(
    reachable: bool, bare: Contexts, on: Contexts, services: Services
) -> None:
    rule(bare, BASE64, STOP)
    here = on if reachable else bare
    message = arrive(here, MAIL + b"x" * 150 * 1024)
    drain(here)
    reply = "552 5.2.3 Message length exceeds limit set by recipient"
    assert outcomes(on, message) == [("SNS", "failed"), ("Stop", "done")]
    assert steps(on, message)[0]["error"] == reply
    assert bounces(on) == [
        f"MAILER-DAEMON@amazonses.com > alice@example.org: This message could not be delivered. | smtp; {reply}"
    ]
    assert (services.calls, calls(on)) == ([], [])


def test_mail_just_short_enough_for_a_topic_is_published(bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, BASE64)
    on_top = arrive(on).size_bytes - len(MAIL)
    drain(on)
    services.calls.clear()
    message = arrive(on, MAIL + b"x" * (150 * 1024 - on_top - len(MAIL) - 120))  # X-SES-RECEIPT is of no fixed length
    drain(on)
    assert outcomes(on, message) == [("SNS", "done")]
    assert len(services.calls) == 1


def test_mail_whose_json_is_too_long_for_sns_bounces(bare: Contexts, on: Contexts, services: Services) -> None:
    rule(bare, SNS)
    message = arrive(on, MAIL + b"\1" * 100 * 1024)
    drain(on)
    assert outcomes(on, message) == [("SNS", "failed")]
    assert services.calls == []


# ---- bounces


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"StatusCode": "5.1.1"}, "smtp; 550 5.1.1 Mailbox does not exist"),
        ({}, "smtp; 550 Mailbox does not exist"),
        ({"SmtpReplyCode": "450", "StatusCode": "4.0.0", "Message": "Later"}, "smtp; 450 4.0.0 Later"),
    ],
)
def test_a_bounce_says_what_the_action_says(members: dict[str, str], reason: str, bare: Contexts, on: Contexts) -> None:
    rule(bare, bounce(**members))
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Bounce", "done")]
    assert bounces(on) == [
        f"postmaster@example.com > alice@example.org: This message could not be delivered. | {reason}"
    ]


# ---- rules


def test_rules_without_actions_are_passed_over(bare: Contexts, on: Contexts) -> None:
    rule(bare, name="last")
    rule(bare, STOP, name="middle")
    rule(bare, name="first")
    message = arrive(on)
    drain(on)
    assert outcomes(on, message) == [("Stop", "done")]
    assert workers.jobs(on) == []


def test_where_no_rule_has_an_action_there_is_nothing_to_do(bare: Contexts, on: Contexts) -> None:
    rule(bare)
    message = arrive(on)
    drain(on)
    assert (outcomes(on, message), workers.jobs(on)) == ([], [])


def test_the_plan_is_what_the_rules_were_when_the_mail_came(bare: Contexts, on: Contexts) -> None:
    rule(bare, STOP)
    message = arrive(on)
    rule(bare, ADD, name="new")
    drain(on)
    assert outcomes(on, message) == [("Stop", "done")]


@pytest.mark.parametrize("attempts", [1, 2, 12, 24])
def test_an_action_is_tried_again_ever_later_but_within_four_hours(attempts: int) -> None:
    at = START
    for number in range(1, attempts + 1):
        later = tasks.next_action_try(number, at)
        assert later
        assert later > at
        at = later
    assert at <= START + HOURS


def test_the_last_try_is_four_hours_after_the_first() -> None:
    at, number = START, 0
    while later := tasks.next_action_try(number := number + 1, at):
        at = later
    assert at == START + HOURS


def test_a_long_object_is_shown_in_part(bare: Contexts) -> None:
    rule(bare, S3)
    arrive(bare, MAIL + b"x" * 300 * 1024)
    drain(bare)
    (put,) = calls(bare)
    body: Any = put.detail["content"]["Body"]
    assert put.state == "recorded"
    assert len(body) < 257 * 1024
    assert body.endswith("262144 are shown]")
