"""Real time, for leases, timeouts and the offset of the emulated clock; rules read `ctx.now` instead."""

import time
from datetime import UTC, datetime


class Clock:
    """The machine's own clock."""

    def wall(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask

    def monotonic(self) -> float:
        """Seconds that only grow, for durations."""
        return time.perf_counter()

    def pause(self, seconds: float) -> None:
        """Returns after that many real seconds."""
        time.sleep(seconds)
