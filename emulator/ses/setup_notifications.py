"""What SES leaves in the bucket and publishes to the topics of a rule that is set up.

Source: the object and its name, recorded; of the message to a topic its id, recipient and content, recorded.
Unverified: the rest of that message.
"""

import base64
import json
from datetime import UTC, datetime

from emulator.context import Context
from emulator.mime import delivered
from emulator.outside.aws import Call
from emulator.ses import receipt_actions
from emulator.store.receipt_rules import Action

MESSAGE_ID = "AMAZON_SES_SETUP_NOTIFICATION"
TOPIC_SUBJECT = "Amazon SES Email Receipt Notification"  # of every message to a topic. Source: recorded
_RECIPIENT = "recipient@example.com"
_SENDER = "no-reply-aws@amazon.com"
_SUBJECT = "Amazon SES Setup Notification"
_BODY = """\
Hello,

You received this message because you attempted to set up Amazon SES to deliver emails to this {place}.

Please note that the rule that you configured to deliver emails to this {place} is only valid if the entire setup \
process is successful. For more information about
setting up email-receiving rules, see the Amazon SES Developer Guide at \
http://docs.aws.amazon.com/ses/latest/DeveloperGuide/Welcome.html .

Thank you for using Amazon SES!

The Amazon SES Team
"""


def to_bucket(ctx: Context, bucket: str, prefix: str) -> Call:
    """The call that puts the notification into a bucket, beside where messages will be put."""
    parameters = (
        ("Bucket", bucket),
        ("Key", receipt_actions.object_key(prefix, MESSAGE_ID)),
        ("Body", _message(ctx.now, "S3 bucket")),
        ("ContentType", "application/octet-stream"),  # Unverified: as of messages
    )
    return Call(ctx.account_id, ctx.region, "s3", "put_object", parameters)


def to_topic(ctx: Context, action: Action) -> Call:
    """The call that publishes the notification to the topic of an action."""
    received = json.dumps(_received(ctx.now, action), separators=(",", ":"))
    parameters = (("TopicArn", action.members["TopicArn"]), ("Subject", TOPIC_SUBJECT), ("Message", received))
    return Call(ctx.account_id, ctx.region, "sns", "publish", parameters)


def _message(now: datetime, place: str) -> str:
    """The notification as a mail: 645 bytes about a bucket, the last line's end a bare line feed. Source: recorded."""
    header = "".join(f"{name}: {value}\n" for name, value in _headers(now).items())
    lines = f"{header}\n{_BODY.format(place=place)}".splitlines()
    return "\r\n".join(lines) + "\n"


def _headers(now: datetime) -> dict[str, str]:
    return {
        "Date": delivered.date_header(now),
        "To": _RECIPIENT,
        "From": f"Amazon Web Services <{_SENDER}>",
        "Subject": _SUBJECT,
    }


def _received(now: datetime, action: Action) -> dict[str, object]:
    """What a topic is told; the action that publishes mail gives it the text as well."""
    timestamp = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    headers = _headers(now)
    verdicts = {f"{each}Verdict": {"status": "PASS"} for each in ("spam", "virus", "spf", "dkim", "dmarc")}
    found: dict[str, object] = {
        "notificationType": "Received",
        "mail": {
            "timestamp": timestamp,
            "source": _SENDER,
            "messageId": MESSAGE_ID,
            "destination": [_RECIPIENT],
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "commonHeaders": {
                "from": [headers["From"]],
                "date": headers["Date"],
                "to": [_RECIPIENT],
                "subject": _SUBJECT,
            },
        },
        "receipt": {
            "timestamp": timestamp,
            "processingTimeMillis": 0,
            "recipients": [_RECIPIENT],
            **verdicts,
            "action": receipt_actions.told(action, MESSAGE_ID),
        },
    }
    if action.type == "SNSAction":
        text = _message(now, "SNS topic")
        is_base64 = action.members["Encoding"] == "Base64"
        found["content"] = base64.b64encode(text.encode()).decode() if is_base64 else text
    return found
