"""What a client and SES say to each other on any port, and how much of it: a client can be slow, wrong or hostile.

What the library says differently from SES is overridden here.
"""

import asyncio
import logging
import re
from abc import abstractmethod
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, cast

from aiosmtpd import smtp as said
from aiosmtpd.smtp import SMTP

from emulator.ses import fault_checks, limits
from emulator.ses.faults import Place
from emulator.smtp import faults, replies
from emulator.smtp.certificate import Tls
from emulator.smtp.faults import Faults
from emulator.smtp.listener import Listener, Session
from emulator.store.faults import Failure
from emulator.wire import subjects

log = logging.getLogger("emulator.smtp")

CHUNK_BYTES = 2**20
END_OF_DATA = b"\r\n.\r\n"
SENDER_PARAMETER = re.compile(r"BODY=(?:7BIT|8BITMIME)|SIZE=([0-9]{1,20})|AUTH=\S+", re.IGNORECASE)

_PATH = re.compile(r"(?:<([^<>]*)>|([^\s<>]+))(?:\s+(.*))?")
_UNPRINTABLE = re.compile("[^!-~]")
_LONGEST_NAME = 255


class Bounds(NamedTuple):
    """How long and how many; ours, but for the first and the last. Source: those two, documented."""

    anonymous_seconds: float = 10.0
    idle_seconds: float = 300.0
    failed_logins: int = 5
    sessions: int = 500
    message_bytes: int = limits.SMTP_MESSAGE_BYTES


BOUNDS = Bounds()


