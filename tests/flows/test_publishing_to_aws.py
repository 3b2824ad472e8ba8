"""Events go to the other AWS services: moto's, where the settings say so, as developers have them."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import configuration_sets, mail, moto
from tests.support.aws import Account
from tests.support.configuration_sets import cloudwatch
from tests.support.mail import ANN, BOB
from tests.support.moto import ACCOUNT, REGION, Moto, Queue

Start = Callable[..., Account]
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
SUBJECT = "Amazon SES Email Event Notification"
BOUNCE = "bounce@simulator.amazonses.com"


def to_topic(arn: str) -> dict[str, Any]:
    return {"SNSDestination": {"TopicARN": arn}}


def to_stream(arn: str) -> dict[str, Any]:
    role = f"arn:aws:iam::{ACCOUNT}:role/ses"
    return {"KinesisFirehoseDestination": {"IAMRoleARN": role, "DeliveryStreamARN": arn}}


@pytest.fixture
def account(start: Start, other_aws: Moto) -> Account:
    """An account on an emulator that finds the other services with moto."""
    return start(aws_endpoint_url=other_aws.url, verified_identities="*", log_level="error")


def sent(account: Account, **changed: Any) -> str:
    """The id of a message with the configuration set; it has met its recipients."""
    message_id = mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME, **changed)
    account.drain()
    return message_id


def wrapped(queue: Queue) -> list[dict[str, Any]]:
    """What SNS put into the queue, but for validation messages."""
    bodies = [json.loads(each) for each in queue.messages()]
    return [each for each in bodies if each["Message"] != VALIDATED and "AmazonSns" not in each["Message"]]


def events(queue: Queue) -> list[tuple[str, str]]:
    """Types of the events in the queue, and whose they are."""
    told = [json.loads(each["Message"]) for each in wrapped(queue)]
    return [(each["eventType"], each["mail"]["messageId"]) for each in told]


def publications(account: Account, channel: str = "event_destination") -> list[dict[str, Any]]:
    """The account's publications, oldest first."""
    return account.inspect("GET", "/publications", channel=channel)["publications"][::-1]  # type: ignore[no-any-return]


def test_events_arrive_in_a_queue_behind_a_topic(account: Account, other_aws: Moto) -> None:
    topic = other_aws.topic()
    queue = other_aws.queue_of(topic)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "send", "delivery", **to_topic(topic))
    (validation,) = queue.messages()
    assert (json.loads(validation)["Message"], "Subject" in json.loads(validation)) == (VALIDATED, False)
    message_id = sent(account)
    first, second = wrapped(queue)
    assert (first["TopicArn"], first["Subject"]) == (topic, SUBJECT)
    assert (json.loads(first["Message"])["eventType"], first["Message"][-2:]) == ("Send", "}\n")
    told = json.loads(second["Message"])
    assert (told["eventType"], told["mail"]["messageId"], told["delivery"]["recipients"]) == (
        "Delivery",
        message_id,
        [BOB],
    )
    assert [(each["state"], each["via"]) for each in publications(account)] == [("published", other_aws.url)] * 2


def test_events_arrive_in_the_bucket_behind_a_stream_one_a_line(account: Account, other_aws: Moto) -> None:
    stream = other_aws.stream()
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "send", "delivery", **to_stream(stream.arn))
    message_id = sent(account)
    content = stream.content()
    told = [json.loads(line) for line in content.splitlines()]
    assert content.endswith("}\n")
    assert sorted((each["eventType"], each["mail"]["messageId"]) for each in told) == [
        ("Delivery", message_id),
        ("Send", message_id),
    ]
    assert sorted(shown["content"]["Records"][0]["Data"] for shown in publications(account)) == sorted(
        content.splitlines(keepends=True)
    )


