"""The HTTP server of one process: the app behind uvicorn's event loop."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from emulator.dispatch import Dispatcher
from emulator.http.app import create_app
from emulator.http.asgi import CONNECTION, AsgiBridge
from emulator.http.parts import Access, Parts
from emulator.ses import limits
from emulator.version import VERSION
from emulator.wire import query

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from emulator.context import Contexts
    from emulator.wire.sigv4 import Authenticator

KEEP_ALIVE_SECONDS = 75


def application(parts: Parts) -> AsgiBridge:
    """The whole HTTP side."""
    contexts = parts.dispatcher.contexts
    app = create_app(parts)
    return AsgiBridge(app, contexts.database, limits.REQUEST_BODY_BYTES, query.TOO_LARGE, contexts.outside.clock)


def parts(
    contexts: Contexts,
    account_id: str,
    authenticator: Authenticator | None,
    drain: Callable[[], int],
    access: Access,
    seed_file: str = "",
) -> Parts:
    """What the routes work with, over one database."""
    return Parts(Dispatcher(contexts, account_id, authenticator), drain, VERSION, access, threading.Event(), seed_file)


def run(
    app: AsgiBridge,
    stopping: threading.Event,
    listener: socket.socket,
    lifeline: int,
    on_ready: Callable[[], None],
    grace_seconds: int,
) -> None:
    """The app answered until SIGTERM came or the lifeline ended; what was under way got its grace."""
    config = uvicorn.Config(
        app,
        http=_OnePacket,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=grace_seconds,
    )
    server = _Server(config, app, stopping, lifeline, on_ready)
    server.run(sockets=[listener])


class _OnePacket(HttpToolsProtocol):
    """Sends head and body of an answer together: one system call, and one packet for the client to wake for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(_Joining(transport, self.loop))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        """A request comes, on a connection that a fault may cut."""
        super().on_message_begin()
        self.scope[CONNECTION] = self.transport  # type: ignore[literal-required]


class _Joining:
    """A transport that holds a write back until the next one, or until the loop turns."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """The bytes are on their way, or will be with the next."""
        if self._held:
            self._transport.write(self._held + data)
            self._held = b""
        else:
            self._held = data
            self._loop.call_soon(self._release)

    def close(self) -> None:
        """Closed, once what was held is sent."""
        self._release()
        self._transport.close()

    def _release(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""


class _Server(uvicorn.Server):
    """uvicorn, told to stop by its parent rather than by the keyboard."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: AsgiBridge,
        stopping: threading.Event,
        lifeline: int,
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._app = app
        self._stopping = stopping
        self._lifeline = lifeline
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM stops the server; a Ctrl-C is the parent's to answer."""
        signal.signal(signal.SIGTERM, self.handle_exit)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """The listener accepts, and the parent knows."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._lifeline, self._end)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Nothing new is accepted, and what is under way has had its time."""
        self._stopping.set()
        self._app.hurry()
        await super().shutdown(sockets)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._lifeline)
        self.should_exit = True
