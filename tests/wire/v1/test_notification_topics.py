"""SNS topics of identities: each is told that it is one before it is kept."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import mail, topics
from tests.support.aws import Account, refusal
from tests.support.mail import ANN
from tests.support.topics import Topics

pytestmark = pytest.mark.outside

Start = Callable[..., Account]
TOPIC = "arn:aws:sns:us-east-1:123456789012:feedback"
OTHER = f"{TOPIC}-2"
INVALID = ("InvalidParameterValue", f"SNS topic {OTHER} is invalid.", 400)
SUBSCRIBED = (
    '{{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed your Amazon SNS '
    "topic '{}' to receive '{}' notifications from Amazon SES for identity '{}'.\"}}\n"
)


@pytest.fixture
def sns() -> Iterator[Topics]:
    """An SNS of the test's own."""
    with topics.serving() as serving:
        yield serving


def _set(account: Account, kind: str, topic: str | None = TOPIC, identity: str = ANN) -> None:
    given = {"SnsTopic": topic} if topic else {}
    account.client().set_identity_notification_topic(Identity=identity, NotificationType=kind, **given)


def _refused(account: Account, topic: str = OTHER, identity: str = ANN) -> tuple[str, str, int]:
    call = account.client().set_identity_notification_topic
    return refusal(call, Identity=identity, NotificationType="Bounce", SnsTopic=topic)


def _topics(account: Account) -> dict[str, str]:
    found = account.client().get_identity_notification_attributes(Identities=[ANN])["NotificationAttributes"]
    return {name: value for name, value in found[ANN].items() if name.endswith("Topic")}


def _told(account: Account) -> list[dict[str, Any]]:
    """What topics were told, oldest first."""
    return list(reversed(account.inspect("GET", "/publications", channel="validation")["publications"]))


def test_where_there_is_no_sns_it_is_recorded_that_a_topic_is_told_without_a_subject(account: Account) -> None:
    mail.verify(account, ANN)
    _set(account, "Bounce")
    _set(account, "Delivery", OTHER, f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}")
    assert [(each["name"], each["state"], each["target"], each["content"]) for each in _told(account)] == [
        (ANN, "recorded", TOPIC, {"TopicArn": TOPIC, "Message": SUBSCRIBED.format(TOPIC, "Bounce", ANN)}),
        (ANN, "recorded", OTHER, {"TopicArn": OTHER, "Message": SUBSCRIBED.format(OTHER, "Delivery", ANN)}),
    ]


def test_a_topic_is_told_for_each_type_that_it_is_one(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    mail.verify(account, ANN)
    for kind in ("Bounce", "Complaint", "Delivery"):
        _set(account, kind)
    expected = [SUBSCRIBED.format(TOPIC, kind, ANN) for kind in ("Bounce", "Complaint", "Delivery")]
    assert sns.published == [{"TopicArn": TOPIC, "Message": message} for message in expected]
    assert {each["state"] for each in _told(account)} == {"published"}
    account.drain()
    assert len(sns.published) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "NotFound"), (403, "AuthorizationError"), (400, "KMSAccessDenied"), (500, "InternalError")],
)
def test_a_topic_that_ses_cannot_publish_to_is_refused_and_the_one_before_stays(
    start: Start, sns: Topics, status: int, code: str
) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    mail.verify(account, ANN)
    _set(account, "Bounce")
    sns.refusals[OTHER] = (status, code)
    assert _refused(account) == INVALID
    assert (_topics(account), len(_told(account))) == ({"BounceTopic": TOPIC}, 1)


def test_a_service_that_does_not_answer_takes_nothing(start: Start) -> None:
    account = start(aws_endpoint_url="http://127.0.0.1:1")
    mail.verify(account, ANN)
    assert (_refused(account), _topics(account)) == (INVALID, {})


def test_nobody_is_told_of_a_topic_that_is_cleared_or_refused_before(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    mail.verify(account, ANN)
    sns.refusals[OTHER] = (404, "NotFound")
    _set(account, "Bounce", None)
    assert _refused(account, TOPIC, "nobody@example.com")[1].startswith("Identity nobody@example.com is invalid.")
    assert _refused(account, f"{TOPIC}.fifo")[1] == f"SNS topic {TOPIC}.fifo is invalid."
    assert sns.published == _told(account) == []
