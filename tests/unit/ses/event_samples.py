"""Messages and events as rows, and what SES says of such: documents with the members and the order of recorded ones."""

import json
from datetime import UTC, datetime
from typing import Any

from emulator.ses import events
from emulator.store.events import Event
from emulator.store.messages import Message, Recipient

ACCOUNT, REGION = "123456789012", "us-east-1"
ID = "0100019ce309e1fe-5d1c8f0e-3b7a-4c52-9e64-2f80a1b6c7d3-000000"
FEEDBACK_ID = "0100019ce309e380-7a0b1c2d-3e4f-4051-8263-748596a7b8c9-000000"
SENDER, RECIPIENT = "Sender Name <sender@example.com>", "recipient@example.org"
SENT = datetime(2026, 3, 12, 17, 13, 21, 662000, UTC)
LATER = datetime(2026, 3, 12, 17, 13, 22, 48000, UTC)
RAW = (
    b"From: Sender Name <sender@example.com>\r\nTo: recipient@example.org\r\nSubject: Test message\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello."
)

SHOWN = """
"timestamp": "2026-03-12T17:13:21.662Z",
"source": "Sender Name <sender@example.com>",
"""
ARN = '"sourceArn": "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",'
WHOSE = f"""
"sendingAccountId": "123456789012",
"messageId": "{ID}",
"destination": ["recipient@example.org"]
"""
HEADERS = """
"headersTruncated": false,
"headers": [
  {"name": "From", "value": "Sender Name <sender@example.com>"},
  {"name": "To", "value": "recipient@example.org"},
  {"name": "Subject", "value": "Test message"},
  {"name": "MIME-Version", "value": "1.0"},
  {"name": "Content-Type", "value": "text/plain; charset=UTF-8"},
  {"name": "Content-Transfer-Encoding", "value": "7bit"}
]
"""
COMMON_HEADERS = f"""
"commonHeaders": {{
  "from": ["Sender Name <sender@example.com>"],
  "to": ["recipient@example.org"],
  "messageId": "{ID}",
  "subject": "Test message"
}}
"""
TAGS = """
"tags": {
  "ses:source-tls-version": ["TLSv1.3"],
  "ses:operation": ["SendEmail"],
  "ses:configuration-set": ["my-set"],
  "ses:source-ip": ["203.0.113.10"],
  "ses:from-domain": ["example.com"],
  "campaign": ["book"],
  "ses:caller-identity": ["ses_user"]
}
"""
MAIL = f'"mail": {{{SHOWN}{ARN}{WHOSE},{HEADERS},{COMMON_HEADERS},{TAGS}}}'
MAIL_OF_READER = f'"mail": {{{SHOWN}{WHOSE},{HEADERS},{COMMON_HEADERS},{TAGS}}}'  # of an open or a click

BOUNCE = f"""
"bounce": {{
  "feedbackId": "{FEEDBACK_ID}",
  "bounceType": "Permanent",
  "bounceSubType": "General",
  "bouncedRecipients": [{{
    "emailAddress": "recipient@example.org",
    "action": "failed",
    "status": "5.1.1",
    "diagnosticCode": "smtp; 550 5.1.1 As requested: user unknown <recipient@example.org>"
  }}],
  "timestamp": "2026-03-12T17:13:22.048Z",
  "remoteMtaIp": "198.51.100.25",
  "reportingMTA": "dns; a8-86.smtp-out.amazonses.com"
}}
"""
COMPLAINT = f"""
"complaint": {{
  "feedbackId": "{FEEDBACK_ID}",
  "complaintSubType": null,
  "complainedRecipients": [{{"emailAddress": "recipient@example.org"}}],
  "timestamp": "2026-03-12T17:13:22.048Z",
  "userAgent": "Amazon SES Mailbox Simulator",
  "complaintFeedbackType": "abuse",
  "arrivalDate": "2026-03-12T17:13:22.040Z"
}}
"""
DELIVERY = """
"delivery": {
  "timestamp": "2026-03-12T17:13:22.048Z",
  "processingTimeMillis": 386,
  "recipients": ["recipient@example.org"],
  "smtpResponse": "250 Ok",
  "remoteMtaIp": "198.51.100.25",
  "reportingMTA": "a48-102.smtp-out.amazonses.com"
}
"""


def message(**changes: Any) -> Message:
    """A message by SendEmail to one recipient, with a tag, in a configuration set; with some changes."""
    recipients = changes.pop("recipients", None) or [*changes.get("to", [RECIPIENT]), *changes.get("cc", ())]
    plain = Message(
        id=ID,
        account_id=ACCOUNT,
        region=REGION,
        direction="outbound",
        operation="SendEmail",
        source="sender@example.com",
        from_header=SENDER,
        return_path="sender@example.com",
        subject="Test message",
        to=(RECIPIENT,),
        cc=(),
        bcc=(),
        reply_to=(),
        recipients=tuple(Recipient(each, "to", "pending") for each in recipients),
        tags=(("campaign", "book"),),
        configuration_set="my-set",
        size_bytes=len(RAW),
        created_at=SENT,
        source_text=SENDER,
        source_arn="arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",
        source_ip="203.0.113.10",
        caller_identity="ses_user",
    )
    return plain._replace(**changes)


def templated(**changes: Any) -> Message:
    """A message whose template is yet to be rendered, as SendTemplatedEmail leaves it; with some changes."""
    of_template = {
        "operation": "SendTemplatedEmail",
        "source_text": "sender@example.com",
        "from_header": "sender@example.com",
        "subject": None,
        "tags": (),
        "template": "Welcome",
        "template_data": "{}",
    }
    return message(**(of_template | changes))


def event(event_type: str, at: datetime = LATER, to: tuple[str, ...] = (RECIPIENT,), **detail: Any) -> Event:
    """An event as it is kept."""
    return Event(1, event_type, to, detail, at)


def bounce(*addresses: str) -> Event:
    """A bounce of addresses that nobody has."""
    people = [
        {
            "email_address": address,
            "action": "failed",
            "status": "5.1.1",
            "diagnostic_code": f"smtp; 550 5.1.1 As requested: user unknown <{address}>",
        }
        for address in addresses
    ]
    return event(
        events.BOUNCE,
        to=addresses,
        feedback_id=FEEDBACK_ID,
        bounce_type="Permanent",
        bounce_sub_type="General",
        remote_mta_ip="198.51.100.25",
        reporting_mta="dns; a8-86.smtp-out.amazonses.com",
        bounced_recipients=people,
    )


def complaint() -> Event:
    """A complaint with a report, whose facts are kept in an order of their own."""
    return event(
        events.COMPLAINT,
        feedback_id=FEEDBACK_ID,
        complaint_sub_type=None,
        user_agent="Amazon SES Mailbox Simulator",
        complaint_feedback_type="abuse",
        arrival_date="2026-03-12T17:13:22.040Z",
    )


def delivery() -> Event:
    """A delivery by the simulator."""
    return event(
        events.DELIVERY,
        processing_time_ms=386,
        smtp_response="250 Ok",
        remote_mta_ip="198.51.100.25",
        reporting_mta="a48-102.smtp-out.amazonses.com",
    )


def compact(sample: str) -> str:
    """A sample as it is on the wire: on one line, without blanks between its members."""
    return json.dumps(json.loads(sample), separators=(",", ":"), ensure_ascii=False)
