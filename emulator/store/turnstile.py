"""Writers take turns."""

import os
import tempfile
import threading
from multiprocessing import reduction
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Turnstile:
    """Lets one thread of one process of a server write at a time: whoever waits is woken at once, where SQLite would
    sleep and, while others come and go, might never have its turn.

    A record lock on a file without a name, which the system lifts when its holder dies, and as that is the whole
    process's, a lock among its threads. Where the system has no such locks, processes do not wait here.
    """

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self._file = file or (tempfile.TemporaryFile() if fcntl else None)  # noqa: SIM115 - lives as long as we
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.enter()

    def __exit__(self, *_: object) -> None:
        self.leave()

    def enter(self) -> None:
        """This thread alone may write."""
        self._lock.acquire()
        if self._file:
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Others may write."""
        if self._file:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._lock.release()

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        # A child that was not forked gets the file handed over.
        return _same_turnstile, (reduction.DupFd(self._file.fileno()) if self._file else None,)


def _same_turnstile(handed_over: Any) -> Turnstile:
    return Turnstile(os.fdopen(handed_over.detach(), "rb+") if handed_over else None)