class Conversation(SMTP, Session):
    """One connection."""

    line_length_limit = 2**16  # of what is read at once; a command may have 512 characters
    too_long = replies.TOO_LONG

    def __init__(
        self, listener: Listener, bounds: Bounds, tls: Tls, asked: Faults, host: str, ident: str, **options: Any
    ) -> None:
        self.bounds = bounds
        self._faults = asked
        self._listener = listener
        self._tls = tls
        self._ending = False
        self._hurried = asyncio.Event()  # by the end, which waits for no fault
        self._one_too_many = False
        super().__init__(
            handler=None,
            data_size_limit=None,
            hostname=host,
            ident=ident,
            tls_context=tls.context,
            loop=asyncio.get_running_loop(),
            **options,
        )

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there, or its TLS is."""
        self._listener.began(self)
        self._one_too_many = len(self._listener.sessions) > self.bounds.sessions
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone; what it had not finished is forgotten."""
        self._listener.ended(self)
        super().connection_lost(error)

    def end(self) -> None:
        """The connection ends: now where it is idle, else after the message that is under way."""
        self._ending = True
        self._hurried.set()
        self.end_if_idle()

    def abort(self) -> None:
        """The connection is gone."""
        if self.transport:
            with suppress(AttributeError):  # Python 3.11.2: of a TLS transport that was closed twice
                cast("asyncio.Transport", self.transport).abort()

    async def handle_exception(self, error: Exception) -> str:
        """A handshake that failed is the client's business; all else is our bug."""
        if not isinstance(error, said.TLSSetupException):
            log.error("an SMTP session stumbled", exc_info=error)
        return replies.UNAVAILABLE

    async def _handle_client(self) -> None:
        if self._one_too_many:
            self.close(replies.TOO_MANY_CONNECTIONS)
            return
        await self.greet()
        with suppress(ConnectionError):
            if not await self.stumbles("CONNECT"):
                await super()._handle_client()

    async def greet(self) -> None:
        """All that a greeting says is known."""

    def _timeout_cb(self) -> None:
        self.close(replies.TIMEOUT)

    def close(self, reply: str) -> None:
        """This is the last that is said."""
        if self.transport and not self.transport.is_closing():
            self._writer.write(f"{reply}\r\n".encode())
            self.transport.close()

    def end_if_idle(self) -> None:
        """The connection ends where it is to, and no message is under way."""
        if self._ending and self.mail.mail_from is None:
            self.close(replies.GOING)
            self._listener.ended(self)  # without waiting for a client that does not close its side

    @property
    def client(self) -> said.Session:
        """What the client said of itself."""
        return cast("said.Session", self.session)

    @property
    def ip(self) -> str:
        """The address that it comes from."""
        return str(cast("tuple[Any, ...]", self.client.peer)[0]).partition("%")[0]

    @property
    def helo(self) -> str:
        """The name that it gave itself, as it can stand in a header."""
        return _UNPRINTABLE.sub("?", self.client.host_name or "")[:_LONGEST_NAME]

    @property
    def encrypted(self) -> bool:
        """Whether nobody else hears what is said."""
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    @property
    def mail(self) -> said.Envelope:
        """What it said of the mail so far."""
        return cast("said.Envelope", self.envelope)

    def forget_mail(self) -> None:
        """Nothing was said of any mail."""
        self.envelope = self._create_envelope()

    # ---- failures that a test asks for

    @property
    def places(self) -> Collection[Place]:
        """The accounts and regions that the session is known to concern."""
        return ()

    async def hit(
        self,
        stage: str,
        senders: Iterable[str] = (),
        recipients: Iterable[str] = (),
        places: Collection[Place] | None = None,
    ) -> Failure | None:
        """How the stage is to fail, if it is, once that has held it up."""
        here = self.places if places is None else places
        failure = await self._faults.hit(stage, here, subjects.of_mail(senders, recipients))
        if failure and failure.delay_ms:
            seconds = failure.delay_ms / 1000
            self._reset_timeout(seconds + self._timeout_duration)
            await self._faults.clock.wait(seconds, self._hurried)
        return failure

    async def stumbles(
        self,
        stage: str,
        senders: Iterable[str] = (),
        recipients: Iterable[str] = (),
        places: Collection[Place] | None = None,
    ) -> bool:
        """Whether the command has failed already, which the client was told."""
        failure = await self.hit(stage, senders, recipients, places)
        if failure and failure.drop:
            self.drop()
        if not failure or failure.status is None:
            return False
        await self.say(faults.reply(failure, failure.status), last=stage == "CONNECT")
        return True

    async def say(self, reply: str, *, last: bool) -> None:
        """That is said; the connection ends after it if it is the last, as a 421 always is."""
        if last or reply.startswith("421"):
            self.close(reply)
        else:
            await self.push(reply)

    def drop(self) -> None:
        """The connection ends without a word."""
        self.abort()
        raise ConnectionResetError

    # ---- what any client can say

    @property
    def offered(self) -> tuple[str, ...]:
        """What EHLO is told that there is, beside TLS."""
        return ()

    async def smtp_EHLO(self, hostname: str) -> None:
        """The client has a name, and knows what there is. Source: conversations with SES, recorded."""
        if not hostname:
            await self.push("501 Syntax: EHLO hostname")
            return
        if await self.stumbles("EHLO"):
            return
        self.forget_mail()
        self.client.extended_smtp = True
        self.client.host_name = hostname
        lines = [self.hostname, "8BITMIME", *([] if self.encrypted else ["STARTTLS"]), *self.offered]
        await self.push("".join(f"250-{line}\r\n" for line in lines) + replies.OK)

    async def smtp_HELO(self, hostname: str) -> None:
        """The client has a name, and does without what there is."""
        if not hostname or not await self.stumbles("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        """What follows is encrypted, and all that was said before is forgotten."""
        if self.encrypted:
            await self.push("503 TLS already active")
            return
        await self._tls.certify()
        await super().smtp_STARTTLS(arg)

    async def smtp_DATA(self, arg: str) -> None:
        """The mail is accepted or refused."""
        if await self.check_auth_needed("DATA") or await self.check_helo_needed():
            return
        if not self.mail.rcpt_tos:
            await self.push(replies.RECIPIENT_FIRST)
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push(replies.DATA)
        reply = await self._answer()
        self.forget_mail()
        await self.say(reply, last=False)
        self.end_if_idle()

    async def smtp_RSET(self, arg: str) -> None:
        """The mail is forgotten."""
        self.forget_mail()
        await self.push(replies.OK)
        self.end_if_idle()

    async def smtp_NOOP(self, arg: str) -> None:
        """Nothing has changed."""
        await self.push(replies.OK)

    # ---- the mail

    @abstractmethod
    async def accepted(self, data: bytearray) -> str:
        """The reply to a mail that is all there; it is kept where that is `250`."""

    async def _answer(self) -> str:
        data = await self._data()
        if data is None:
            return self.too_long
        failure = await self.hit("DATA", [self.mail.mail_from or ""], self.mail.rcpt_tos)
        if failure and failure.status:
            return faults.reply(failure, failure.status)
        if failure and failure.drop == fault_checks.BEFORE:
            self.drop()
        reply = await self.accepted(data)
        if failure and failure.drop:
            self.drop()
        return reply

    async def _data(self) -> bytearray | None:
        """The mail, without the dots that hide others; None where it is too long.

        CRLF.CRLF alone ends it: were other line ends taken for it, a second mail could be smuggled in.
        """
        data, searched, too_long = bytearray(b"\r\n"), 0, False
        while (end := data.find(END_OF_DATA, searched)) < 0:
            if len(data) > self.bounds.message_bytes + len(END_OF_DATA):
                too_long = True
                del data[: 1 - len(END_OF_DATA)]
            searched = max(0, len(data) + 1 - len(END_OF_DATA))
            self._reset_timeout()
            chunk = await self._reader.read(CHUNK_BYTES)
            if not chunk:
                raise ConnectionResetError
            data += chunk
        self._reader.feed_data(data[end + len(END_OF_DATA) :])  # commands that came along
        if too_long or end > self.bounds.message_bytes:
            return None
        del data[end + 2 :]
        if b"\r\n." in data:
            data = data.replace(b"\r\n.", b"\r\n")
        del data[:2]
        return data


def path(arg: str | None, keyword: str) -> tuple[str, list[str] | None]:
    """The address behind the keyword, with or without brackets, and the parameters; None where it makes no sense."""
    text = (arg or "").strip()
    if text[: len(keyword)].upper() != keyword:
        return "", None
    found = _PATH.fullmatch(text[len(keyword) :].strip())
    if not found:
        return text[len(keyword) :].strip("<> "), None
    return found[1] if found[1] is not None else found[2], (found[3] or "").split()
