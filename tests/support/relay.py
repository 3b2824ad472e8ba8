"""A real SMTP server, as mail is passed on to."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from emulator.outside.clock import Clock
from emulator.smtp import certificate


class Received(NamedTuple):
    """A mail that came."""

    sender: str | None
    recipients: list[str]
    content: bytes


@dataclass
class Relay:
    """What the server got, and what it says: to a recipient, and to each message."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    connections: int = 0
    encrypted: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"

    @property
    def url(self) -> str:
        """What the setting takes."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        """A recipient is taken, unless it is one of those that are not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """A message is kept if the answer is that it is."""
        if self.answer.startswith("250"):
            self.encrypted += session.ssl is not None
            content = envelope.original_content
            assert content is not None
            self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), content))
        return self.answer

    def log_in(self, _: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Everybody may."""
        self.logins.append(tuple(given))
        return AuthResult(success=True)

    def session(self) -> SMTP:
        """A connection."""
        self.connections += 1
        loop = asyncio.get_running_loop()
        return SMTP(self, authenticator=self.log_in, auth_require_tls=False, tls_context=self.tls, loop=loop)


@contextmanager
def serving(*, tls: bool = False) -> Iterator[Relay]:
    """A server; it is gone afterwards."""
    relay, loop = Relay(), asyncio.new_event_loop()
    if tls:
        relay.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.load(relay.tls, Clock().wall())
    server = loop.run_until_complete(loop.create_server(relay.session, "127.0.0.1", 0))
    relay.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()
