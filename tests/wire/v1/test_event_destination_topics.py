"""SNS topics as event destinations: each is sent a message before it is kept."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import configuration_sets, topics
from tests.support.aws import Account, refusal
from tests.support.configuration_sets import DESTINATION, FIREHOSE, NAME, TOPIC, destination, destinations, missing
from tests.support.topics import Topics

pytestmark = pytest.mark.outside

MESSAGE = "Successfully validated SNS topic for Amazon SES event publishing."
OTHER = TOPIC.replace("my-topic", "other")
CALLS = ["create", "update"]
# What SNS answers, and what SES makes of it.
REFUSALS = [
    (404, "NotFound", "SNS topic <{}> not found."),
    (403, "AuthorizationError", "Could not publish message to SNS topic <{}>."),
    (400, "InvalidParameter", "Could not publish message to SNS topic <{}>."),
    (500, "InternalError", "Could not publish message to SNS topic <{}>."),
    (400, "KMSAccessDenied", "Access denied to KMS key of SNS topic <{}>."),
    (400, "KMSDisabled", "Access denied to KMS key of SNS topic <{}>."),
]
Start = Callable[..., Account]


@pytest.fixture
def sns() -> Iterator[Topics]:
    """An SNS of the test's own."""
    with topics.serving() as serving:
        yield serving


def _sns(topic: str) -> dict[str, Any]:
    return {"SNSDestination": {"TopicARN": topic}}


def _refused(account: Account, call: str, topic: str, name: str = DESTINATION) -> tuple[str, str, int]:
    method = getattr(account.client(), f"{call}_configuration_set_event_destination")
    return refusal(method, ConfigurationSetName=NAME, EventDestination=destination(name, **_sns(topic)))


def _update(account: Account, given: dict[str, Any]) -> None:
    account.client().update_configuration_set_event_destination(ConfigurationSetName=NAME, EventDestination=given)


def _not_found(topic: str) -> tuple[str, str, int]:
    return "InvalidSNSDestination", f"SNS topic <{topic}> not found.", 400


def _not_published(topic: str) -> tuple[str, str, int]:
    return "InvalidSNSDestination", f"Could not publish message to SNS topic <{topic}>.", 400


def _publications(account: Account) -> list[dict[str, Any]]:
    found = account.inspect("GET", "/publications", region=account.region)["publications"]
    return sorted(found, key=lambda each: each["name"])


# ---- without an SNS


@pytest.mark.parametrize("topic", [TOPIC, TOPIC.replace("aws", "aws-us-gov"), TOPIC.replace("1234", "9999"), OTHER])
def test_where_there_is_no_sns_every_topic_in_the_region_is_there(account: Account, topic: str) -> None:
    configuration_sets.create(account)
    configuration_sets.add(account, **_sns(topic))
    assert destinations(account)[0]["SNSDestination"] == {"TopicARN": topic}
    (publication,) = _publications(account)
    assert publication["state"] == "recorded"
    assert publication["content"] == {"TopicArn": topic, "Message": MESSAGE}
    assert (publication["channel"], publication["name"]) == ("validation", f"{NAME}/{DESTINATION}")
    assert (publication["service"], publication["target"]) == ("sns", topic)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "topic",
    [
        "",
        " ",
        "my-topic",
        TOPIC.replace("us-east-1", "us-west-2"),
        TOPIC.replace("sns", "sqs"),
        f"{TOPIC} ",
        f"{TOPIC}:1",
        TOPIC.replace("my-topic", ""),
        TOPIC.replace("my-topic", "t" * 257),
    ],
)
def test_what_is_no_topic_of_the_region_is_not_found(account: Account, call: str, topic: str) -> None:
    configuration_sets.create(account)
    if call == "update":
        configuration_sets.add(account, **FIREHOSE)
    before = destinations(account)
    assert _refused(account, call, topic) == _not_found(topic)
    assert destinations(account) == before
    assert _publications(account) == []


def test_ses_does_not_publish_to_fifo_topics(account: Account) -> None:
    configuration_sets.create(account)
    topic = f"{TOPIC}.fifo"
    assert _refused(account, "create", topic) == _not_published(topic)
    assert destinations(account) == []


def test_a_topic_is_looked_at_last(account: Account) -> None:
    assert _refused(account, "create", "") == missing(NAME)
    configuration_sets.create(account)
    assert _refused(account, "update", "")[0] == "EventDestinationDoesNotExist"
    for number in range(10):
        configuration_sets.add(account, f"d{number}")
    assert _refused(account, "create", "", "d0")[0] == "EventDestinationAlreadyExists"
    assert _refused(account, "create", "")[0] == "LimitExceeded"


# ---- with one


def test_a_topic_is_told_that_it_is_one_without_a_subject(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    configuration_sets.create(account)
    configuration_sets.add(account)
    assert sns.published == [{"TopicArn": TOPIC, "Message": MESSAGE}]
    assert destinations(account) == [destination(DESTINATION, "bounce", "send")]
    (publication,) = _publications(account)
    assert publication["state"] == "published"


def test_an_update_tells_only_another_topic(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    configuration_sets.create(account)
    configuration_sets.add(account, **FIREHOSE)
    assert sns.published == []
    _update(account, destination(DESTINATION, "open"))
    _update(account, destination(DESTINATION, "click"))
    assert [each["TopicArn"] for each in sns.published] == [TOPIC]
    _update(account, destination(DESTINATION, "click", **_sns(OTHER)))
    assert [each["TopicArn"] for each in sns.published] == [TOPIC, OTHER]
    assert destinations(account) == [destination(DESTINATION, "click", **_sns(OTHER))]


@pytest.mark.parametrize("call", CALLS)
def test_what_a_topic_does_not_take_is_told_and_nothing_is_kept(start: Start, sns: Topics, call: str) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    configuration_sets.create(account)
    if call == "update":
        configuration_sets.add(account)
    before, told = destinations(account), list(sns.published)
    for status, code, text in REFUSALS:
        sns.refusals[OTHER] = (status, code)
        assert _refused(account, call, OTHER) == ("InvalidSNSDestination", text.format(OTHER), 400)
        assert destinations(account) == before
    assert sns.published == told
    assert [each["target"] for each in _publications(account)] == [each["TopicArn"] for each in told]
    del sns.refusals[OTHER]
    configuration_sets.add(account, "again", **_sns(OTHER))
    assert sns.published[-1] == {"TopicArn": OTHER, "Message": MESSAGE}


def test_a_service_that_does_not_answer_takes_nothing(start: Start) -> None:
    account = start(aws_endpoint_url="http://127.0.0.1:1")
    configuration_sets.create(account)
    assert _refused(account, "create", TOPIC) == _not_published(TOPIC)
    assert destinations(account) == []
    configuration_sets.add(account, **FIREHOSE)


def test_nobody_is_told_of_a_destination_that_is_refused_before(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    assert _refused(account, "create", TOPIC) == missing(NAME)
    configuration_sets.create(account)
    assert _refused(account, "update", TOPIC)[0] == "EventDestinationDoesNotExist"
    elsewhere = TOPIC.replace("us-east-1", "eu-west-1")
    assert _refused(account, "create", elsewhere) == _not_found(elsewhere)
    assert sns.published == []


def test_a_topic_that_goes_later_is_still_a_destination(start: Start, sns: Topics) -> None:
    account = start(aws_endpoint_url_sns=sns.url)
    configuration_sets.create(account)
    configuration_sets.add(account)
    sns.refusals[TOPIC] = (404, "NotFound")
    _update(account, destination(DESTINATION, "open"))
    assert destinations(account) == [destination(DESTINATION, "open")]
