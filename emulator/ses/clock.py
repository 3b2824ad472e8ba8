"""The emulated clock: it runs beside the real one, or stands still, where somebody set it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from emulator.context import Context
from emulator.store import instance


class ClockState(NamedTuple):
    """The emulated instant, and whether it stands still."""

    now: datetime
    frozen: bool


def state(ctx: Context) -> ClockState:
    """What the clock shows."""
    return ClockState(ctx.now, instance.get(ctx.tx).clock_frozen_at is not None)


def set_to(ctx: Context, now: datetime, *, frozen: bool) -> None:
    """The clock shows `now`, and stands or runs on from there."""
    instance.set_clock(ctx.tx, now - ctx.outside.clock.wall(), now if frozen else None)


def reset(ctx: Context) -> None:
    """The clock shows the real time."""
    instance.set_clock(ctx.tx, timedelta(0), None)
