"""What SES tells other services: where it goes, in which order, how often it is tried, and what is seen of that."""

import json
from typing import Any

import pytest

from emulator.context import Contexts, Webhook
from emulator.outside.aws import Answer, Unreachable
from emulator.ses import feedback, publications
from emulator.store import messages as message_rows
from tests.support import receivers, workers
from tests.support.publishing import TOPIC, announce, confirm, drain, errors, kept, publish, sent, states
from tests.support.receivers import ENDPOINT, HOOK, Hooks, Services
from tests.support.workers import ACCOUNT, REGION, OwnClock, opened

STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/stream"
TO_TOPIC = {"SNSDestination": {"TopicARN": TOPIC}}
TO_STREAM = {"KinesisFirehoseDestination": {"IAMRoleARN": "arn:role", "DeliveryStreamARN": STREAM}}
DIMENSION = {"DimensionName": "team", "DimensionValueSource": "messageTag", "DefaultDimensionValue": "none"}
OF_SUBJECT = {"DimensionName": "Subject", "DimensionValueSource": "emailHeader", "DefaultDimensionValue": "none"}
NOTIFICATION = {"NotificationTopic": TOPIC, "headers": False}
RAW = Webhook("*", HOOK, raw=True)


def to_metric(*dimensions: dict[str, str]) -> dict[str, Any]:
    return {"CloudWatchDestination": {"DimensionConfigurations": dimensions}}


@pytest.fixture
def services() -> Services:
    """SNS, Firehose; no CloudWatch, which would get the account's metrics."""
    return Services("sns", "firehose")


@pytest.fixture
def hooks() -> Hooks:
    """Webhooks."""
    return Hooks()


# ---- where it goes


def test_with_nowhere_to_go_a_publication_is_recorded_with_its_content(bare: Contexts) -> None:
    announce(bare, sent(bare), TO_TOPIC, TO_STREAM, to_metric(DIMENSION))
    drain(bare)
    topic, stream, metric = kept(bare)
    assert [(each.state, each.via, each.attempts) for each in (topic, stream, metric)] == [("recorded", None, ())] * 3
    assert [each.target for each in (topic, stream, metric)] == [TOPIC, STREAM, "AWS/SES"]
    assert workers.jobs(bare) == []
    with opened(bare) as ctx:
        shown = publications.content(ctx, topic)
        assert publications.content(ctx, stream) == {
            "DeliveryStreamName": "stream",
            "Records": [{"Data": shown["Message"]}],
        }
        (datum,) = publications.content(ctx, metric)["MetricData"]
    assert (shown["TopicArn"], shown["Subject"]) == (TOPIC, "Amazon SES Email Event Notification")
    assert shown["Message"].endswith("}\n")
    assert json.loads(shown["Message"])["eventType"] == "Send"
    assert (datum["MetricName"], datum["Dimensions"]) == ("Send", [{"Name": "team", "Value": "none"}])


def test_each_service_has_its_call_at_its_endpoint(bare: Contexts, services: Services, hooks: Hooks) -> None:
    on = receivers.contexts(bare, services, hooks)
    announce(on, sent(on), TO_TOPIC, TO_STREAM, to_metric(DIMENSION))
    assert states(on) == ["pending", "pending", "recorded"]
    drain(on)
    assert states(on) == ["published", "published", "recorded"]
    assert {(call.account_id, call.region, call.service, call.operation) for call in services.calls} == {
        (ACCOUNT, REGION, "sns", "publish"),
        (ACCOUNT, REGION, "firehose", "put_record_batch"),
    }
    topic, stream, _ = kept(on)
    assert (topic.via, errors(topic), stream.via, errors(stream)) == (ENDPOINT, [None], ENDPOINT, [None])
    assert hooks.posts == []


def test_a_metric_is_published_with_all_its_dimensions(bare: Contexts, hooks: Hooks) -> None:
    services = Services("cloudwatch")
    on = receivers.contexts(bare, services, hooks)
    announce(on, sent(on), to_metric(DIMENSION))
    drain(on)
    of_destination = [each for each in services.parameters() if "Dimensions" in each["MetricData"][0]]
    assert [each["MetricData"][0]["Dimensions"] for each in of_destination] == [[{"Name": "team", "Value": "none"}]]
    assert set(states(on)) == {"published"}


def test_a_message_goes_to_the_service_and_to_each_webhook_of_its_topic(
    bare: Contexts, services: Services, hooks: Hooks
) -> None:
    second, elsewhere = f"{HOOK}/2", f"{HOOK}/3"
    webhooks = (Webhook("*", HOOK, False), Webhook(TOPIC, second, True), Webhook(f"{TOPIC}-2", elsewhere, True))
    on = receivers.contexts(bare, services, hooks, *webhooks)
    confirm(on)
    confirm(on, second)
    publish(on, "Hello")
    assert [each.via for each in kept(on)] == [ENDPOINT, HOOK, second]
    drain(on)
    assert states(on) == ["published"] * 3
    assert services.parameters() == [{"TopicArn": TOPIC, "Message": "Hello"}]
    assert sorted(post.url for post in hooks.posts) == [HOOK, second]
    assert sorted(hooks.messages()) == ["Hello", "Notification"]


