"""What an account sent and what became of it, counted by the minute; every count is of recipients.

Unverified: the minute, by which the 24 hours of the quota move on.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import events, limits, outcomes, simulator
from emulator.store import send_statistics
from emulator.store.events import Event
from emulator.store.send_statistics import Counts


class Point(NamedTuple):
    """A quarter of an hour, from `timestamp` on."""

    timestamp: datetime
    delivery_attempts: int
    bounces: int
    complaints: int
    rejects: int


def count_send(ctx: Context, recipients: int, counted: int) -> None:
    """A message to so many recipients was accepted, of whom `counted` use up the quota."""
    send_statistics.add(ctx.tx, ctx.account_id, ctx.region, ctx.now, Counts(counted, recipients))


def count_outcomes(ctx: Context, outcomes: Mapping[tuple[str, str], Mapping[str, int]]) -> None:
    """So many recipients of each account and region took their message, bounced it, and so on.

    In one order, so that two who count for the same accounts never wait for each other.
    """
    for (account_id, region), counted in sorted(outcomes.items(), key=lambda item: item[0]):
        send_statistics.add(ctx.tx, account_id, region, ctx.now, Counts(**counted))


def counted(event: Event) -> Counter[str]:
    """As what the event counts, for how many recipients.

    Source: AWS's model and developer guide (documented): bounces are those for good; nothing that the simulator or the
    account's own suppression list brings on counts.
    """
    if event.type in (events.DELIVERY, events.REJECT):
        return Counter({"deliveries" if event.type == events.DELIVERY else "rejects": len(event.recipients)})
    real = sum(not simulator.holds(address) for address in event.recipients)
    if event.type == events.BOUNCE and event.detail["bounce_type"] == outcomes.PERMANENT:
        return Counter(bounces=real if event.detail["bounce_sub_type"] != outcomes.ON_ACCOUNT_LIST else 0)
    if event.type == events.COMPLAINT and event.detail["complaint_sub_type"] is None:
        return Counter(complaints=real)
    return Counter()


def sent_last_24_hours(ctx: Context) -> int:
    """Recipients of the last 24 hours that count against the quota.

    A minute counts while its begin is within; one that lies ahead does not, as it is of a clock that was set back.
    """
    after, until = ctx.now - limits.QUOTA_WINDOW, ctx.now + limits.OVERTAKING
    return send_statistics.quota_used(ctx.tx, ctx.account_id, ctx.region, after, until)


def points(ctx: Context) -> list[Point]:
    """The last two weeks, without the periods in which nothing was sent, oldest first.

    Unverified: that periods begin at full quarters of the hour; recorded ones began at other minutes.
    """
    points = [
        Point(begin, counts.delivery_attempts, counts.bounces, counts.complaints, counts.rejects)
        for begin, counts in periods(ctx)
    ]
    return [point for point in points if any(point[1:])]


def periods(ctx: Context) -> list[tuple[datetime, Counts]]:
    """All that was counted in the last two weeks, by quarters of an hour, oldest first."""
    after, until = ctx.now - limits.STATISTICS_WINDOW, ctx.now + limits.OVERTAKING
    return send_statistics.periods(ctx.tx, ctx.account_id, ctx.region, after, until, limits.STATISTICS_PERIOD)
