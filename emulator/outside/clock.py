"""Real time, for leases, timeouts and the offset of the emulated clock; rules read `ctx.now` instead."""

import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


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

    async def wait(self, seconds: float, ended: "asyncio.Event | None" = None) -> None:
        """Returns after that many real seconds, or once that has ended; the loop goes on meanwhile."""
        import asyncio  # whoever has a loop has it already

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for((ended or asyncio.Event()).wait(), seconds)