def test_what_was_published_already_is_only_kept_but_for_webhooks(
    bare: Contexts, services: Services, hooks: Hooks
) -> None:
    on = receivers.contexts(bare, services, hooks, RAW)
    confirm(on)
    publish(on, "Hello", published=True)
    drain(on)
    assert [(each.via, each.state, errors(each)) for each in kept(on)] == [
        (ENDPOINT, "published", [None]),
        (HOOK, "published", [None]),
    ]
    assert (services.calls, hooks.messages()) == ([], ["Hello"])


def test_calls_that_others_make_are_only_kept(bare: Contexts, hooks: Hooks) -> None:
    on = receivers.contexts(bare, Services("s3"), hooks)
    with opened(on, write=True) as ctx:
        for published in (True, False):
            publications.record(
                ctx, channel="c", name="n", service="s3", target="bucket", content={"Key": "k"}, published=published
            )
    drain(on)
    assert [(each.state, each.via) for each in kept(on)] == [("published", ENDPOINT), ("recorded", None)]


def test_a_destination_that_is_none_is_a_bug(bare: Contexts) -> None:
    with pytest.raises(ValueError, match="PinpointDestination"):
        announce(bare, sent(bare), {"PinpointDestination": {}})


# ---- failures


def unreachable(_call: object) -> Any:
    raise Unreachable("nobody is there")


def test_a_service_that_comes_back_has_all_of_a_message_in_order(
    bare: Contexts, services: Services, hooks: Hooks, clock: OwnClock
) -> None:
    on = receivers.contexts(bare, services, hooks)
    message = sent(on)
    for text in ("first", "second", "third"):
        publish(on, text, message)
    services.said = unreachable
    drain(on)
    assert states(on) == ["pending"] * 3
    assert errors(kept(on)[0]) == ["nobody is there"]
    services.said = lambda _call: Answer({})
    services.calls.clear()
    clock.advance(1)
    drain(on)
    assert [each["Message"] for each in services.parameters()] == ["first", "second", "third"]
    assert states(on) == ["published"] * 3
    assert errors(kept(on)[0]) == ["nobody is there", None]


def test_a_service_that_stays_away_is_given_up(
    bare: Contexts, services: Services, hooks: Hooks, clock: OwnClock
) -> None:
    on = receivers.contexts(bare, services, hooks)
    services.said = unreachable
    publish(on, "Hello")
    for _ in range(8):
        drain(on)
        clock.advance(300)
    (publication,) = kept(on)
    assert (publication.state, errors(publication)) == ("dead", ["nobody is there"] * 8)
    assert [job.state for job in workers.jobs(on)] == ["dead"]
    instants = [attempt.at for attempt in publication.attempts]
    assert instants == sorted(set(instants))


def test_a_receiver_that_is_away_holds_up_no_other(bare: Contexts, services: Services, hooks: Hooks) -> None:
    on = receivers.contexts(bare, services, hooks, RAW)
    confirm(on)
    services.said = unreachable
    message = sent(on)
    for text in ("first", "second"):
        publish(on, text, message)
    drain(on)
    assert hooks.messages() == ["first", "second"]
    assert states(on) == ["pending", "published"] * 2


def test_a_topic_of_an_event_destination_that_is_gone_is_tried_until_it_is_given_up(
    bare: Contexts, services: Services, hooks: Hooks, clock: OwnClock
) -> None:
    on = receivers.contexts(bare, services, hooks)
    services.said = lambda _call: Answer({}, "NotFound", "Topic does not exist")
    announce(on, sent(on), TO_TOPIC)
    drain(on)
    (publication,) = kept(on)
    assert (publication.state, errors(publication)) == ("pending", ["NotFound: Topic does not exist"])
    for _ in range(7):
        clock.advance(300)
        drain(on)
    assert (states(on), len(kept(on)[0].attempts)) == (["dead"], 8)


