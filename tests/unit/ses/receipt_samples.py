"""Received mail as rows, and as a rule has it."""

from datetime import UTC, datetime, timedelta

from emulator.ses.receipt_documents import Reception
from emulator.store.messages import Message, Recipient
from emulator.store.receipts import Facts, PlannedRule, Verdicts

ID = "k3v0p9q8r7s6t5u4v3a2b1c0d9e8f7g6h5i4j3o1"
OTHER_ID = "dse8s7jhc9eg90tmimg1q2scsc14gvjvbbom6n81"
TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
ALERTS = "arn:aws:sns:us-east-1:123456789012:alerts"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:IncomingEmail"
ORGANIZATION = "arn:aws:workmail:us-east-1:123456789012:organization/m-68755160c4cb4e29a2b2f8fb58f359d7"
ALL_PASS = Verdicts("PASS", "PASS", "PASS", "PASS", "PASS")
SPF = (
    "pass (spfCheck: domain of example.org designates 192.0.2.10 as permitted sender) client-ip=192.0.2.10; "
    "envelope-from=alice@example.org; helo=mx.example.org;"
)
SIGNATURE = (
    "a=rsa-sha256; q=dns/txt; b=EXAMPLE=; c=relaxed/simple; s=ug7nbtf4gccmlpwj322ax3p6ow6yfsug; d=amazonses.com; "
    "t=1741239252; v=1; bh=EXAMPLE=; "
    "h=From:To:Cc:Bcc:Subject:Date:Message-ID:MIME-Version:Content-Type:X-SES-RECEIPT;"
)
MAIL = (
    "Return-Path: <alice@example.org>\r\n"
    "Received: from mx.example.org (mx.example.org [192.0.2.10])\r\n"
    f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id {ID}\r\n"
    " for support@example.com;\r\n"
    " Thu, 06 Mar 2025 05:34:11 +0000 (UTC)\r\n"
    "X-SES-Spam-Verdict: PASS\r\n"
    "X-SES-Virus-Verdict: PASS\r\n"
    f"Received-SPF: {SPF}\r\n"
    f"Authentication-Results: amazonses.com;\r\n spf={SPF}\r\n"
    " dkim=pass header.i=@example.org;\r\n dmarc=pass header.from=example.org;\r\n"
    "X-SES-RECEIPT: AEFBQUFBQUFBQUFHEXAMPLE==\r\n"
    f"X-SES-DKIM-SIGNATURE: {SIGNATURE}\r\n"
    "From: Alice <alice@example.org>\r\n"
    'To: "support@example.com" <support@example.com>\r\n'
    "Subject: Hello\r\n"
    "Date: Thu, 6 Mar 2025 05:34:09 +0000\r\n"
    "Message-ID: <abc123@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\nHi\r\n"
)
PLAIN = b"Return-Path: <alice@example.org>\r\nFrom: alice@example.org\r\n\r\nHi\r\n"


def reception(
    mail: bytes = PLAIN,
    *,
    message_id: str = ID,
    at: datetime = datetime(2025, 3, 6, 5, 34, 11, 558_000, tzinfo=UTC),
    milliseconds: int = 1432,
    source: str = "alice@example.org",
    recipients: tuple[str, ...] = ("support@example.com",),
    verdicts: Verdicts = ALL_PASS,
    policy: str | None = None,
    scan: bool = True,
) -> Reception:
    """A message as it was received."""
    message = Message(
        id=message_id,
        account_id="123456789012",
        region="us-east-1",
        direction="inbound",
        operation="",
        source=source,
        from_header=None,
        return_path=source,
        subject=None,
        to=(),
        cc=(),
        bcc=(),
        reply_to=(),
        recipients=tuple(Recipient(each, "to", "received") for each in recipients),
        tags=(),
        configuration_set=None,
        size_bytes=len(mail),
        created_at=at,
    )
    facts = Facts("192.0.2.10", "mx.example.org", None, True, source, recipients, verdicts, policy, scan)
    rule = PlannedRule("inbound", "rule", scan, recipients, ())
    return Reception(message, facts, rule, mail, at + timedelta(milliseconds=milliseconds))
