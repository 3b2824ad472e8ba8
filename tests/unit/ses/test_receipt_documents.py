"""The JSON that tells of received mail, whole documents against such as SES published."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.ses import receipt_documents
from emulator.store.receipt_rules import Action
from emulator.store.receipts import Verdicts
from tests.unit.ses.receipt_samples import (
    ALERTS,
    ALL_PASS,
    FUNCTION,
    ID,
    MAIL,
    ORGANIZATION,
    OTHER_ID,
    SIGNATURE,
    SPF,
    TOPIC,
    reception,
)


def published(told: dict[str, Any]) -> list[Any]:
    """The document as its reader has it, order included."""
    return list(json.loads(receipt_documents.text(told), object_pairs_hook=list))


def same(told: dict[str, Any], sample: dict[str, Any]) -> bool:
    """Whether document and sample are the same, also in the order of their members."""
    assert told == sample
    return published(told) == published(sample)


def receipt_of(action: Action, **given: Any) -> dict[str, Any]:
    """The receipt in a notification about the action."""
    return receipt_documents.notification(reception(**given), action)["receipt"]  # type: ignore[no-any-return]


def stop() -> Action:
    """An action about which little is told."""
    return Action("StopAction", {"Scope": "RuleSet", "TopicArn": ALERTS})


def test_a_topic_that_mail_is_published_to_has_it_all() -> None:
    told = receipt_documents.notification(
        reception(MAIL.encode()), Action("SNSAction", {"TopicArn": TOPIC, "Encoding": "UTF-8"})
    )
    sample = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2025-03-06T05:34:11.558Z",
            "source": "alice@example.org",
            "messageId": ID,
            "destination": ["support@example.com"],
            "headersTruncated": False,
            "headers": [
                {"name": "Return-Path", "value": "<alice@example.org>"},
                {
                    "name": "Received",
                    "value": "from mx.example.org (mx.example.org [192.0.2.10]) "
                    f"by inbound-smtp.us-east-1.amazonaws.com with SMTP id {ID} for support@example.com; "
                    "Thu, 06 Mar 2025 05:34:11 +0000 (UTC)",
                },
                {"name": "X-SES-Spam-Verdict", "value": "PASS"},
                {"name": "X-SES-Virus-Verdict", "value": "PASS"},
                {"name": "Received-SPF", "value": SPF},
                {
                    "name": "Authentication-Results",
                    "value": f"amazonses.com; spf={SPF} dkim=pass header.i=@example.org; "
                    "dmarc=pass header.from=example.org;",
                },
                {"name": "X-SES-RECEIPT", "value": "AEFBQUFBQUFBQUFHEXAMPLE=="},
                {"name": "X-SES-DKIM-SIGNATURE", "value": SIGNATURE},
                {"name": "From", "value": "Alice <alice@example.org>"},
                {"name": "To", "value": '"support@example.com" <support@example.com>'},
                {"name": "Subject", "value": "Hello"},
                {"name": "Date", "value": "Thu, 6 Mar 2025 05:34:09 +0000"},
                {"name": "Message-ID", "value": "<abc123@example.org>"},
                {"name": "MIME-Version", "value": "1.0"},
                {"name": "Content-Type", "value": "text/plain; charset=utf-8"},
            ],
            "commonHeaders": {
                "returnPath": "alice@example.org",
                "from": ["Alice <alice@example.org>"],
                "date": "Thu, 6 Mar 2025 05:34:09 +0000",
                "to": ['"support@example.com" <support@example.com>'],
                "messageId": "<abc123@example.org>",
                "subject": "Hello",
            },
        },
        "receipt": {
            "timestamp": "2025-03-06T05:34:11.558Z",
            "processingTimeMillis": 1432,
            "recipients": ["support@example.com"],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "spfVerdict": {"status": "PASS"},
            "dkimVerdict": {"status": "PASS"},
            "dmarcVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "topicArn": TOPIC, "encoding": "UTF8"},
        },
        "content": MAIL,
    }
    assert same(told, sample)


def test_the_alert_of_an_s3_action_names_the_object() -> None:
    received = (
        f"from lists.example.net ([198.51.100.7]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id {OTHER_ID} "
        "for news@example.com; Thu, 06 Mar 2025 05:40:00 +0000 (UTC)"
    )
    headers = {
        "Return-Path": "<bounce+77@lists.example.net>",
        "Received": received,
        "From": "Peter <peter@example.net>",
        "Sender": '"Peter" <peter@example.net>',
        "Reply-To": "reply@example.net",
        "To": "news@example.com",
        "Subject": "Number 12",
        "Date": "Thu, 06 Mar 2025 05:39:43 +0000",
        "Message-Id": "<20250306053943.1@lists.example.net>",
    }
    mail = "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\nNews\r\n"
    given = reception(
        mail.encode(),
        message_id=OTHER_ID,
        at=datetime(2025, 3, 6, 5, 40, 0, 742_000, tzinfo=UTC),
        milliseconds=413,
        source="bounce+77@lists.example.net",
        recipients=("news@example.com",),
        verdicts=Verdicts("PASS", "PASS", "FAIL", "GRAY", "FAIL"),
        policy="reject",
        scan=False,
    )
    action = Action("S3Action", {"TopicArn": TOPIC, "BucketName": "my-bucket", "ObjectKeyPrefix": "emails/"})
    sample = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2025-03-06T05:40:00.742Z",
            "source": "bounce+77@lists.example.net",
            "messageId": OTHER_ID,
            "destination": ["news@example.com"],
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "commonHeaders": {
                "returnPath": "bounce+77@lists.example.net",
                "from": ["Peter <peter@example.net>"],
                "sender": "Peter <peter@example.net>",
                "replyTo": ["reply@example.net"],
                "date": "Thu, 06 Mar 2025 05:39:43 +0000",
                "to": ["news@example.com"],
                "messageId": "<20250306053943.1@lists.example.net>",
                "subject": "Number 12",
            },
        },
        "receipt": {
            "timestamp": "2025-03-06T05:40:00.742Z",
            "processingTimeMillis": 413,
            "recipients": ["news@example.com"],
            "spamVerdict": {"status": "DISABLED"},
            "virusVerdict": {"status": "DISABLED"},
            "spfVerdict": {"status": "FAIL"},
            "dkimVerdict": {"status": "GRAY"},
            "dmarcVerdict": {"status": "FAIL"},
            "dmarcPolicy": "reject",
            "action": {
                "type": "S3",
                "topicArn": TOPIC,
                "bucketName": "my-bucket",
                "objectKeyPrefix": "emails/",
                "objectKey": f"emails/{OTHER_ID}",
            },
        },
    }
    assert same(receipt_documents.notification(given, action), sample)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (
            Action(
                "BounceAction",
                {
                    "TopicArn": ALERTS,
                    "SmtpReplyCode": "550",
                    "StatusCode": "5.1.1",
                    "Message": "Mailbox does not exist",
                    "Sender": "postmaster@example.com",
                },
            ),
            {
                "type": "Bounce",
                "topicArn": ALERTS,
                "smtpReplyCode": "550",
                "statusCode": "5.1.1",
                "message": "Mailbox does not exist",
                "sender": "postmaster@example.com",
            },
        ),
        (stop(), {"type": "Stop", "topicArn": ALERTS}),
        (
            Action("WorkmailAction", {"OrganizationArn": ORGANIZATION, "TopicArn": ALERTS}),
            {"type": "WorkMail", "topicArn": ALERTS, "organizationArn": ORGANIZATION},
        ),
        (
            Action("LambdaAction", {"FunctionArn": FUNCTION, "InvocationType": "Event", "TopicArn": ALERTS}),
            {"type": "Lambda", "topicArn": ALERTS, "functionArn": FUNCTION, "invocationType": "Event"},
        ),
        (
            Action("S3Action", {"BucketName": "my-bucket"}),
            {"type": "S3", "bucketName": "my-bucket", "objectKey": ID},
        ),
    ],
)
def test_each_action_is_told_by_the_names_of_its_members(action: Action, told: dict[str, str]) -> None:
    sample = {
        "timestamp": "2025-03-06T05:41:00.101Z",
        "processingTimeMillis": 388,
        "recipients": ["gone@example.com"],
        "spamVerdict": {"status": "PASS"},
        "virusVerdict": {"status": "PASS"},
        "spfVerdict": {"status": "PASS"},
        "dkimVerdict": {"status": "PASS"},
        "dmarcVerdict": {"status": "PASS"},
        "action": told,
    }
    at = datetime(2025, 3, 6, 5, 41, 0, 101_000, tzinfo=UTC)
    assert same(receipt_of(action, at=at, milliseconds=388, recipients=("gone@example.com",)), sample)


def test_a_function_has_one_record_without_the_mail_itself() -> None:
    message_id = "bsvpsoklfhu7u50iur7h0kk9a2ou0r7iabcdeg01"
    headers = {
        "Return-Path": "<alice@example.org>",
        "From": '"Doe, John" <alice@example.org>',
        "To": "recipient@example.com",
        "Subject": "This is a test",
        "Date": "Mon, 5 Aug 2019 21:29:57 +0000",
        "Message-ID": "<F8098FDD@example.org>",
    }
    mail = "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\nHi\r\n"
    given = reception(
        mail.encode(),
        message_id=message_id,
        at=datetime(2019, 8, 5, 21, 30, 2, 28_000, tzinfo=UTC),
        milliseconds=1205,
        recipients=("recipient@example.com",),
        verdicts=ALL_PASS._replace(dmarc="GRAY"),
    )
    sample = {
        "Records": [
            {
                "eventSource": "aws:ses",
                "eventVersion": "1.0",
                "ses": {
                    "mail": {
                        "timestamp": "2019-08-05T21:30:02.028Z",
                        "source": "alice@example.org",
                        "messageId": message_id,
                        "destination": ["recipient@example.com"],
                        "headersTruncated": False,
                        "headers": [{"name": name, "value": value} for name, value in headers.items()],
                        "commonHeaders": {
                            "returnPath": "alice@example.org",
                            "from": ['"Doe, John" <alice@example.org>'],
                            "date": "Mon, 5 Aug 2019 21:29:57 +0000",
                            "to": ["recipient@example.com"],
                            "messageId": "<F8098FDD@example.org>",
                            "subject": "This is a test",
                        },
                    },
                    "receipt": {
                        "timestamp": "2019-08-05T21:30:02.028Z",
                        "processingTimeMillis": 1205,
                        "recipients": ["recipient@example.com"],
                        "spamVerdict": {"status": "PASS"},
                        "virusVerdict": {"status": "PASS"},
                        "spfVerdict": {"status": "PASS"},
                        "dkimVerdict": {"status": "PASS"},
                        "dmarcVerdict": {"status": "GRAY"},
                        "action": {"type": "Lambda", "functionArn": FUNCTION, "invocationType": "Event"},
                    },
                },
            }
        ]
    }
    told = receipt_documents.event(given, Action("LambdaAction", {"FunctionArn": FUNCTION, "InvocationType": "Event"}))
    assert same(told, sample)


def test_the_mail_comes_in_base64_where_the_action_says_so() -> None:
    action = Action("SNSAction", {"TopicArn": TOPIC, "Encoding": "Base64"})
    told = receipt_documents.notification(reception(b"From: a@example.org\r\n\r\n\xff\0\r\n"), action)
    assert base64.b64decode(told["content"]) == b"From: a@example.org\r\n\r\n\xff\0\r\n"
    assert told["receipt"]["action"]["encoding"] == "BASE64"


def test_bytes_that_are_no_utf_8_are_replaced_in_a_text() -> None:
    told = receipt_documents.notification(
        reception(b"Subject: caf\xe9\r\n\r\n\xff\0\r\n"), Action("SNSAction", {"TopicArn": TOPIC, "Encoding": "UTF-8"})
    )
    assert told["content"] == "Subject: caf\ufffd\r\n\r\n\ufffd\0\r\n"
    assert told["mail"]["commonHeaders"]["subject"] == "café"
    assert json.loads(receipt_documents.text(told)) == told


@pytest.mark.parametrize(("dmarc", "policy", "told"), [("GRAY", "none", ["none"]), ("PASS", None, [])])
def test_the_dmarc_policy_is_told_only_where_dmarc_failed(dmarc: str, policy: str | None, told: list[str]) -> None:
    receipt = receipt_of(stop(), verdicts=ALL_PASS._replace(dmarc=dmarc), policy=policy)
    assert [receipt[name] for name in receipt if name == "dmarcPolicy"] == told


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    assert receipt_of(stop(), milliseconds=-5000)["processingTimeMillis"] == 0
