"""What the topics of an identity are told: how it differs from what event destinations are."""

import json

import pytest

from emulator.ses import event_documents
from emulator.store.events import Event
from tests.unit.ses import event_samples as samples
from tests.unit.ses.event_samples import RAW, compact, message

CALLER = '"sourceIp": "203.0.113.10", "callerIdentity": "ses_user",'
MAIL = f'"mail": {{{samples.SHOWN}{samples.ARN}{CALLER}{samples.WHOSE}}}'
MAIL_WITH_HEADERS = f"""
"mail": {{
  {samples.SHOWN}{samples.ARN}{CALLER}{samples.WHOSE},{samples.HEADERS},
  "commonHeaders": {{
    "from": ["Sender Name <sender@example.com>"],
    "to": ["recipient@example.org"],
    "subject": "Test message"
  }}
}}
"""
# Times of feedback are in whole seconds.
BOUNCE, COMPLAINT = (each.replace(".048Z", ".000Z") for each in (samples.BOUNCE, samples.COMPLAINT))


@pytest.mark.parametrize("mail", [MAIL, MAIL_WITH_HEADERS], ids=["without headers", "with headers"])
@pytest.mark.parametrize(
    ("happened", "first", "last"),
    [
        (samples.bounce(samples.RECIPIENT), '"notificationType": "Bounce",' + BOUNCE, ""),
        (samples.complaint(), '"notificationType": "Complaint",' + COMPLAINT, ""),
        (samples.delivery(), '"notificationType": "Delivery"', "," + samples.DELIVERY),
    ],
    ids=["Bounce", "Complaint", "Delivery"],
)
def test_a_topic_is_told_with_all_members_in_their_order(happened: Event, first: str, last: str, mail: str) -> None:
    sample = f"{{{first}, {mail} {last}}}"
    told = event_documents.notification(message(), RAW, happened, with_headers=mail is MAIL_WITH_HEADERS)
    assert told == json.loads(sample)
    assert event_documents.text(told) == compact(sample)


def test_a_topic_is_told_the_id_that_the_message_gave_itself() -> None:
    raw = b"Message-ID: <mine@example.com>\r\n" + RAW
    told = event_documents.notification(message(operation="SendRawEmail"), raw, samples.delivery(), with_headers=True)
    assert told["mail"]["commonHeaders"]["messageId"] == "<mine@example.com>"
    assert told["mail"]["messageId"] == samples.ID


def test_a_caller_that_is_not_known_is_left_out() -> None:
    sent = message(source_ip=None, caller_identity=None)
    told = event_documents.notification(sent, RAW, samples.delivery(), with_headers=False)
    assert list(told["mail"]) == ["timestamp", "source", "sourceArn", "sendingAccountId", "messageId", "destination"]


def test_a_topic_that_is_set_is_told_so() -> None:
    told = event_documents.topic_subscribed("arn:aws:sns:us-east-1:123456789012:topic", "Bounce", "example.com")
    assert event_documents.text(told) == (
        '{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed your Amazon '
        "SNS topic 'arn:aws:sns:us-east-1:123456789012:topic' to receive 'Bounce' notifications from Amazon SES for "
        "identity 'example.com'.\"}"
    )
