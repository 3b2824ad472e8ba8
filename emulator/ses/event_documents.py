"""The JSON that tells of an event: for destinations of configuration sets, and for the topics of identities.

Source: recorded events and notifications: which members there are, and their order; Reject and DeliveryDelay, which
nobody recorded, are documented.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from emulator.ses import event_headers, event_tags, events
from emulator.store.events import Event
from emulator.store.messages import Message

# Source: recorded SNS messages. Only those of event destinations have a subject.
TOPIC_VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."

_BEFORE_MAIL = (events.BOUNCE, events.COMPLAINT)  # come before the mail they tell of
_WITHOUT_HEADERS = (events.RENDERING_FAILURE, events.DELIVERY_DELAY)
_WITHOUT_SOURCE_ARN = (events.OPEN, events.CLICK)
# Unverified: whoever submits a MIME document is shown bare recipients; others are shown theirs as they gave them.
_OF_DOCUMENTS = ("SendRawEmail", "SendSmtpEmail")

# What each event is called in its document, and the facts it holds, in order.
_OBJECTS: dict[str, tuple[str, tuple[str, ...]]] = {
    events.SEND: ("send", ()),
    events.REJECT: ("reject", ("reason",)),
    events.DELIVERY: (
        "delivery",
        ("timestamp", "processing_time_ms", "recipients", "smtp_response", "remote_mta_ip", "reporting_mta"),
    ),
    events.BOUNCE: (
        "bounce",
        (
            "feedback_id", "bounce_type", "bounce_sub_type", "bounced_recipients", "timestamp", "remote_mta_ip",
            "reporting_mta",
        ),
    ),
    events.COMPLAINT: (
        "complaint",
        (
            "feedback_id", "complaint_sub_type", "complained_recipients", "timestamp", "user_agent",
            "complaint_feedback_type", "arrival_date",
        ),
    ),
    events.OPEN: ("open", ("timestamp", "user_agent", "ip_address")),
    events.CLICK: ("click", ("timestamp", "ip_address", "user_agent", "link", "link_tags")),
    events.RENDERING_FAILURE: ("failure", ("error_message", "template_name")),
    events.DELIVERY_DELAY: (
        "deliveryDelay",
        ("timestamp", "delay_type", "expiration_time", "delayed_recipients", "reporting_mta"),
    ),
}  # fmt: skip
_RECIPIENT = ("email_address", "action", "status", "diagnostic_code")
# Their members are spelled as in `bounceType`, but for these.
_SPELLED = {"processing_time_ms": "processingTimeMillis", "reporting_mta": "reportingMTA"}


def document(message: Message, raw: bytes, event: Event) -> dict[str, Any]:
    """What event destinations are told; `raw` is the message as composed or submitted, empty before that.

    Source: recorded events: what is left out where, and that their common headers have SES's id.
    """
    bare = event.type in _WITHOUT_SOURCE_ARN or event_headers.unrendered(message, event.type)
    mail = {
        **_sent(message),
        **_present({"sourceArn": None if bare else message.source_arn}),
        **_addressed(message),
        "headersTruncated": False,
    }
    if event.type not in _WITHOUT_HEADERS:
        mail |= _headers(message, raw, event, message.id)
    mail["tags"] = event_tags.of(message, event.type)
    return _told("eventType", event, mail, whole_seconds=event.type == events.CLICK)


def notification(message: Message, raw: bytes, event: Event, with_headers: bool) -> dict[str, Any]:
    """What the topics of an identity are told of a bounce, a complaint or a delivery.

    Source: recorded notifications: times of feedback are in whole seconds; common headers have the message's own id.
    """
    mail = {
        **_sent(message),
        **_present(
            {
                "sourceArn": message.source_arn,
                "sourceIp": message.source_ip,
                "callerIdentity": message.caller_identity,
            }
        ),
        **_addressed(message),
    }
    if with_headers:
        mail |= _headers(message, raw, event, None)
    return _told("notificationType", event, mail, whole_seconds=event.type in _BEFORE_MAIL)


def topic_subscribed(topic_arn: str, notification_type: str, identity: str) -> dict[str, Any]:
    """What a topic is told first, when it becomes one of an identity's. Source: recorded."""
    text = (
        f"You have successfully subscribed your Amazon SNS topic '{topic_arn}' to receive '{notification_type}' "
        f"notifications from Amazon SES for identity '{identity}'."
    )
    return {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": text}


def text(document: Mapping[str, Any]) -> str:
    """The document as it is published, on one line. Source: recorded: what is not ASCII stands as it is."""
    return _json(document)


# ---- the mail


def _sent(message: Message) -> dict[str, Any]:
    return {"timestamp": _instant(message.created_at), "source": message.source_text or message.source}


def _addressed(message: Message) -> dict[str, Any]:
    """Source: recorded: every recipient of the message stands in each of its events."""
    if message.operation in _OF_DOCUMENTS:
        destination = [each.address for each in message.recipients]
    else:
        destination = [*message.to, *message.cc, *message.bcc]
    return {"sendingAccountId": message.account_id, "messageId": message.id, "destination": destination}


def _headers(message: Message, raw: bytes, event: Event, message_id: str | None) -> dict[str, Any]:
    fields = event_headers.of(message, raw, event.type)
    shown, truncated = event_headers.listed(fields)
    common = event_headers.common(fields, message_id)
    return {"headersTruncated": truncated, "headers": shown, "commonHeaders": common}


# ---- the event


def _told(type_member: str, event: Event, mail: Mapping[str, Any], *, whole_seconds: bool) -> dict[str, Any]:
    """The event and the mail, each where it belongs."""
    name, order = _OBJECTS[event.type]
    facts = {
        **event.detail,
        "timestamp": _instant(event.created_at, whole_seconds=whole_seconds),
        "recipients": list(event.recipients),
        "complained_recipients": [{"email_address": address} for address in event.recipients],
    }
    told = _named(facts, order)
    if event.type in _BEFORE_MAIL:
        return {type_member: event.type, name: told, "mail": mail}
    return {type_member: event.type, "mail": mail, name: told}


def _named(facts: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """The facts that there are, in order, by the names of their members."""
    return {_member(fact): _value(fact, facts[fact]) for fact in order if fact in facts}


def _value(fact: str, value: Any) -> Any:
    return [_named(each, _RECIPIENT) for each in value] if fact.endswith("_recipients") else value


@cache
def _member(fact: str) -> str:
    first, *others = fact.split("_")
    return _SPELLED.get(fact) or first + "".join(map(str.capitalize, others))


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _instant(time: datetime, *, whole_seconds: bool = False) -> str:
    milliseconds = 0 if whole_seconds else time.microsecond // 1000
    return f"{time:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