def test_events_are_counted_in_a_metric_with_all_dimensions_of_the_destination(
    account: Account, other_aws: Moto
) -> None:
    campaign = moto.new_name()
    configuration_sets.create(account)
    dimensions = (("campaign", "messageTag", "none"), ("team", "messageTag", "nobody"))
    configuration_sets.add(account, "counts", "send", **cloudwatch(*dimensions))
    for _ in range(2):
        sent(account, Tags=[{"Name": "campaign", "Value": campaign}])
    now = datetime.now(UTC)  # noqa: TID251 - moto knows no other time
    (point,) = other_aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SES",
        MetricName="Send",
        Dimensions=[{"Name": "campaign", "Value": campaign}, {"Name": "team", "Value": "nobody"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )["Datapoints"]
    assert (point["Sum"], point["Unit"]) == (2.0, "Count")


def test_a_bounce_is_told_to_the_topic_of_the_identity(account: Account, other_aws: Moto) -> None:
    topic = other_aws.topic()
    queue = other_aws.queue_of(topic)
    ses = mail.client(account)
    ses.set_identity_notification_topic(Identity=ANN, NotificationType="Bounce", SnsTopic=topic)
    mail.send(ses, Destination={"ToAddresses": [BOUNCE]})
    account.drain()
    (told,) = wrapped(queue)
    notification = json.loads(told["Message"])
    assert ("Subject" in told, told["Message"][-1]) == (False, "}")
    assert notification["notificationType"] == "Bounce"
    assert [each["emailAddress"] for each in notification["bounce"]["bouncedRecipients"]] == [BOUNCE]


def test_an_identity_whose_topic_is_gone_has_its_bounces_by_mail_again(account: Account, other_aws: Moto) -> None:
    topic = other_aws.topic()
    ses = mail.client(account)
    for kind in ("Bounce", "Complaint"):
        ses.set_identity_notification_topic(Identity=ANN, NotificationType=kind, SnsTopic=topic)
    ses.set_identity_feedback_forwarding_enabled(Identity=ANN, ForwardingEnabled=False)
    other_aws.client("sns").delete_topic(TopicArn=topic)
    mail.send(ses, Destination={"ToAddresses": [BOUNCE]})
    account.drain()
    (lost,) = publications(account, "identity_notification")
    assert (lost["state"], lost["attempts"][0]["error"][:9]) == ("dead", "NotFound:")
    attributes = ses.get_identity_notification_attributes(Identities=[ANN])["NotificationAttributes"][ANN]
    assert "BounceTopic" not in attributes
    assert (attributes["ComplaintTopic"], attributes["ForwardingEnabled"]) == (topic, True)


def test_a_topic_that_is_gone_stops_no_mail_and_its_events_are_given_up_visibly(
    account: Account, other_aws: Moto
) -> None:
    topic = other_aws.topic()
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "delivery", **to_topic(topic))
    other_aws.client("sns").delete_topic(TopicArn=topic)
    message_id = sent(account)
    assert mail.shown(account, message_id)["recipients"][0]["status"] == "delivered"
    for _ in range(8):
        account.advance("PT5M")
    (given_up,) = publications(account)
    assert (given_up["state"], len(given_up["attempts"])) == ("dead", 8)
    assert {attempt["error"].partition(":")[0] for attempt in given_up["attempts"]} == {"NotFound"}
    (job,) = account.inspect("GET", "/jobs")["jobs"]
    assert (job["task"], job["state"]) == ("Publish", "dead")
    assert configuration_sets.destinations(account)[0]["SNSDestination"] == {"TopicARN": topic}


def test_services_that_were_down_have_all_events_in_order_when_they_are_back(start: Start) -> None:
    name = moto.new_name()
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}"
    with moto.serving() as first:
        account = start(aws_endpoint_url_sns=first.url, verified_identities="*", log_level="error")
        first.client("sns").create_topic(Name=name)
        configuration_sets.create(account)
        configuration_sets.add(account, "all", "send", "delivery", **to_topic(topic))
    account.inspect("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})  # nothing is tried meanwhile
    ids = [sent(account) for _ in range(3)]
    waiting = publications(account)
    assert {each["state"] for each in waiting} == {"pending"}
    assert "Could not connect to the endpoint URL" in waiting[0]["attempts"][0]["error"]
    with moto.serving(int(first.url.rpartition(":")[2])) as second:
        second.client("sns").create_topic(Name=name)
        queue = second.queue_of(topic)
        account.advance("PT5M")
        arrived = events(queue)
    for message_id in ids:
        assert [kind for kind, whose in arrived if whose == message_id] == ["Send", "Delivery"]
    assert {each["state"] for each in publications(account)} == {"published"}


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a service that lets clients connect, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_service_that_hangs_is_not_waited_for_long_and_holds_up_no_other(
    start: Start, other_aws: Moto, silent: str
) -> None:
    topic = other_aws.topic()
    queue = other_aws.queue_of(topic)
    account = start(
        aws_endpoint_url_sns=other_aws.url,
        aws_endpoint_url_firehose=silent,
        verified_identities="*",
        log_level="error",
    )
    configuration_sets.create(account)
    stream = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/silent"
    configuration_sets.add(account, "stream", "send", **to_stream(stream))
    configuration_sets.add(account, "topic", "send", **to_topic(topic))
    ids = [mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME) for _ in range(3)]
    account.drain()
    assert sorted(events(queue)) == sorted(("Send", message_id) for message_id in ids)
    of_stream = [each for each in publications(account) if each["service"] == "firehose"]
    assert [len(each["attempts"]) for each in of_stream] == [1, 0, 0]
    assert "Read timeout" in of_stream[0]["attempts"][0]["error"]
