"""What is said of received mail, whole: the DSNs that its sender has, and the JSON that topics and functions have."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import emulator
from tests.support import aws, functions, mail, receipts, zone
from tests.support.aws import Account
from tests.support.receipt_rules import rule
from tests.support.receipts import SENDER

TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
OPAQUE = ("X-SES-RECEIPT", "X-SES-DKIM-SIGNATURE")
DSN = """\
Return-Path: <>
Date: Thu, 6 Mar 2025 05:34:11 +0000
From: postmaster@{domain}
To: alice@example.org
Message-ID: <{id}@email.amazonses.com>
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report;\x20
	boundary="{boundary}";\x20
	report-type=delivery-status
Feedback-ID: {feedback_id}
X-SES-Outgoing: 2025.03.06-54.240.8.40

--{boundary}
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit
Content-Description: Notification

This message could not be delivered.
--{boundary}
Content-Type: message/delivery-status
Content-Transfer-Encoding: 7bit
Content-Description: Delivery Status Notification

Reporting-MTA: dns; inbound-smtp.us-east-1.amazonaws.com
Arrival-Date: Thu, 06 Mar 25 05:34:11 UTC

Action: failed
Final-Recipient: rfc822; support@{domain}
Original-Recipient: rfc822; support@{domain}
Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist
Status: 5.1.1


--{boundary}
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 7bit
Content-Description: Undelivered Message

{header}

--{boundary}--
"""


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account on a server of this file's own, where it is always the same moment."""
    with emulator.running(verification="manual", log_level="error") as running:
        found = aws.new_account(running.url)
        found.inspect("PUT", "/clock", {"now": "2025-03-06T05:34:11.558Z", "frozen": True})
        zone.publish(
            found,
            {"name": "example.org", "type": "TXT", "value": "v=spf1 ip4:127.0.0.1 -all"},
            {"name": "_dmarc.example.org", "type": "TXT", "value": "v=DMARC1; p=reject"},
            {"name": "1.0.0.127.in-addr.arpa", "type": "PTR", "value": "mx.example.org."},
        )
        yield found


