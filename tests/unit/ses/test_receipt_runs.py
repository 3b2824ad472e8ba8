"""Actions that need no other service: run in one go, for many messages together, whatever goes wrong with one."""

from collections.abc import Sequence

import pytest

from emulator.context import Context, Contexts
from emulator.jobs import handlers
from emulator.jobs.worker import Worker
from emulator.outside.aws import Answer
from emulator.ses import receipt_documents, receipt_running, tasks
from emulator.store import messages as message_rows
from emulator.store.receipt_rules import Action
from tests.support import receivers, workers
from tests.support.received import MAIL, arrive, bounces, calls, drain, outcomes, rule, steps
from tests.support.receivers import Hooks, Services
from tests.support.workers import OwnClock, opened

TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
ADD = ("AddHeaderAction", {"HeaderName": "X-Mine", "HeaderValue": "yes"})
S3 = ("S3Action", {"BucketName": "mails"})
SNS = ("SNSAction", {"TopicArn": TOPIC})
CONNECT = ("ConnectAction", {"InstanceARN": "arn:i", "IAMRoleARN": "arn:r"})
STOP = ("StopAction", {"Scope": "RuleSet", "TopicArn": TOPIC})


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def bare(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts with nowhere to go."""
    return workers.contexts(new_database_url, clock)


def queue(on: Contexts) -> list[tuple[str, str | None]]:
    """What is to be done: tasks and their lanes."""
    return [(job.task, job.lane) for job in workers.jobs(on)]


def test_all_actions_that_need_nobody_else_run_in_one_go(bare: Contexts) -> None:
    rule(bare, SNS, STOP, name="second")
    rule(bare, ADD, S3, name="first")
    messages = [arrive(bare) for _ in range(3)]
    assert queue(bare) == [("RunReceiptRules", None)] * 3
    Worker(bare, 0).run_due()
    assert queue(bare) == []
    for message in messages:
        done = [("AddHeader", "done"), ("S3", "recorded"), ("SNS", "recorded"), ("Stop", "done")]
        assert outcomes(bare, message) == done
    s3, sns, alert = calls(bare)[:3]
    assert s3.detail["content"]["Body"].startswith("X-Mine: yes\r\nReturn-Path: ")
    assert [each.message_seq for each in (s3, sns, alert)] == [messages[0].seq] * 3
    assert [call.name for call in calls(bare)] == ["inbound/first", "inbound/second", "inbound/second"] * 3


def test_an_action_that_calls_another_service_is_work_of_its_own(bare: Contexts) -> None:
    services = Services("s3")
    on = receivers.contexts(bare, services, Hooks())
    services.said = lambda _call: Answer({})
    rule(bare, ADD, S3, SNS, S3, STOP)
    message = arrive(on)
    lane = f"receipt {message.id}"
    assert queue(on) == [("RunReceiptRules", None)]
    worker = Worker(on, 0)
    assert worker._run_inside() == 1
    assert queue(on) == [("RunReceiptAction", lane)]
    drain(on)
    expected = [("AddHeader", "done"), ("S3", "done"), ("SNS", "recorded"), ("S3", "done"), ("Stop", "done")]
    assert outcomes(on, message) == expected
    assert len(services.calls) == 2


def test_a_long_message_has_its_actions_run_one_by_one(bare: Contexts) -> None:
    rule(bare, ADD, S3)
    message = arrive(bare, MAIL + b"x" * receipt_running.TOGETHER_BYTES)
    assert queue(bare) == [("RunReceiptAction", f"receipt {message.id}")]
    drain(bare)
    assert outcomes(bare, message) == [("AddHeader", "done"), ("S3", "recorded")]


def test_a_message_that_is_deleted_meanwhile_does_not_stop_the_others(
    bare: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(bare, S3, STOP)
    messages = [arrive(bare) for _ in range(3)]
    real = handlers.INSIDE[tasks.RunReceiptRules]

    def prepare_and_delete(ctx: Context, due: Sequence[tasks.RunReceiptRules]) -> object:
        prepared = real.prepare(ctx, due)
        with opened(bare, write=True) as other:
            message_rows.delete_one(other.tx, messages[1].seq)
        return prepared

    monkeypatch.setitem(handlers.INSIDE, tasks.RunReceiptRules, real._replace(prepare=prepare_and_delete))
    Worker(bare, 0).run_due()
    assert queue(bare) == []
    assert [len(outcomes(bare, each)) for each in messages] == [2, 0, 2]


def test_work_about_a_message_that_is_gone_is_not_for_the_one_that_has_its_number(bare: Contexts) -> None:
    rule(bare, STOP)
    message = arrive(bare)
    with opened(bare) as ctx:
        for gone in (tasks.RunReceiptRules(message.seq, "another"), tasks.RunReceiptRules(message.seq + 1, "another")):
            assert receipt_running.prepare(ctx, [gone]) == []


def test_what_somebody_else_has_run_meanwhile_is_not_run_again(bare: Contexts) -> None:
    rule(bare, S3, STOP)
    message = arrive(bare)
    with opened(bare) as ctx:
        runs = receipt_running.prepare(ctx, [tasks.RunReceiptRules(message.seq, message.id)])
    drain(bare)
    with opened(bare, write=True) as ctx:
        receipt_running.apply(ctx, runs)
    assert outcomes(bare, message) == [("S3", "recorded"), ("Stop", "done")]


def test_what_fails_is_found_out_and_tried_again_and_others_go_on(
    bare: Contexts, clock: OwnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(bare, ADD, SNS, STOP)
    good, bad = arrive(bare), arrive(bare, MAIL.replace(b"Hello", b"Poison"))
    real = receipt_documents.notification

    def broken(reception: receipt_documents.Reception, action: Action) -> object:
        if action.type == "SNSAction" and b"Poison" in reception.mail:
            raise KeyError("poison")
        return real(reception, action)

    with monkeypatch.context() as patched:
        patched.setattr(receipt_documents, "notification", broken)
        drain(bare)
        assert outcomes(bare, good) == [("AddHeader", "done"), ("SNS", "recorded"), ("Stop", "done")]
        assert outcomes(bare, bad) == [("AddHeader", "done"), ("SNS", "retrying")]
        assert "poison" in steps(bare, bad)[1]["error"]
    clock.advance(1)
    drain(bare)
    assert outcomes(bare, bad)[2:] == [("SNS", "recorded"), ("Stop", "done")]


def test_the_next_action_runs_after_one_that_can_never_be_worked_out(
    bare: Contexts, clock: OwnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(bare, SNS, ADD)
    message = arrive(bare)
    monkeypatch.setattr(receipt_documents, "notification", lambda *_: 1 / 0)
    drain(bare)
    while jobs := [each for each in workers.jobs(bare) if each.state == "pending"]:
        clock.advance((jobs[0].run_at - clock.now).total_seconds())
        drain(bare)
    assert outcomes(bare, message) == [("SNS", "retrying"), ("SNS", "failed"), ("AddHeader", "done")]
    assert len(bounces(bare)) == 1


# ---- Connect


def mail_with(attachments: int) -> bytes:
    """A mail with so many attachments."""
    part = b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nHi\r\n'
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + part * attachments + b"--b--\r\n"


def test_mail_with_more_than_ten_attachments_does_not_go_to_connect_and_bounces(bare: Contexts) -> None:
    rule(bare, CONNECT, ADD)
    ten, eleven = arrive(bare, mail_with(10)), arrive(bare, mail_with(11))
    drain(bare)
    assert outcomes(bare, ten) == [("Connect", "recorded"), ("AddHeader", "done")]
    assert outcomes(bare, eleven) == [("Connect", "failed"), ("AddHeader", "done")]
    reply = "552 5.3.4 Message too large"
    assert steps(bare, eleven)[0]["error"] == reply
    assert bounces(bare) == [
        f"MAILER-DAEMON@amazonses.com > alice@example.org: This message could not be delivered. | smtp; {reply}"
    ]


# ---- keys


def test_an_object_is_put_there_as_it_is_and_the_key_that_was_named_is_told(bare: Contexts) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:alias/aws/ses"
    rule(bare, ("S3Action", {"BucketName": "mails", "KmsKeyArn": key}))
    message = arrive(bare)
    drain(bare)
    (put,) = calls(bare)
    assert set(put.detail["content"]) == {"Bucket", "Key", "Body", "ContentType"}
    assert put.detail["content"]["Body"].encode().endswith(MAIL)
    assert steps(bare, message)[0]["kms_key"] == key
