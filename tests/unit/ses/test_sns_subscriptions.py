"""Webhooks as endpoints of SNS: they confirm that they want messages, have them, and may have enough of them."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from emulator.context import Contexts, Webhook
from emulator.outside.web import Reply
from emulator.publishing.webhooks import Post
from emulator.ses import sns_subscriptions
from emulator.ses.sns_subscriptions import InvalidParameter
from tests.support import receivers, workers
from tests.support.publishing import TOPIC, confirm, drain, errors, kept, publish, sent, states, subscription
from tests.support.receivers import HOOK, OK, Hooks, Services
from tests.support.workers import OwnClock, opened

CONFIRMATION, NOTIFICATION = "SubscriptionConfirmation", "Notification"
FAREWELL = "UnsubscribeConfirmation"
SECRET = "http://me:p%40ss@app.example.com/hook"


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def hooks() -> Hooks:
    """Webhooks."""
    return Hooks()


@pytest.fixture
def bare(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts without webhooks, and something to sign with."""
    found = workers.contexts(new_database_url, clock)
    sns_subscriptions.make_certificate(found)
    return found


@pytest.fixture
def on(bare: Contexts, hooks: Hooks) -> Contexts:
    """Contexts with one webhook, of all topics."""
    return receivers.contexts(bare, Services(), hooks, Webhook("*", HOOK, raw=False))


def envelope(post: Post) -> dict[str, str]:
    return json.loads(post.body)  # type: ignore[no-any-return]


def confirming(on: Contexts, status: int = 200) -> Callable[[Post], Reply]:
    """An endpoint that confirms before it answers, as most do."""

    def answer(post: Post) -> Reply:
        told = envelope(post)
        if told["Type"] == CONFIRMATION:
            with opened(on, write=True) as ctx:
                sns_subscriptions.confirm(ctx, told["TopicArn"], told["Token"])
        return Reply(status, "Reason", "")

    return answer


# ---- to confirm


def test_an_endpoint_is_asked_first_and_has_its_messages_in_order(on: Contexts, hooks: Hooks) -> None:
    hooks.said = confirming(on)
    message = sent(on)
    for text in ("first", "second"):
        publish(on, text, message)
    drain(on)
    assert hooks.messages() == [CONFIRMATION, NOTIFICATION, NOTIFICATION]
    assert [envelope(post)["Message"] for post in hooks.posts[1:]] == ["first", "second"]
    assert states(on) == ["published"] * 3
    assert subscription(on).requested_at == subscription(on).confirmed_at


def test_an_endpoint_has_no_message_before_it_has_confirmed_and_then_at_once(on: Contexts, hooks: Hooks) -> None:
    publish(on, "Hello")
    drain(on)
    assert hooks.messages() == [CONFIRMATION]
    request, message = kept(on)
    assert (request.channel, request.name, request.state) == ("sns_subscription", subscription(on).arn, "published")
    url = envelope(hooks.posts[0])["SubscribeURL"]
    assert url == (f"http://localhost/sns/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={subscription(on).token}")
    assert errors(message) == [f"the subscription waits to be confirmed, by a visit of {url}"]
    confirm(on)
    drain(on)
    assert hooks.messages() == [CONFIRMATION, NOTIFICATION]
    assert states(on) == ["published", "published"]


def test_a_message_does_not_wait_for_ever_and_the_next_one_asks_again(
    on: Contexts, hooks: Hooks, clock: OwnClock
) -> None:
    publish(on, "first")
    for _ in range(4):
        drain(on)
        clock.advance(20)
    assert hooks.messages() == [CONFIRMATION]
    assert states(on) == ["published", "dead"]
    assert ["waits to be confirmed" in str(error) for error in errors(kept(on)[1])] == [True] * 4
    hooks.said = confirming(on)
    publish(on, "second")
    drain(on)
    assert hooks.messages() == [CONFIRMATION, CONFIRMATION, NOTIFICATION]
    assert envelope(hooks.posts[1])["Token"] == envelope(hooks.posts[0])["Token"]
    assert envelope(hooks.posts[2])["Message"] == "second"


def test_an_endpoint_is_not_asked_for_each_message(on: Contexts, hooks: Hooks) -> None:
    for text in ("first", "second", "third"):
        publish(on, text)
    drain(on)
    assert hooks.messages() == [CONFIRMATION]


def test_an_endpoint_that_was_away_is_asked_when_it_is_back(on: Contexts, hooks: Hooks, clock: OwnClock) -> None:
    def away(_post: Post) -> Reply:
        raise ConnectionRefusedError

    hooks.said = away
    publish(on, "Hello")
    drain(on)
    assert (states(on), subscription(on).requested_at) == (["pending", "pending"], None)
    hooks.said = confirming(on)
    clock.advance(20)
    drain(on)
    assert hooks.messages() == [CONFIRMATION, CONFIRMATION, NOTIFICATION]
    assert hooks.posts[0] == hooks.posts[1]
    assert states(on) == ["published", "published"]


def test_who_is_not_the_owner_confirms_nothing(on: Contexts) -> None:
    publish(on, "Hello")
    token = subscription(on).token
    with opened(on, write=True) as ctx:
        with pytest.raises(InvalidParameter, match="Invalid parameter: Token"):
            sns_subscriptions.confirm(ctx, TOPIC, f"{token[:-1]}x")
        with pytest.raises(InvalidParameter, match="Invalid parameter: TopicArn"):
            sns_subscriptions.confirm(ctx, f"{TOPIC}2", token)
    assert subscription(on).confirmed_at is None


def test_a_subscription_can_be_confirmed_twice(on: Contexts, clock: OwnClock) -> None:
    publish(on, "Hello")
    confirm(on)
    first = subscription(on)
    clock.advance(1)
    confirm(on)
    assert subscription(on) == first
    assert first.arn.startswith(f"{TOPIC}:")


# ---- to have messages


def test_a_message_is_tried_four_times_twenty_seconds_apart_and_is_the_same_each_time(
    on: Contexts, hooks: Hooks, clock: OwnClock
) -> None:
    confirm(on)
    hooks.said = lambda _post: Reply(503, "Service Unavailable", "")
    publish(on, "Hello")
    drain(on)
    for tries in range(1, 4):
        clock.advance(19)
        drain(on)
        assert len(hooks.posts) == tries
        clock.advance(1)
        drain(on)
    (publication,) = kept(on)
    assert (publication.state, errors(publication)) == ("dead", ["the endpoint answered 503 Service Unavailable"] * 4)
    instants = [attempt.at for attempt in publication.attempts]
    assert {later - earlier for earlier, later in itertools.pairwise(instants)} == {timedelta(seconds=20)}
    assert len(set(hooks.posts)) == 1
    assert envelope(hooks.posts[0])["Timestamp"] == "2026-01-01T12:00:00.000Z"


def test_a_message_that_is_refused_holds_up_no_other(on: Contexts, hooks: Hooks) -> None:
    confirm(on)
    hooks.said = lambda post: Reply(302, "Found", "") if envelope(post)["Message"] == "first" else OK
    message = sent(on)
    for text in ("first", "second"):
        publish(on, text, message)
    drain(on)
    first, second = kept(on)
    assert (first.state, errors(first)) == ("dead", ["the endpoint answered 302 Found"])
    assert second.state == "published"
    assert workers.jobs(on) == []


def test_a_message_that_fails_is_not_overtaken_by_others_of_the_same_mail(
    on: Contexts, hooks: Hooks, clock: OwnClock
) -> None:
    confirm(on)
    hooks.said = lambda _post: Reply(500, "Internal Server Error", "")
    message, other = sent(on), sent(on)
    for text in ("first", "second"):
        publish(on, text, message)
    publish(on, "other", other)
    drain(on)
    assert [envelope(post)["Message"] for post in hooks.posts] == ["first", "other"]
    hooks.said = lambda _post: OK
    clock.advance(20)
    drain(on)
    assert [envelope(post)["Message"] for post in hooks.posts[2:]] == ["first", "second", "other"]