@pytest.mark.parametrize("code", ["NotFound", "AuthorizationError"])
def test_an_identity_loses_a_topic_at_its_first_failure(
    code: str, bare: Contexts, services: Services, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[tuple[str, str, str]] = []
    monkeypatch.setattr(feedback, "topic_lost", lambda _ctx, *what: lost.append(what))
    on = receivers.contexts(bare, services, hooks)
    services.said = lambda _call: Answer({}, code, "No")
    message = sent(on)
    drain(on)
    announce(on, message, NOTIFICATION, channel="identity_notification")
    drain(on)
    (publication,) = kept(on)
    assert (publication.state, errors(publication)) == ("dead", [f"{code}: No"])
    assert lost == [(message.source_arn, "Delivery", TOPIC)]
    assert workers.jobs(on) == []


def test_an_identity_keeps_a_topic_that_is_only_out_of_reach(
    bare: Contexts, services: Services, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[object] = []
    monkeypatch.setattr(feedback, "topic_lost", lambda *what: lost.append(what))
    on = receivers.contexts(bare, services, hooks)
    services.said = lambda _call: Answer({}, "Throttled", "Later")
    announce(on, sent(on), NOTIFICATION, channel="identity_notification")
    drain(on)
    assert (states(on), lost) == (["pending"], [])


def test_a_message_that_is_too_long_is_dead_at_once_and_holds_up_no_other(
    bare: Contexts, services: Services, hooks: Hooks
) -> None:
    on = receivers.contexts(bare, services, hooks, RAW)
    confirm(on)
    message = sent(on)
    publish(on, "x" * (256 * 1024 + 1), message)
    publish(on, "Hello", message)
    drain(on)
    assert states(on) == ["dead", "dead", "published", "published"]
    assert errors(kept(on)[0]) == errors(kept(on)[1]) == ["InvalidParameter: Invalid parameter: Message too long"]
    assert (len(services.calls), hooks.messages()) == (1, ["Hello"])


def test_a_service_that_finds_fault_with_what_is_said_is_not_told_again(
    bare: Contexts, services: Services, hooks: Hooks
) -> None:
    on = receivers.contexts(bare, services, hooks)
    services.said = lambda _call: Answer({}, "InvalidParameter", "Invalid parameter: TopicArn")
    announce(on, sent(on), TO_TOPIC)
    drain(on)
    assert errors(kept(on)[0]) == ["InvalidParameter: Invalid parameter: TopicArn"]
    assert states(on) == ["dead"]


def test_a_metric_whose_dimension_cloudwatch_does_not_take_is_dropped_and_says_so(bare: Contexts, hooks: Hooks) -> None:
    on = receivers.contexts(bare, Services("cloudwatch"), hooks)
    announce(on, sent(on, "Subject: two words"), to_metric(OF_SUBJECT))
    drain(on)
    dropped = [each for each in kept(on) if each.channel == "event_destination"]
    assert [(each.state, errors(each)) for each in dropped] == [
        ("dead", ["a header or a tag has characters that CloudWatch does not take in a dimension"])
    ]


def test_what_the_settings_do_not_name_any_more_is_not_told(bare: Contexts, services: Services, hooks: Hooks) -> None:
    on = receivers.contexts(bare, services, hooks, RAW)
    confirm(on)
    publish(on, "Hello")
    drain(bare)
    assert [errors(each) for each in kept(bare)] == [
        ["the settings do not say any more where sns is"],
        ["the settings do not name this webhook any more"],
    ]
    assert (states(bare), services.calls, hooks.posts) == (["dead", "dead"], [], [])


def test_a_message_that_is_deleted_is_not_told_of(bare: Contexts, services: Services, hooks: Hooks) -> None:
    on = receivers.contexts(bare, services, hooks)
    announce(on, sent(on), TO_TOPIC)
    with opened(on, write=True) as ctx:
        message_rows.delete_one(ctx.tx, workers.messages(on)[0].seq)
    drain(on)
    assert (kept(on), services.calls, workers.jobs(on)) == ([], [], [])


# ---- once more


def test_what_was_published_of_an_event_is_published_again_in_the_same_rows(
    bare: Contexts, services: Services, hooks: Hooks, clock: OwnClock
) -> None:
    on = receivers.contexts(bare, services, hooks, RAW)
    confirm(on)
    event = announce(on, sent(on), TO_TOPIC, TO_STREAM, to_metric(DIMENSION))
    services.said = lambda call: (
        Answer({}, "NotFound", "No") if call.service == "sns" else Answer({"FailedPutCount": 0})
    )
    for _ in range(8):
        drain(on)
        clock.advance(300)
    assert states(on) == ["dead", "published", "published", "recorded"]
    services.said = lambda _call: Answer({"FailedPutCount": 0})
    services.calls.clear()
    with opened(on, write=True) as ctx:
        assert publications.replay(ctx, event) == 3
    assert (states(on), workers.jobs(on)[0].state) == (["pending", "pending", "pending", "recorded"], "pending")
    drain(on)
    assert (states(on), workers.jobs(on)) == (["published", "published", "published", "recorded"], [])
    assert [len(each.attempts) for each in kept(on)] == [9, 2, 2, 0]
    assert sorted(call.service for call in services.calls) == ["firehose", "sns"]
    first, second = hooks.posts
    assert first == second


def test_what_is_on_its_way_is_not_published_twice_by_a_replay(
    bare: Contexts, services: Services, hooks: Hooks
) -> None:
    on = receivers.contexts(bare, services, hooks)
    event = announce(on, sent(on), TO_TOPIC)
    with opened(on, write=True) as ctx:
        assert publications.replay(ctx, event) == 0
        assert publications.replay(ctx, event + 1000) == 0
    drain(on)
    assert len(services.calls) == 1
