"""What event destinations are told of each event: whole documents, member for member, in SES's order."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.ses import event_documents, events
from emulator.store.events import Event
from emulator.store.messages import Message
from tests.unit.ses import event_samples as samples
from tests.unit.ses.event_samples import MAIL, MAIL_OF_READER, RAW, compact, event, message, templated


def told(of: Message, happened: Event, raw: bytes = RAW) -> str:
    return event_documents.text(event_documents.document(of, raw, happened))


DELIVERY_TAGS = """
  "tags": {
    "ses:source-tls-version": ["TLSv1.3"],
    "ses:operation": ["SendEmail"],
    "ses:configuration-set": ["my-set"],
    "ses:outgoing-tls-version": ["TLSv1.3"],
    "ses:source-ip": ["203.0.113.10"],
    "ses:from-domain": ["example.com"],
    "campaign": ["book"],
    "ses:caller-identity": ["ses_user"],
    "ses:outgoing-ip": ["54.240.8.40"]
  }
"""
OPEN = """
"open": {
  "timestamp": "2026-03-12T17:20:05.417Z",
  "userAgent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)",
  "ipAddress": "203.0.113.77"
}
"""
CLICK = """
"click": {
  "timestamp": "2026-03-12T17:20:05.000Z",
  "ipAddress": "203.0.113.77",
  "userAgent": "Mozilla/5.0",
  "link": "https://www.example.com/offer?id=42&ref=mail",
  "linkTags": {"product": ["book"], "genre": ["fiction"]}
}
"""
READ = datetime(2026, 3, 12, 17, 20, 5, 417900, UTC)
OPENED = event(events.OPEN, READ, user_agent="Mozilla/5.0 (via ggpht.com GoogleImageProxy)", ip_address="203.0.113.77")
CLICKED = event(
    events.CLICK,
    READ,
    ip_address="203.0.113.77",
    user_agent="Mozilla/5.0",
    link="https://www.example.com/offer?id=42&ref=mail",
    link_tags={"product": ["book"], "genre": ["fiction"]},
)
DOCUMENTS = {
    "Send": (event(events.SEND), f'{{"eventType": "Send", {MAIL}, "send": {{}}}}'),
    "Reject": (
        event(events.REJECT, reason="Bad content"),
        f'{{"eventType": "Reject", {MAIL}, "reject": {{"reason": "Bad content"}}}}',
    ),
    "Delivery": (
        samples.delivery(),
        f'{{"eventType": "Delivery", {MAIL.replace(samples.TAGS, DELIVERY_TAGS)}, {samples.DELIVERY}}}',
    ),
    "Bounce": (samples.bounce(samples.RECIPIENT), f'{{"eventType": "Bounce", {samples.BOUNCE}, {MAIL}}}'),
    "Complaint": (samples.complaint(), f'{{"eventType": "Complaint", {samples.COMPLAINT}, {MAIL}}}'),
    "Open": (OPENED, f'{{"eventType": "Open", {MAIL_OF_READER}, {OPEN}}}'),
    "Click": (CLICKED, f'{{"eventType": "Click", {MAIL_OF_READER}, {CLICK}}}'),
}


@pytest.mark.parametrize("event_type", DOCUMENTS)
def test_an_event_is_told_with_all_its_members_in_their_order(event_type: str) -> None:
    happened, sample = DOCUMENTS[event_type]
    assert event_documents.document(message(), RAW, happened) == json.loads(sample)
    assert told(message(), happened) == compact(sample)


def test_on_the_wire_it_is_one_line_without_blanks_between_members() -> None:
    assert told(message(), event(events.SEND)) == (
        '{"eventType":"Send","mail":{"timestamp":"2026-03-12T17:13:21.662Z",'
        '"source":"Sender Name <sender@example.com>",'
        '"sourceArn":"arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",'
        '"sendingAccountId":"123456789012",'
        '"messageId":"0100019ce309e1fe-5d1c8f0e-3b7a-4c52-9e64-2f80a1b6c7d3-000000",'
        '"destination":["recipient@example.org"],"headersTruncated":false,"headers":['
        '{"name":"From","value":"Sender Name <sender@example.com>"},'
        '{"name":"To","value":"recipient@example.org"},{"name":"Subject","value":"Test message"},'
        '{"name":"MIME-Version","value":"1.0"},{"name":"Content-Type","value":"text/plain; charset=UTF-8"},'
        '{"name":"Content-Transfer-Encoding","value":"7bit"}],"commonHeaders":{'
        '"from":["Sender Name <sender@example.com>"],"to":["recipient@example.org"],'
        '"messageId":"0100019ce309e1fe-5d1c8f0e-3b7a-4c52-9e64-2f80a1b6c7d3-000000","subject":"Test message"},'
        '"tags":{"ses:source-tls-version":["TLSv1.3"],"ses:operation":["SendEmail"],'
        '"ses:configuration-set":["my-set"],"ses:source-ip":["203.0.113.10"],"ses:from-domain":["example.com"],'
        '"campaign":["book"],"ses:caller-identity":["ses_user"]}},"send":{}}'
    )


# ---- templates

TEMPLATED_TAGS = """
"tags": {
  "ses:source-tls-version": ["TLSv1.3"],
  "ses:operation": ["SendTemplatedEmail"],
  "ses:configuration-set": ["my-set"],
  "ses:source-ip": ["203.0.113.10"],
  "ses:from-domain": ["example.com"],
  "ses:caller-identity": ["ses_user"]
}
"""
BEFORE_RENDERING = f"""{{
  "eventType": "Send",
  "mail": {{
    "timestamp": "2026-03-12T17:13:21.662Z",
    "source": "sender@example.com",
    {samples.WHOSE},
    "headersTruncated": false,
    "headers": [
      {{"name": "From", "value": "sender@example.com"}},
      {{"name": "To", "value": "recipient@example.org"}},
      {{"name": "MIME-Version", "value": "1.0"}}
    ],
    "commonHeaders": {{
      "from": ["sender@example.com"],
      "to": ["recipient@example.org"],
      "messageId": "{samples.ID}"
    }},
    {TEMPLATED_TAGS}
  }},
  "send": {{}}
}}"""
NOT_RENDERED = f"""{{
  "eventType": "Rendering Failure",
  "mail": {{
    "timestamp": "2026-03-12T17:13:21.662Z",
    "source": "sender@example.com",
    {samples.ARN}
    {samples.WHOSE},
    "headersTruncated": false,
    {TEMPLATED_TAGS}
  }},
  "failure": {{
    "errorMessage": "Attribute 'name' is not present in the rendering data.",
    "templateName": "Welcome"
  }}
}}"""
RENDERED = (
    b"Date: Thu, 12 Mar 2026 17:13:21 +0000\r\nFrom: sender@example.com\r\nTo: recipient@example.org\r\n"
    b"Subject: Welcome, Ada\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
    b"Content-Transfer-Encoding: 7bit\r\n\r\nWelcome."
)


@pytest.mark.parametrize("raw", [b"", RENDERED], ids=["not rendered yet", "rendered meanwhile"])
def test_a_templated_mail_is_sent_before_it_has_a_subject_and_an_arn(raw: bytes) -> None:
    assert told(templated(), event(events.SEND), raw) == compact(BEFORE_RENDERING)


def test_reply_to_and_copies_are_known_before_the_template_is_rendered() -> None:
    sent = templated(
        reply_to=("Help <help@example.com>",), to=("a@example.org", "b@example.org"), cc=("c@example.org",)
    )
    mail = event_documents.document(sent, b"", event(events.SEND))["mail"]
    assert [(each["name"], each["value"]) for each in mail["headers"]] == [
        ("From", "sender@example.com"),
        ("Reply-To", "Help <help@example.com>"),
        ("To", "a@example.org, b@example.org"),
        ("Cc", "c@example.org"),
        ("MIME-Version", "1.0"),
    ]
    assert list(mail["commonHeaders"]) == ["from", "replyTo", "to", "cc", "messageId"]


def test_a_rendering_failure_names_the_template_and_shows_no_headers() -> None:
    error = "Attribute 'name' is not present in the rendering data."
    happened = event(events.RENDERING_FAILURE, template_name="Welcome", error_message=error)
    assert told(templated(), happened, b"") == compact(NOT_RENDERED)


def test_once_rendered_a_templated_mail_begins_with_its_date() -> None:
    mail = event_documents.document(templated(), RENDERED, samples.delivery())["mail"]
    assert [each["name"] for each in mail["headers"]] == [
        "Date", "From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert list(mail["commonHeaders"]) == ["from", "date", "to", "messageId", "subject"]
    assert mail["sourceArn"] == "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com"


# ---- bounces, complaints, delays, clicks of other kinds


def test_a_bounce_without_a_report_has_its_recipients_and_little_else() -> None:
    facts: dict[str, Any] = {
        "feedback_id": samples.FEEDBACK_ID,
        "bounce_type": "Transient",
        "bounce_sub_type": "General",
    }
    happened = event(events.BOUNCE, **facts, bounced_recipients=[{"email_address": samples.RECIPIENT}])
    assert event_documents.text(event_documents.document(message(), RAW, happened)["bounce"]) == compact(f"""{{
      "feedbackId": "{samples.FEEDBACK_ID}",
      "bounceType": "Transient",
      "bounceSubType": "General",
      "bouncedRecipients": [{{"emailAddress": "recipient@example.org"}}],
      "timestamp": "2026-03-12T17:13:22.048Z"
    }}""")


def test_the_bounce_of_a_suppressed_address_comes_from_ses_itself() -> None:
    said = {"email_address": samples.RECIPIENT, "action": "failed", "status": "5.1.1", "diagnostic_code": "No."}
    happened = event(
        events.BOUNCE,
        feedback_id=samples.FEEDBACK_ID,
        bounce_type="Permanent",
        bounce_sub_type="OnAccountSuppressionList",
        reporting_mta="dns; amazonses.com",
        bounced_recipients=[said],
    )
    told = event_documents.document(message(), RAW, happened)["bounce"]
    assert list(told) == [
        "feedbackId", "bounceType", "bounceSubType", "bouncedRecipients", "timestamp", "reportingMTA",
    ]  # fmt: skip
    assert told["reportingMTA"] == "dns; amazonses.com"


def test_every_recipient_stands_in_the_mail_and_those_concerned_in_the_event() -> None:
    sent = message(to=("Ada <a@example.org>", "b@example.org"), cc=("c@example.net",), bcc=("d@example.net",))
    told = event_documents.document(sent, RAW, samples.bounce("a@example.org", "d@example.net"))
    assert told["mail"]["destination"] == ["Ada <a@example.org>", "b@example.org", "c@example.net", "d@example.net"]
    assert [each["emailAddress"] for each in told["bounce"]["bouncedRecipients"]] == ["a@example.org", "d@example.net"]
    delivered = samples.delivery()._replace(recipients=("b@example.org", "c@example.net"))
    told = event_documents.document(sent, RAW, delivered)
    assert told["delivery"]["recipients"] == ["b@example.org", "c@example.net"]


def test_a_complaint_of_a_suppressed_address_has_no_report() -> None:
    facts: dict[str, Any] = {"feedback_id": samples.FEEDBACK_ID, "complaint_sub_type": "OnAccountSuppressionList"}
    told = event_documents.document(message(), RAW, event(events.COMPLAINT, **facts))["complaint"]
    assert list(told) == ["feedbackId", "complaintSubType", "complainedRecipients", "timestamp"]
    assert told["complaintSubType"] == "OnAccountSuppressionList"


def test_a_delay_says_until_when_ses_tries_and_shows_no_headers() -> None:
    said = {"email_address": samples.RECIPIENT, "status": "4.4.1", "diagnostic_code": "smtp; 421 4.4.1 No route"}
    happened = event(
        events.DELIVERY_DELAY,
        delay_type="TransientCommunicationFailure",
        expiration_time="2026-03-13T07:13:21.914Z",
        delayed_recipients=[said],
    )
    told = event_documents.document(message(), RAW, happened)
    assert list(told) == ["eventType", "mail", "deliveryDelay"]
    assert not {"headers", "commonHeaders"} & told["mail"].keys()
    assert event_documents.text(told["deliveryDelay"]) == compact("""{
      "timestamp": "2026-03-12T17:13:22.048Z",
      "delayType": "TransientCommunicationFailure",
      "expirationTime": "2026-03-13T07:13:21.914Z",
      "delayedRecipients": [{
        "emailAddress": "recipient@example.org",
        "status": "4.4.1",
        "diagnosticCode": "smtp; 421 4.4.1 No route"
      }]
    }""")


def test_a_link_without_tags_has_null_for_them() -> None:
    happened = CLICKED._replace(detail=CLICKED.detail | {"link_tags": None})
    assert event_documents.document(message(), RAW, happened)["click"]["linkTags"] is None
