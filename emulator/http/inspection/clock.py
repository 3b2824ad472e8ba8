"""The emulated clock. Whatever falls due by setting it has been done when the answer comes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import clock
from emulator.store import jobs as job_rows

routes = Routes()

# Work that makes more work may go on forever; past so many stops the rest is done at the end of the way.
MOST_STOPS = 1_000

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clock shows, and whether it stands still."""

    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What to show from now on, and whether to stand still; what is not given stays."""

    now: datetime | None = None
    frozen: bool | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """How far to move on: `seconds`, or an ISO 8601 `duration` such as `PT24H`."""

    seconds: float | None = None
    duration: str | None = None


@routes.route("GET", "/clock", answer=Clock)
def get_clock(parts: Parts) -> Clock:
    """What the emulated clock shows."""
    return _shown(parts)


@routes.route("PUT", "/clock", body=ClockChange, answer=Clock)
def set_clock(parts: Parts, body: ClockChange) -> Clock:
    """The clock shows another time, stands still or runs on."""
    with parts.context(None, None, write=True) as ctx:
        before = clock.state(ctx)
        frozen = before.frozen if body.frozen is None else body.frozen
        clock.set_to(ctx, _in_range(body.now or before.now), frozen=frozen)
    parts.drain()
    return _shown(parts)


@routes.route("POST", "/clock/advance", body=Advance, answer=Clock)
def advance_clock(parts: Parts, body: Advance) -> Clock:
    """The clock has moved on, stopping on the way wherever work fell due."""
    with parts.context(None, None) as ctx:
        start = clock.state(ctx)
    target = _after(start.now, _length(body))
    drained_at = start.now
    for _ in range(MOST_STOPS):
        parts.drain()
        with parts.context(None, None, write=True) as ctx:
            # The clock runs on: what fell due behind the drain's back is a stop, too.
            stop = job_rows.next_run_at(ctx.tx, drained_at)
            if stop is None or stop >= target:
                break
            drained_at = max(stop, ctx.now)
            clock.set_to(ctx, drained_at, frozen=start.frozen)
    with parts.context(None, None, write=True) as ctx:
        clock.set_to(ctx, max(target, ctx.now), frozen=start.frozen)
    parts.drain()
    return _shown(parts)


def _shown(parts: Parts) -> Clock:
    with parts.context(None, None) as ctx:
        state = clock.state(ctx)
    return Clock(state.now, state.frozen)


def _length(body: Advance) -> timedelta:
    try:
        if (body.seconds is None) == (body.duration is None):
            raise Problem(400, "Give either seconds or duration.")
        if body.seconds is not None:
            length = timedelta(seconds=body.seconds)
        else:
            found = _DURATION.match(body.duration or "")
            if not found or not any(found.groups()):
                raise Problem(400, f"{body.duration!r} is no ISO 8601 duration such as PT24H.")
            weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
            length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (OverflowError, ValueError):
        raise Problem(400, "That is too far.") from None
    if length < timedelta(0):
        raise Problem(400, "The clock advances; to set it back, PUT /_emulator/clock.")
    return length


def _after(start: datetime, length: timedelta) -> datetime:
    try:
        return _in_range(start + length)
    except OverflowError:
        raise Problem(400, "That is too far.") from None


def _in_range(time: datetime) -> datetime:
    if not 1971 <= time.year <= 9000:
        raise Problem(400, f"The clock shows years from 1971 to 9000, not {time.year}.")
    return time