def test_a_password_is_told_to_the_endpoint_only(bare: Contexts, hooks: Hooks) -> None:
    on = receivers.contexts(bare, Services(), hooks, Webhook("*", SECRET, raw=False))
    shown = "http://me:****@app.example.com/hook"
    hooks.said = confirming(on)
    publish(on, "Hello")
    drain(on)
    assert [post.url for post in hooks.posts] == [SECRET, SECRET]
    assert {each.via for each in kept(on)} == {shown}
    assert subscription(on, shown).confirmed_at


def test_an_endpoint_that_the_settings_name_twice_has_a_message_once(bare: Contexts, hooks: Hooks) -> None:
    twice = (Webhook("*", HOOK, raw=False), Webhook(TOPIC, HOOK, raw=True))
    on = receivers.contexts(bare, Services(), hooks, *twice)
    confirm(on)
    publish(on, "Hello")
    drain(on)
    assert hooks.messages() == ["Hello"]


def test_nothing_is_sent_that_is_not_signed(new_database_url: str, clock: OwnClock, hooks: Hooks) -> None:
    webhook = Webhook("*", HOOK, raw=False)
    on = receivers.contexts(workers.contexts(new_database_url, clock), Services(), hooks, webhook)
    confirm(on)
    publish(on, "Hello")
    drain(on)
    assert (hooks.posts, errors(kept(on)[0])) == ([], ["there is no certificate to sign with yet"])
    sns_subscriptions.make_certificate(on)
    clock.advance(20)
    drain(on)
    assert hooks.messages() == [NOTIFICATION]


def test_the_certificate_is_made_once_and_has_a_file_of_its_own(on: Contexts, hooks: Hooks) -> None:
    confirm(on)
    publish(on, "first")
    drain(on)
    sns_subscriptions.make_certificate(on)
    publish(on, "second")
    drain(on)
    first, second = (envelope(post)["SigningCertURL"] for post in hooks.posts)
    assert first == second
    folder, _, name = first.rpartition("/")
    assert folder == "http://localhost/sns"
    with opened(on) as ctx:
        assert (sns_subscriptions.certificate_file(ctx, name) or "").startswith("-----BEGIN CERTIFICATE-----")
        assert sns_subscriptions.certificate_file(ctx, f"x{name}") is None


# ---- to have enough


def test_an_endpoint_that_unsubscribes_is_told_so_and_nothing_more(on: Contexts, hooks: Hooks, clock: OwnClock) -> None:
    confirm(on)
    hooks.said = lambda _post: Reply(503, "Service Unavailable", "")
    publish(on, "first")
    drain(on)
    hooks.said = lambda _post: OK
    arn = subscription(on).arn
    for _ in range(2):
        with opened(on, write=True) as ctx:
            sns_subscriptions.unsubscribe(ctx, arn)
    publish(on, "second")
    drain(on)
    clock.advance(20)
    drain(on)
    assert hooks.messages() == [NOTIFICATION, FAREWELL]
    first, farewell, second = kept(on)
    assert (first.state, errors(first)[-1]) == ("dead", "the endpoint has unsubscribed")
    assert (farewell.channel, farewell.state, second.state) == ("sns_subscription", "published", "recorded")
    assert envelope(hooks.posts[1])["SubscribeURL"].endswith(subscription(on).token)


def test_an_endpoint_that_has_unsubscribed_may_come_back(on: Contexts, hooks: Hooks) -> None:
    confirm(on)
    with opened(on, write=True) as ctx:
        sns_subscriptions.unsubscribe(ctx, subscription(on).arn)
    drain(on)
    confirm(on)
    publish(on, "Hello")
    drain(on)
    assert hooks.messages() == [FAREWELL, NOTIFICATION]


def test_who_has_no_subscription_can_unsubscribe_all_the_same(on: Contexts) -> None:
    with opened(on, write=True) as ctx:
        sns_subscriptions.unsubscribe(ctx, f"{TOPIC}:c9135db0-26c4-47ec-8998-413945fb5a96")
    assert kept(on) == []
