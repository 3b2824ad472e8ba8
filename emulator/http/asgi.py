"""The Flask app behind an event loop: AWS calls run on the loop itself, one at a time; all else in threads.

One thread for calls is the fastest arrangement there is in one interpreter (threads fight over its lock), and what
waits or takes long (a long poll, a search) never stands in the way of a call. Calls that came at the same time share
one commit, and are answered after it. Neither a stream holds a thread, nor a call that a fault holds up.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from emulator.dispatch import TRUNCATE
from emulator.outside.clock import Clock
from emulator.store.engine import Database, DatabaseUnavailable

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

THREADS = 64  # each long poll holds one
TOGETHER = 16  # calls in one commit: what others must wait for
# In the environment of an AWS call.
RESUMED = "emulator.resumed"  # what was seen of one that is not answered yet: it goes on in a thread
DELAY = "emulator.delay"  # so many seconds later, and on the loop
BREAKS_OFF = "emulator.breaks_off"  # how its answer does, if so
CONNECTION = "emulator.connection"  # in the scope: the transport to the client
STREAM = "emulator.stream"  # in the environment of all others: an Opened, where they may put a body without end


@dataclass(slots=True)
class Opened:
    """The loop, and the body that comes piece by piece, while no thread waits for it."""

    loop: asyncio.AbstractEventLoop
    body: AsyncIterator[bytes] | None = None


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class BodyTooLarge(Exception):
    """The body is over the limit; the rest of it is not read."""


class AsgiBridge:
    """A WSGI app as an ASGI app, for servers that run on an event loop."""

    def __init__(self, app: WsgiApp, database: Database, body_limit: int, too_large: bytes, clock: Clock) -> None:
        self._app = app
        self._database = database
        self._clock = clock
        self._hurried = asyncio.Event()
        self._calls: list[tuple[dict[str, Any], asyncio.Future[Answer]]] = []
        self._limit = body_limit
        self._too_large = too_large
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="inspection")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request is answered."""
        if scope["type"] != "http":
            return
        try:
            body = await self._body(scope, receive)
        except ClientGone:
            return
        except BodyTooLarge:
            length = str(len(self._too_large)).encode()
            headers = [(b"content-type", b"text/xml"), (b"content-length", length), (b"connection", b"close")]
            await _send(send, 413, headers, self._too_large)
            return
        environ = _environ(scope, body)
        loop = asyncio.get_running_loop()
        if scope["raw_path"] == b"/" and (scope["method"] == "POST" or scope["query_string"]):
            status, headers, answer = await self._call(environ, loop)
            while DELAY in environ:
                await self._clock.wait(environ.pop(DELAY), self._hurried)
                environ["wsgi.input"].seek(0)
                status, headers, answer = await self._call(environ, loop)
            if environ.get(BREAKS_OFF):
                await _break_off(scope, receive, send, status, headers, answer, environ[BREAKS_OFF])
                return
        else:
            environ[STREAM] = opened = Opened(loop)
            status, headers, answer = await loop.run_in_executor(self._threads, self._run, environ)
            if opened.body:
                await _stream(send, receive, status, headers, opened.body)
                return
        await _send(send, status, headers, answer)

    def hurry(self) -> None:
        """Whoever is held up goes on at once."""
        self._hurried.set()

    def _call(self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Answer]":
        """The answer to an AWS call, once it has run with those that came at the same time."""
        future: asyncio.Future[Answer] = loop.create_future()
        if not self._calls:
            loop.call_soon(self._run_calls)  # behind what the loop has at hand
        self._calls.append((environ, future))
        return future

    async def _body(self, scope: Message, receive: Receive) -> bytes:
        for name, value in scope["headers"]:
            if name == b"content-length" and int(value) > self._limit:
                raise BodyTooLarge
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._limit:
                raise BodyTooLarge
            chunks.append(chunk)
            if not message.get("more_body"):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _run_calls(self) -> None:
        calls, self._calls = self._calls, []
        for begin in range(0, len(calls), TOGETHER):
            some = calls[begin : begin + TOGETHER]
            answers = self._run_together([environ for environ, _ in some])
            for (environ, future), answer in zip(some, answers, strict=True):
                if RESUMED in environ and DELAY not in environ:
                    self._resume(environ, future)
                elif not future.done():  # as it is when its client hung up
                    future.set_result(answer)

    def _resume(self, environ: dict[str, Any], future: "asyncio.Future[Answer]") -> None:
        """The call goes on in a thread, and its client has the answer when that has."""

        def done(resumed: "asyncio.Future[Answer]") -> None:
            if future.done():
                return
            error = resumed.exception()
            if error:
                future.set_exception(error)
            else:
                future.set_result(resumed.result())

        environ["wsgi.input"].seek(0)
        asyncio.get_running_loop().run_in_executor(self._threads, self._run, environ).add_done_callback(done)

    def _run_together(self, environs: list[dict[str, Any]]) -> list[Answer]:
        if len(environs) > 1:
            try:
                with self._database.together():
                    return [self._run(environ) for environ in environs]
            except DatabaseUnavailable:
                for environ in environs:
                    environ["wsgi.input"].seek(0)
                    environ.pop(DELAY, None)
                with self._database.refusing():  # none of them happened, and each has an answer that says so
                    return [self._run(environ) for environ in environs]
        return [self._run(environ) for environ in environs]

    def _run(self, environ: dict[str, Any]) -> Answer:
        started: list[Any] = []
        chunks = self._app(environ, lambda status, headers, exc_info=None: started.extend((status, headers)))
        try:
            answer = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        status, headers = started
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return int(status[:3]), encoded, answer


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _break_off(
    scope: Message,
    receive: Receive,
    send: Send,
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    how: str,
) -> None:
    """The connection is gone, before the answer or in the middle of it."""
    connection = scope[CONNECTION]
    if how == TRUNCATE:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        connection.close()
    else:
        connection.abort()
    while (await receive())["type"] != "http.disconnect":
        continue


async def _stream(
    send: Send, receive: Receive, status: int, headers: list[tuple[bytes, bytes]], body: AsyncIterator[bytes]
) -> None:
    """The pieces are sent as they come, until there is an end of them or the client hangs up."""

    async def pass_on() -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        async for piece in body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def hang_up() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    tasks = [asyncio.ensure_future(pass_on()), asyncio.ensure_future(hang_up())]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()  # what went wrong
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _environ(scope: Message, body: bytes) -> dict[str, Any]:
    """The request as WSGI wants it (PEP 3333)."""
    server = scope.get("server") or ("localhost", 0)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "RAW_URI": scope["raw_path"].decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        text = value.rstrip(b" \t").decode("latin-1")  # the blanks behind a value are not part of it
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ
