"""Rows of what the reputation of a configuration set follows from, counted by the minute of emulated time."""

from datetime import datetime
from typing import NamedTuple

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.send_statistics import MINUTE_MS


class Counts(NamedTuple):
    """Recipients: whom mail was sent to, and of them who bounced it for good or complained."""

    sends: int = 0
    bounces: int = 0
    complaints: int = 0


_ADD = (
    "INSERT INTO configuration_set_statistics (configuration_set_seq, minute_at, sends, bounces, complaints) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (configuration_set_seq, minute_at) DO UPDATE SET "
    + ", ".join(f"{name} = configuration_set_statistics.{name} + excluded.{name}" for name in Counts._fields)
)
_SUMS = (
    f"SELECT {', '.join(f'COALESCE(SUM({name}), 0)' for name in Counts._fields)} "  # noqa: S608 - names of the schema
    "FROM configuration_set_statistics WHERE configuration_set_seq = ? AND minute_at > ? AND minute_at <= ?"
)


def add(tx: Transaction, configuration_set_seq: int, now: datetime, counts: Counts) -> None:
    """The counts are part of the minute's."""
    milliseconds = times.to_row(now)
    tx.run(_ADD, configuration_set_seq, milliseconds - milliseconds % MINUTE_MS, *counts)


def sums(tx: Transaction, configuration_set_seq: int, after: datetime, until: datetime) -> Counts:
    """All that was counted in minutes that began after the one instant and by the other."""
    cursor = tx.run(_SUMS, configuration_set_seq, times.to_row(after), times.to_row(until))
    return Counts._make(int(number) for number in cursor.fetchone())
