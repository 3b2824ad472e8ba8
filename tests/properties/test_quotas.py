"""Quota and rate against a plain model, over any schedule of sends and of a clock that goes forth and back."""

import itertools
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.context import Contexts
from emulator.ses import errors, quotas, statistics
from tests.support import workers
from tests.support.workers import OwnClock

DAY, MINUTE, OVERTAKING = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=5)
MILLISECOND = timedelta(milliseconds=1)
_accounts = itertools.count(100_000_000_000)


class Send(NamedTuple):
    """A message to so many recipients, some of them at the simulator."""

    recipients: int
    simulated: int


STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 50), st.integers(0, 50)).map(lambda both: Send(both[0], min(both))),
        st.integers(0, 5_000),  # milliseconds that pass
        st.integers(0, 2 * DAY // MILLISECOND),
        st.integers(-10_000, 0),
        st.integers(-2 * DAY // MILLISECOND, 0),
    ),
    max_size=40,
)


class Model:
    """What SES does, with a list where it keeps counts, and fractions where it has floating point."""

    def __init__(self, most: int, rate: Fraction) -> None:
        self._most, self._rate = most, rate
        self._capacity = max(Fraction(1), rate)
        self._tokens = self._capacity
        self._filled_at: datetime | None = None
        self._sent: list[tuple[datetime, int]] = []

    def used(self, now: datetime) -> int:
        """Recipients whose minute began in the last 24 hours."""
        return sum(count for minute, count in self._sent if now - DAY < minute <= now + OVERTAKING)

    def send(self, step: Send, now: datetime) -> str:
        """How the send ends."""
        tokens = self._capacity
        if self._filled_at and self._filled_at <= now + OVERTAKING:
            passed = max(0, (now - self._filled_at) // MILLISECOND)
            tokens = min(self._capacity, self._tokens + self._rate * passed / 1000)
        counted = step.recipients - step.simulated
        if counted and self._most != -1 and self.used(now) >= self._most:
            return "DailyQuotaExceeded"
        if tokens < 1:
            return "SendRateExceeded"
        ahead = self._filled_at and now < self._filled_at <= now + OVERTAKING
        self._filled_at = self._filled_at if ahead else now
        self._tokens = tokens - step.recipients
        self._sent.append((now.replace(second=0, microsecond=0), counted))
        return "accepted"


@pytest.fixture(scope="module")
def clock() -> OwnClock:
    """The clock of the schedules."""
    return OwnClock()


@pytest.fixture(scope="module")
def contexts(clock: OwnClock, tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """An SES that enforces limits."""
    made = workers.contexts(f"sqlite:///{tmp_path_factory.mktemp('database') / 'ses.db'}", clock)
    return made._replace(policy=made.policy._replace(enforce_limits=True))


def send(on: Contexts, account_id: str, step: Send) -> str:
    try:
        with on.open(account_id, workers.REGION, write=True) as ctx:
            quotas.take(ctx, step.recipients, step.recipients - step.simulated)
            statistics.count_send(ctx, step.recipients, step.recipients - step.simulated)
    except (errors.DailyQuotaExceeded, errors.SendRateExceeded) as refusal:
        return type(refusal).__name__
    return "accepted"


@given(
    steps=STEPS,
    most=st.sampled_from([-1, 1, 20, 100, 1000]),
    rate=st.sampled_from([Fraction(1, 8), Fraction(1), Fraction(3), Fraction(14), Fraction(1000)]),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_sends_end_as_in_the_model(
    contexts: Contexts, clock: OwnClock, steps: list[Send | int], most: int, rate: Fraction
) -> None:
    account_id = str(next(_accounts))
    on = contexts._replace(policy=contexts.policy._replace(max_24_hour_send=float(most), max_send_rate=float(rate)))
    clock.now = workers.START
    model = Model(most, rate)
    for step in steps:
        if isinstance(step, Send):
            assert send(on, account_id, step) == model.send(step, clock.now)
        else:
            clock.now += step * MILLISECOND
        with on.open(account_id, workers.REGION, write=False) as ctx:
            assert statistics.sent_last_24_hours(ctx) == model.used(clock.now)


def test_what_the_quota_refuses_takes_nothing_from_the_rate_within_one_call(contexts: Contexts) -> None:
    on = contexts._replace(policy=contexts.policy._replace(max_24_hour_send=1.0, max_send_rate=1.0))
    with on.open(str(next(_accounts)), workers.REGION, write=True) as ctx:
        statistics.count_send(ctx, 1, 1)
        with pytest.raises(errors.DailyQuotaExceeded):
            quotas.take(ctx, 50, 1)
        quotas.take(ctx, 1, 0)
        with pytest.raises(errors.SendRateExceeded):
            quotas.take(ctx, 1, 0)
