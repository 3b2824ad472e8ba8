"""What an account sent, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import quotas, statistics

routes = Routes()


@dataclass(frozen=True, slots=True)
class StatisticsPoint:
    """A quarter of an hour, from `at` on; every number is one of recipients."""

    at: datetime
    delivery_attempts: int
    bounces: int
    complaints: int
    rejects: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The quota, as GetSendQuota tells it, and two weeks, without the times in which nothing was sent."""

    sent_last_24_hours: float
    max_24_hour_send: float
    max_send_rate: float
    points: list[StatisticsPoint]


@routes.route("GET", "/statistics", query=AccountScope, answer=Statistics)
def get_statistics(parts: Parts, query: AccountScope) -> Statistics:
    """What an account sent from a region, and may send."""
    with parts.context(query.account, query.region) as ctx:
        return Statistics(*quotas.of(ctx), [StatisticsPoint(*point) for point in statistics.points(ctx)])
