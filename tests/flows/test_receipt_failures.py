"""Rules that meet what is broken: services, functions, mail, and the server itself. The mail is kept, and goes on."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import emulator
from tests.support import aws, functions, mail, moto, processes, receipts, services, workers, zone
from tests.support.aws import Account
from tests.support.functions import Functions, Says
from tests.support.moto import Moto
from tests.support.receipt_rules import STOP, rule
from tests.support.receipts import SENDER, arrive, bounces, outcomes, publications, receive, received, steps
from tests.support.services import Services

Start = Callable[..., Account]
TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
ADD = {"AddHeaderAction": {"HeaderName": "X-Mine", "HeaderValue": "yes"}}
S3 = {"S3Action": {"BucketName": "mails"}}
SNS = {"SNSAction": {"TopicArn": TOPIC}}
DECIDE = {"LambdaAction": {"FunctionArn": functions.arn("f"), "InvocationType": "RequestResponse"}}
RETRIED = "This message could not be delivered due to a recipient error. Please try again later."


@pytest.fixture
def lambdas() -> Iterator[Functions]:
    """Lambda."""
    with functions.serving() as serving:
        yield serving


@pytest.fixture
def others() -> Iterator[Services]:
    """S3, SNS and Lambda."""
    with services.serving() as serving:
        yield serving


def bounce(account: Account) -> dict[str, Any]:
    sender = f"postmaster@{zone.domain_of(account)}"
    return {"BounceAction": {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "No", "Sender": sender}}


def test_a_bucket_that_vanished_is_tried_for_four_hours_and_the_sender_is_told(start: Start, other_aws: Moto) -> None:
    bucket, s3 = moto.new_name(), other_aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    account = start(aws_endpoint_url_s3=other_aws.url, log_level="error")
    to = receive(account, rule("rule", {"S3Action": {"BucketName": bucket}}, ADD), rule("next", STOP))
    for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    s3.delete_bucket(Bucket=bucket)
    message_id = received(account, to)
    assert outcomes(account, message_id) == [("rule", "S3", "retrying")]
    assert "NoSuchBucket" in steps(account, message_id)[0]["error"]
    (call,) = publications(account)
    assert (call["state"], call["content"]["Key"], len(call["attempts"])) == ("pending", message_id, 1)
    account.advance("PT4H1M")
    assert outcomes(account, message_id) == [
        ("rule", "S3", "retrying"),
        ("rule", "S3", "failed"),
        ("rule", "AddHeader", "done"),
        ("next", "Stop", "done"),
    ]
    assert publications(account)[0]["state"] == "dead"
    (bounced,) = bounces(account)
    report = mail.delivered(account, bounced["id"]).decode()
    assert f"\r\n\r\n{RETRIED}\r\n--" in report
    assert f"Diagnostic-Code: smtp; 451 4.3.0 {RETRIED}\r\nStatus: 4.3.0\r\n" in report


def test_a_service_that_comes_back_has_the_mail(start: Start, others: Services) -> None:
    account = start(aws_endpoint_url=others.url, log_level="error")
    to = receive(account, rule("rule", S3, SNS, STOP))
    others.told.clear()
    others.refusals["mails/"] = 503, "SlowDown"
    message_id = received(account, to)
    assert (outcomes(account, message_id), others.of("sns")) == ([("rule", "S3", "retrying")], [])
    others.refusals.clear()
    account.advance("PT1M")
    assert [each[1:] for each in outcomes(account, message_id)][1:] == [
        ("S3", "done"),
        ("SNS", "done"),
        ("Stop", "done"),
    ]
    assert others.of("s3")[-1].target == f"mails/{message_id}"
    assert others.of("s3")[-1].body.encode().endswith(receipts.MAIL)
    assert [len(each["attempts"]) for each in publications(account)] == [len(others.of("s3")), 1]
    assert bounces(account) == []


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Says(b"no JSON at all"), "done"),
        (Says(b'{"disposition": {"STOP_RULE": 1}}'), "done"),
        (Says(b'{"errorMessage": "division by zero"}', error="Unhandled"), "failed"),
    ],
)
def test_a_function_that_fails_or_talks_nonsense_stops_nothing(
    start: Start, lambdas: Functions, said: Says, outcome: str
) -> None:
    lambdas.says["f"] = said
    account = start(aws_endpoint_url_lambda=lambdas.url, log_level="error")
    to = receive(account, rule("rule", DECIDE, ADD), rule("next", STOP))
    message_id = received(account, to)
    assert [each[1:] for each in outcomes(account, message_id)] == [
        ("Lambda", outcome),
        ("AddHeader", "done"),
        ("Stop", "done"),
    ]
    assert steps(account, message_id)[0]["returned"] == said.body.decode()
    assert (len(lambdas.of("f")), bounces(account)) == (1, [])


def test_a_lambda_that_has_a_failure_of_its_own_is_called_again(start: Start, lambdas: Functions) -> None:
    account = start(aws_endpoint_url_lambda=lambdas.url, log_level="error")
    to = receive(account, rule("rule", DECIDE, ADD))
    lambdas.says["f"] = Says(b'{"Message": "Sorry"}', 500)
    message_id = received(account, to)
    assert outcomes(account, message_id) == [("rule", "Lambda", "retrying")]
    lambdas.dispose("f", "STOP_RULE")
    account.advance("PT1M")
    assert outcomes(account, message_id)[1:] == [("rule", "Lambda", "done")]


def test_a_crash_in_the_middle_of_a_rule_loses_no_action(new_database_url: str, lambdas: Functions) -> None:
    hanging = lambdas.hangs["f"] = threading.Event()
    settings = {"verification": "manual", "log_level": "error", "aws_endpoint_url_lambda": lambdas.url}
    with emulator.running(database_url=new_database_url, **settings) as server:
        account = aws.new_account(server.url)
        to = receive(account, rule("rule", ADD, DECIDE, SNS))
        message_id = arrive(account, to)
        processes.until(lambda: lambdas.of("f"))
        for pid in [server.pid, *processes.children(server.pid)]:
            os.kill(pid, signal.SIGKILL)
    hanging.set()
    workers.end_leases(new_database_url)
    with emulator.running(database_url=new_database_url, **settings) as server:
        after = Account(server.url, account.account_id)
        processes.until(lambda: len(outcomes(after, message_id)) == 3)
        assert [each[1:] for each in outcomes(after, message_id)] == [
            ("AddHeader", "done"),
            ("Lambda", "done"),
            ("SNS", "recorded"),
        ]
        assert len(lambdas.of("f")) == 2
        assert publications(after)[-1]["content"]["Message"].count("X-Mine") == 2  # in the list, and in the mail


# ---- mail


def nested(depth: int) -> bytes:
    """Parts in parts."""
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (each, each) for each in range(depth)
    )
    return b"From: a@example.org\r\n" + opened + b"Content-Type: text/plain\r\n\r\nHi\r\n"


BROKEN = {
    "no headers": b"\r\nHi\r\n",
    "no header lines": b"Hello there\r\n",
    "nothing": b"",
    "broken MIME": b"Content-Type: multipart/mixed; boundary=\r\nContent-Transfer-Encoding: base64\r\n\r\n--\r\n=?\r\n",
    "8-bit headers": b"From: Jos\xe9 <jose@example.org>\r\nSubject: Caf\xe9 \xff\r\nTo: \xe9\xe8\r\n\r\nna\xefve\0\r\n",
    "10,000 headers": b"".join(b"X-%d: value\r\n" % each for each in range(10_000)) + b"Subject: last\r\n\r\nHi\r\n",
    "1,000 nested parts": nested(1_000),
    "a header without end": b"Subject: " + b"x" * 500_000 + b"\r\n\r\nHi\r\n",
    "bare line feeds": b"From: a@example.org\nSubject: Hi\n\nHello\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_whatever_the_mail_looks_like_every_action_has_it(data: bytes, account: Account) -> None:
    base64 = {"SNSAction": {"TopicArn": TOPIC, "Encoding": "Base64"}}
    to = receive(account, rule("rule", S3, base64, DECIDE, bounce(account), ADD, STOP))
    message_id = received(account, to, data)
    assert [each[1] for each in outcomes(account, message_id)] == ["S3", "SNS", "Lambda", "Bounce", "AddHeader", "Stop"]
    assert [each[2] for each in outcomes(account, message_id)][2:] == ["recorded", "done", "done", "done"]
    assert [job for job in account.inspect("GET", "/jobs")["jobs"] if job["state"] == "dead"] == []
    report = mail.delivered(account, bounces(account)[-1]["id"])
    assert b"Diagnostic-Code: smtp; 550 5.1.1 No\r\n" in report
    after = received(account, to)
    assert outcomes(account, after)[-1] == ("rule", "Stop", "done")


def test_a_mail_without_sender_bounces_to_nobody(account: Account) -> None:
    to = receive(account, rule("rule", bounce(account), STOP))
    message_id = received(account, to, sender="")
    assert outcomes(account, message_id) == [("rule", "Bounce", "skipped"), ("rule", "Stop", "done")]
    assert account.messages(direction="system") == []


def test_a_bounce_to_oneself_ends(start: Start) -> None:
    account = start(log_level="error")
    to = receive(account, rule("rule", bounce(account)))
    received(account, to, sender=f"me@{zone.domain_of(account)}")
    directions = [each["direction"] for each in account.messages()]
    assert sorted(directions) == ["inbound", "inbound", "system"]


def test_rules_that_change_meanwhile_change_nothing_for_a_mail_that_is_there(account: Account) -> None:
    to = receive(account, rule("rule", ADD, STOP))
    account.client().set_active_receipt_rule_set()
    account.client().delete_receipt_rule_set(RuleSetName="inbound")
    assert account.messages(to=SENDER) == []
    receive(account, rule("other", STOP))
    assert outcomes(account, received(account, to)) == [("other", "Stop", "done")]
