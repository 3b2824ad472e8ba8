"""Counting: many minutes, and what a worker adds to them."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.ses import raw_sending, sending, statistics
from emulator.store import schema, send_statistics, times
from tests.support import workers
from tests.support.workers import ACCOUNT, REGION, START, OwnClock

MINUTES = 24 * 60


@pytest.fixture
def clock() -> OwnClock:
    """A clock that stands on a full minute."""
    return OwnClock()


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock) -> Contexts:
    """An SES in which any sender is verified."""
    return workers.contexts(new_database_url, clock)


def counts(on: Contexts) -> send_statistics.Counts:
    with workers.opened(on) as ctx:
        ((account_id, region, found),) = send_statistics.totals(ctx.tx)
    assert (account_id, region) == (ACCOUNT, REGION)
    return found


def test_a_million_recipients_of_24_hours_are_summed(contexts: Contexts, clock: OwnClock) -> None:
    shares = [1_000_000 // MINUTES + (number < 1_000_000 % MINUTES) for number in range(MINUTES)]
    with workers.opened(contexts, write=True) as ctx:
        rows = [
            {
                "account_id": account_id,
                "region": region,
                "minute_at": times.to_row(START - timedelta(minutes=number)),
                "quota_used": share,
                "delivery_attempts": share,
                **dict.fromkeys(("deliveries", "bounces", "complaints", "rejects"), 0),
            }
            for account_id, region in ((ACCOUNT, REGION), (ACCOUNT, "eu-west-1"), ("210987654321", REGION))
            for number, share in enumerate([*shares, 77, 77, 77])
        ]
        ctx.tx.execute(insert(schema.send_statistics), rows)
    with workers.opened(contexts) as ctx:
        assert statistics.sent_last_24_hours(ctx) == sum(shares) == 1_000_000
        points = statistics.points(ctx)
    assert len(points) == 24 * 4 + 2  # one of them has begun, one has two minutes of the day before
    assert sum(point.delivery_attempts for point in points) == 1_000_000 + 3 * 77
    assert [point.timestamp for point in points] == sorted(point.timestamp for point in points)
    clock.advance(60)
    with workers.opened(contexts) as ctx:
        assert statistics.sent_last_24_hours(ctx) == 1_000_000 - shares[-1]


def test_deliveries_are_counted_once_when_they_happen(contexts: Contexts, clock: OwnClock) -> None:
    workers.send(contexts, 3)
    assert counts(contexts) == send_statistics.Counts(quota_used=3, delivery_attempts=3)
    for _ in range(2):
        Worker(contexts, 0).drain()
        assert counts(contexts) == send_statistics.Counts(quota_used=3, delivery_attempts=3, deliveries=3)


def test_deliveries_are_counted_for_who_sent(contexts: Contexts) -> None:
    email = raw_sending.RawEmail(b"From: a@example.com\r\nTo: b@example.net, c@example.net\r\n\r\nHello", None, ())
    for region in ("us-east-1", "eu-west-1", "us-east-1"):
        with contexts.open(ACCOUNT, region, write=True) as ctx:
            raw_sending.send_raw_email(ctx, email, sending.Options("SendRawEmail"))
    Worker(contexts, 0).drain()
    with workers.opened(contexts) as ctx:
        found = {region: each.deliveries for _, region, each in send_statistics.totals(ctx.tx)}
    assert found == {"us-east-1": 4, "eu-west-1": 2}


def test_what_could_not_be_delivered_is_not_counted_until_it_is(contexts: Contexts, clock: OwnClock) -> None:
    (message_id,) = workers.send(contexts)
    workers.damage(contexts, message_id)
    Worker(contexts, 0).drain()
    assert counts(contexts).deliveries == 0
    workers.repair(contexts, message_id)
    clock.advance(10)
    Worker(contexts, 0).drain()
    assert counts(contexts).deliveries == 1
