"""Rows of send statistics: what was counted in each minute of emulated time in which there was something to count."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import send_statistics

MINUTE_MS = 60_000


class Counts(NamedTuple):
    """Recipients by what became of them; `quota_used` are those that count against the quota of the day."""

    quota_used: int = 0
    delivery_attempts: int = 0
    deliveries: int = 0
    bounces: int = 0
    complaints: int = 0
    rejects: int = 0


_KEY = ("account_id", "region", "minute_at")
_ADD = (
    f"INSERT INTO send_statistics ({', '.join(_KEY + Counts._fields)}) "  # noqa: S608 - names of the schema
    f"VALUES ({', '.join('?' for _ in _KEY + Counts._fields)}) ON CONFLICT ({', '.join(_KEY)}) "
    f"DO UPDATE SET {', '.join(f'{name} = send_statistics.{name} + excluded.{name}' for name in Counts._fields)}"
)
_QUOTA_USED = (
    "SELECT COALESCE(SUM(quota_used), 0) FROM send_statistics "
    "WHERE account_id = ? AND region = ? AND minute_at > ? AND minute_at <= ?"
)
_SUMS = tuple(func.sum(send_statistics.c[name]).label(name) for name in Counts._fields)
_PERIOD = send_statistics.c.minute_at - send_statistics.c.minute_at % bindparam("period_ms", literal_execute=True)
_PERIODS = (
    select(_PERIOD.label("begin"), *_SUMS)
    .where(
        send_statistics.c.account_id == bindparam("this_account"),
        send_statistics.c.region == bindparam("this_region"),
        send_statistics.c.minute_at > bindparam("after"),
        send_statistics.c.minute_at <= bindparam("until"),
    )
    .group_by(_PERIOD)
    .order_by(_PERIOD)
)
_TOTALS = select(send_statistics.c.account_id, send_statistics.c.region, *_SUMS).group_by(
    send_statistics.c.account_id, send_statistics.c.region
)


def add(tx: Transaction, account_id: str, region: str, now: datetime, counts: Counts) -> None:
    """The counts are part of the minute's. Others who count in it wait from here on until this commits."""
    milliseconds = times.to_row(now)
    tx.run(_ADD, account_id, region, milliseconds - milliseconds % MINUTE_MS, *counts)


def quota_used(tx: Transaction, account_id: str, region: str, after: datetime, until: datetime) -> int:
    """Recipients that count against the quota, of the minutes that began after the one instant and by the other."""
    cursor = tx.run(_QUOTA_USED, account_id, region, times.to_row(after), times.to_row(until))
    return int(cursor.fetchone()[0])


def periods(
    tx: Transaction, account_id: str, region: str, after: datetime, until: datetime, length: timedelta
) -> list[tuple[datetime, Counts]]:
    """Begin and counts of each period of that length in which something was counted, oldest first."""
    values = {
        "this_account": account_id,
        "this_region": region,
        "after": times.to_row(after),
        "until": times.to_row(until),
        "period_ms": length // times.MILLISECOND,
    }
    return [(times.from_row(row.begin), _counts(row)) for row in tx.execute(_PERIODS, values)]


def totals(tx: Transaction) -> list[tuple[str, str, Counts]]:
    """Account, region, and all that was ever counted there."""
    return [(row.account_id, row.region, _counts(row)) for row in tx.execute(_TOTALS)]


def _counts(row: Any) -> Counts:
    return Counts._make(int(getattr(row, name)) for name in Counts._fields)