@pytest.fixture(scope="module")
def received(account: Account) -> str:
    """The id of a mail that bounces, and that a topic and a function are told of."""
    bounce = {
        "SmtpReplyCode": "550",
        "StatusCode": "5.1.1",
        "Message": "Mailbox does not exist",
        "Sender": f"postmaster@{zone.domain_of(account)}",
    }
    function = {"FunctionArn": functions.arn("IncomingEmail")}
    actions = [{"SNSAction": {"TopicArn": TOPIC}}, {"LambdaAction": function}, {"BounceAction": bounce}]
    to = receipts.receive(account, rule("rule", *actions, ScanEnabled=True))
    lines = [
        "From: Alice <alice@example.org>",
        f'To: "{to}" <{to}>',
        "Subject: Hello",
        "Date: Thu, 6 Mar 2025 05:34:09 +0000",
        "Message-ID: <abc123@example.org>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return receipts.received(account, to, mail.document(*lines, body="Hi\r\n"))


def expected_dsn(account: Account, received: str, report: str) -> str:
    """The DSN as it must read: what is new in each, it has of the report."""
    header, *_ = mail.delivered(account, received).decode().partition("\r\n\r\n")
    found = {
        name: re.search(pattern, report)
        for name, pattern in {
            "id": r"\r\nMessage-ID: <(0100[0-9a-f]{12}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000)@",
            "boundary": r'\tboundary="(----=_Part_[0-9]+_[0-9]+\.1741239251558)"',
            "feedback_id": r"\r\nFeedback-ID: (::1\.us-east-1\.[A-Za-z0-9+/]{43}=:AmazonSES)\r\n",
        }.items()
    }
    values = {name: each[1] if each else f"no {name}" for name, each in found.items()}
    expected = DSN.format(domain=zone.domain_of(account), header="{header}", **values).replace("\n", "\r\n")
    return expected.replace("{header}", header + "\r\n")


def unsigned(raw: bytes) -> str:
    """The report without SES's signature, which is there."""
    assert re.search(rb"\r\nDKIM-Signature: [^:]* d=amazonses\.com; ", raw)
    return "\r\n".join([*mail.unsigned_lines(raw), "", mail.body(raw).decode()])


def test_an_action_bounces_mail_as_ses_was_seen_to(account: Account, received: str) -> None:
    (bounced,) = receipts.bounces(account)[:1]
    report = mail.delivered(account, bounced["id"])
    assert unsigned(report) == expected_dsn(account, received, report.decode())


def test_send_bounce_bounces_mail_as_an_action_does(account: Account, received: str) -> None:
    domain = zone.domain_of(account)
    answer = account.client().send_bounce(
        OriginalMessageId=received,
        BounceSender=f"postmaster@{domain}",
        BouncedRecipientInfoList=[{"Recipient": f"support@{domain}", "BounceType": "DoesNotExist"}],
    )
    account.drain()
    report = mail.delivered(account, answer["MessageId"])
    assert unsigned(report) == expected_dsn(account, received, report.decode())
    assert f"\r\nMessage-ID: <{answer['MessageId']}@".encode() in report


# ---- JSON


def told_of_mail(account: Account, received: str) -> dict[str, Any]:
    """What is said of the mail in all documents."""
    raw = mail.delivered(account, received).decode()
    opaque = {name: re.search(f"^{name}: (.*)\r\n", raw, re.MULTILINE) for name in OPAQUE}
    to = f"support@{zone.domain_of(account)}"
    spf = (
        "pass (spfCheck: domain of example.org designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; "
        "envelope-from=alice@example.org; helo=localhost;"
    )
    headers = {
        "Return-Path": "<alice@example.org>",
        "Received": "from localhost (mx.example.org [127.0.0.1]) by inbound-smtp.us-east-1.amazonaws.com "
        f"with SMTP id {received} for {to}; Thu, 06 Mar 2025 05:34:11 +0000 (UTC)",
        "X-SES-Spam-Verdict": "PASS",
        "X-SES-Virus-Verdict": "PASS",
        "Received-SPF": spf,
        "Authentication-Results": f"amazonses.com; spf={spf} dmarc=pass header.from=example.org;",
        **{name: each[1] if each else "" for name, each in opaque.items()},
        "From": "Alice <alice@example.org>",
        "To": f'"{to}" <{to}>',
        "Subject": "Hello",
        "Date": "Thu, 6 Mar 2025 05:34:09 +0000",
        "Message-ID": "<abc123@example.org>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    return {
        "timestamp": "2025-03-06T05:34:11.558Z",
        "source": SENDER,
        "messageId": received,
        "destination": [to],
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "commonHeaders": {
            "returnPath": "alice@example.org",
            "from": ["Alice <alice@example.org>"],
            "date": "Thu, 6 Mar 2025 05:34:09 +0000",
            "to": [f'"{to}" <{to}>'],
            "messageId": "<abc123@example.org>",
            "subject": "Hello",
        },
    }


def told_of_receipt(account: Account, **action: str) -> dict[str, Any]:
    """What is said of its receipt and of the action."""
    statuses = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "GRAY", "dmarc": "PASS"}
    return {
        "timestamp": "2025-03-06T05:34:11.558Z",
        "processingTimeMillis": 0,
        "recipients": [f"support@{zone.domain_of(account)}"],
        **{f"{name}Verdict": {"status": status} for name, status in statuses.items()},
        "action": action,
    }


def test_a_topic_has_the_whole_mail(account: Account, received: str) -> None:
    published = receipts.publications(account)[0]["content"]
    assert (published["TopicArn"], published["Subject"]) == (TOPIC, "Amazon SES Email Receipt Notification")
    assert published["Message"] == json.dumps(
        {
            "notificationType": "Received",
            "mail": told_of_mail(account, received),
            "receipt": told_of_receipt(account, type="SNS", topicArn=TOPIC, encoding="UTF8"),
            "content": mail.delivered(account, received).decode(),
        },
        separators=(",", ":"),
    )


def test_a_function_has_one_record_of_it(account: Account, received: str) -> None:
    invoked = receipts.publications(account)[1]["content"]
    arn = functions.arn("IncomingEmail")
    receipt = told_of_receipt(account, type="Lambda", functionArn=arn, invocationType="Event")
    assert (invoked["FunctionName"], invoked["InvocationType"]) == (arn, "Event")
    told = {"mail": told_of_mail(account, received), "receipt": receipt}
    record = {"eventSource": "aws:ses", "eventVersion": "1.0", "ses": told}
    assert invoked["Payload"] == json.dumps({"Records": [record]}, separators=(",", ":"))
