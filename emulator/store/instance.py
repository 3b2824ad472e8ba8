"""The one row about this database: its secret and the emulated clock."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, select, update

from emulator.store import faults, times
from emulator.store.engine import Transaction
from emulator.store.schema import instance


class Instance(NamedTuple):
    """What every call needs to know of the database it runs on."""

    secret: str
    clock_offset: timedelta
    clock_frozen_at: datetime | None
    has_faults: bool  # known without asking for them: nearly always there are none

    def emulated(self, wall: datetime) -> datetime:
        """The emulated instant, to the millisecond: the frozen one, or the wall's plus the offset."""
        now = self.clock_frozen_at or wall + self.clock_offset
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


_GET = select(instance, exists().where(*faults.ACTIVE).label("has_faults"))


def get(tx: Transaction) -> Instance:
    """The row, remembered until it changes."""
    return tx.remembered("instance", _load)


def set_clock(tx: Transaction, offset: timedelta, frozen_at: datetime | None) -> None:
    """The emulated clock runs `offset` off the wall's, or stands at `frozen_at`."""
    tx.changed()
    tx.execute(
        update(instance).values(
            clock_offset_ms=-(-offset // times.MILLISECOND),  # rounded up: it never shows less than it was set to
            clock_frozen_at=None if frozen_at is None else times.to_row(frozen_at),
        )
    )


def _load(tx: Transaction) -> Instance:
    row = tx.execute(_GET).one()
    offset, frozen_at = timedelta(milliseconds=row.clock_offset_ms), times.maybe(row.clock_frozen_at)
    return Instance(row.secret, offset, frozen_at, bool(row.has_faults))
