"""How many of those whom mail was sent to bounced it or complained: of an account, and of each configuration set.

Source: developer guide (documented): fractions, without mail to the simulator and to those on the account's own
suppression list. Unverified: over how much mail; here over two weeks, a set's since its last fresh start.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import limits, statistics
from emulator.store import configuration_set_statistics as set_rows
from emulator.store import configuration_sets as configuration_set_rows
from emulator.store.configuration_set_statistics import Counts
from emulator.store.configuration_sets import ConfigurationSet

# A minute counts whole: what came before a fresh start within its minute counts, too.
_MINUTE = timedelta(minutes=1)


class Reputation(NamedTuple):
    """Two fractions of the recipients: 0.05 is one in twenty."""

    bounce_rate: float
    complaint_rate: float


def of_account(ctx: Context) -> Reputation:
    """The account's in the region. Ours: those whom its own list keeps from mail count as sent to."""
    found = [counts for _, counts in statistics.periods(ctx)]
    return _rates(
        sum(counts.quota_used for counts in found),  # all recipients but the simulator's
        sum(counts.bounces for counts in found),
        sum(counts.complaints for counts in found),
    )


def of_set(ctx: Context, configuration_set: ConfigurationSet) -> Reputation:
    """The set's own."""
    after = ctx.now - limits.STATISTICS_WINDOW
    if configuration_set.last_fresh_start_at:
        after = max(after, configuration_set.last_fresh_start_at - _MINUTE)
    return _rates(*set_rows.sums(ctx.tx, configuration_set.seq, after, ctx.now + limits.OVERTAKING))


def count(ctx: Context, counted: Mapping[tuple[str, str, str], Counter[str]]) -> None:
    """So many recipients of each set, named by account, region and name, were sent mail, bounced it, or complained.

    In one order, so that two who count for the same sets never wait for each other.
    """
    for (account_id, region, name), numbers in sorted(counted.items(), key=lambda item: item[0]):
        found = configuration_set_rows.get(ctx.tx, account_id, region, name)
        if found:
            set_rows.add(ctx.tx, found.seq, ctx.now, Counts(**numbers))


def _rates(sends: int, bounces: int, complaints: int) -> Reputation:
    return Reputation(bounces / sends, complaints / sends) if sends else Reputation(0.0, 0.0)
