"""Accepts SMTP connections on an event loop in a thread of its own, and lets them end in order."""

import asyncio
import logging
import threading
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

    from emulator.smtp.certificate import Tls

logging.getLogger("mail.log").disabled = True  # the library's own: what matters is in ours

BACKLOG = 1024
ABORT_SECONDS = 1
HANDSHAKE_SECONDS = 10


class Session(asyncio.Protocol):
    """One connection; it tells its listener when it begins and when it has ended."""

    @abstractmethod
    def end(self) -> None:
        """The connection ends: now where it is idle, else after the message that is under way."""

    @abstractmethod
    def abort(self) -> None:
        """The connection is gone."""


class Listener:
    """One port; with `tls`, what is said there is encrypted from the first byte."""

    def __init__(
        self, listening: "socket", new_session: Callable[["Listener"], Session], tls: "Tls | None" = None
    ) -> None:
        self.port: int = listening.getsockname()[1]
        self.sessions: set[Session] = set()
        self._listening = listening
        self._new_session = new_session
        self._tls = tls
        self._started = threading.Event()
        self._grace_seconds = 0.0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="smtp", daemon=True)

    def start(self) -> None:
        """Clients are answered."""
        self._thread.start()
        self._started.wait()

    def stop(self, grace_seconds: float) -> None:
        """Nobody is accepted any more, and messages under way have had that long to arrive."""
        if not self._thread.is_alive():
            return
        self._grace_seconds = grace_seconds
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(grace_seconds + ABORT_SECONDS)

    def began(self, session: Session) -> None:
        """The session counts."""
        self.sessions.add(session)

    def ended(self, session: Session) -> None:
        """The session counts no longer."""
        self.sessions.discard(session)
        if not self.sessions:
            self._idle.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping, self._idle = asyncio.Event(), asyncio.Event()
        if self._tls:
            await self._tls.certify()
        server = await self._loop.create_server(
            lambda: self._new_session(self),
            sock=self._listening,
            backlog=BACKLOG,
            ssl=self._tls.context if self._tls else None,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if self._tls else None,
        )
        self._started.set()
        await self._stopping.wait()
        server.close()
        self._idle.clear()
        sessions = list(self.sessions)
        for session in sessions:
            session.end()
        with suppress(TimeoutError):
            if self.sessions:
                await asyncio.wait_for(self._idle.wait(), self._grace_seconds)
        for session in sessions:
            session.abort()
