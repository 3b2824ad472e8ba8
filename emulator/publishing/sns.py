"""What SES publishes to SNS topics. Source: recorded messages: which have a subject, and which end with a newline."""

from collections.abc import Mapping
from typing import Any

from emulator.outside.aws import Aws, Call

SERVICE, TARGET = "sns", "TopicArn"
SUBJECT = "Amazon SES Email Event Notification"
MOST_BYTES = 256 * 1024  # Source: API reference of SNS (documented)


def event(topic_arn: str, text: str) -> dict[str, Any]:
    """An event, for a destination of a configuration set."""
    return {"TopicArn": topic_arn, "Message": f"{text}\n", "Subject": SUBJECT}


def notification(topic_arn: str, text: str) -> dict[str, Any]:
    """A bounce, a complaint or a delivery, for the topic of an identity."""
    return {"TopicArn": topic_arn, "Message": text}


def too_long(parameters: Mapping[str, Any]) -> bool:
    """Whether SNS takes no message of that length."""
    return len(parameters["Message"].encode()) > MOST_BYTES


def call(account_id: str, region: str, parameters: Mapping[str, Any]) -> Call:
    """The call that publishes it; topics are in SES's own region. Source: developer guide (documented)."""
    return Call(account_id, region, SERVICE, "publish", tuple(parameters.items()))


def send(aws: Aws, published: Call) -> None:
    """The topic has the message."""
    aws.result(published)
