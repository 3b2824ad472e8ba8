"""The POST requests that SNS sends to the HTTP and HTTPS endpoints of its topics.

Source: developer guide of SNS (documented): headers, JSON and its order, what is signed and how, and which answers are
failures; its samples also show the blanks in the JSON.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from emulator.outside import keys
from emulator.outside.web import Web

AGENT = "Amazon Simple Notification Service Agent"
NOTIFICATION = "Notification"
CONFIRMATION, UNSUBSCRIPTION = "SubscriptionConfirmation", "UnsubscribeConfirmation"
_DIGESTS = {"1": "SHA1", "2": "SHA256"}
_TEXTS = {
    CONFIRMATION: "You have chosen to subscribe to the topic {topic_arn}.\n"
    "To confirm the subscription, visit the SubscribeURL included in this message.",
    UNSUBSCRIPTION: "You have chosen to deactivate subscription {subscription_arn}.\n"
    "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
}
TOO_MANY_REQUESTS, SERVER_ERRORS = 429, 500


class Undelivered(Exception):
    """The endpoint may take it later."""


class Rejected(Exception):
    """The endpoint does not take it, and is not asked again."""


class Signer(NamedTuple):
    """Who signs: with this key, as this version of the signature has it; the certificate can be had there."""

    private_key: str
    version: str
    certificate_url: str


class Post(NamedTuple):
    """One request."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def notification(message_id: str, at: datetime, parameters: Mapping[str, Any]) -> dict[str, str]:
    """What an endpoint is told of a message, without a signature."""
    envelope = {"Type": NOTIFICATION, "MessageId": message_id, "TopicArn": parameters["TopicArn"]}
    if "Subject" in parameters:
        envelope["Subject"] = parameters["Subject"]
    return {**envelope, "Message": parameters["Message"], "Timestamp": _instant(at)}


def subscription(
    kind: str, message_id: str, at: datetime, topic_arn: str, arn: str, token: str, url: str
) -> dict[str, str]:
    """What an endpoint is told of its subscription, without a signature; at the URL it is confirmed."""
    return {
        "Type": kind,
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": _TEXTS[kind].format(topic_arn=topic_arn, subscription_arn=arn),
        "SubscribeURL": url,
        "Timestamp": _instant(at),
    }


def signed(envelope: Mapping[str, str], signer: Signer, unsubscribe_url: str) -> dict[str, str]:
    """The envelope as it is sent. All that it held before is signed, by name."""
    canonical = "".join(f"{name}\n{value}\n" for name, value in sorted(envelope.items()))
    finished = {
        **envelope,
        "SignatureVersion": signer.version,
        "Signature": keys.sign(signer.private_key, canonical.encode(), _DIGESTS[signer.version]),
        "SigningCertURL": signer.certificate_url,
    }
    if envelope["Type"] == NOTIFICATION:
        finished["UnsubscribeURL"] = unsubscribe_url
    return finished


def post(url: str, subscription_arn: str, envelope: Mapping[str, str], *, raw: bool) -> Post:
    """The request that tells the endpoint; raw, a message is all that it has."""
    headers = [
        ("x-amz-sns-message-type", envelope["Type"]),
        ("x-amz-sns-message-id", envelope["MessageId"]),
        ("x-amz-sns-topic-arn", envelope["TopicArn"]),
    ]
    if envelope["Type"] != CONFIRMATION:
        headers.append(("x-amz-sns-subscription-arn", subscription_arn))
    raw = raw and envelope["Type"] == NOTIFICATION
    if raw:
        headers.append(("x-amz-sns-rawdelivery", "true"))
    headers += [("Content-Type", "text/plain; charset=UTF-8"), ("User-Agent", AGENT)]
    text = envelope["Message"] if raw else json.dumps(envelope, ensure_ascii=False, indent=2, separators=(",", " : "))
    return Post(url, tuple(headers), text.encode())


def send(web: Web, request: Post) -> None:
    """The endpoint has it; Undelivered or Rejected where it said otherwise, OSError where it said nothing."""
    reply = web.post(request.url, dict(request.headers), request.body)
    if not 200 <= reply.status < 300:
        failure = Undelivered if reply.status >= SERVER_ERRORS or reply.status == TOO_MANY_REQUESTS else Rejected
        raise failure(f"the endpoint answered {reply.status} {reply.reason}")


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"
