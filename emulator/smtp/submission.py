"""SES's SMTP interface: a message that a client submits takes the road of SendRawEmail.

What the library says differently from SES is overridden here.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import format_datetime
from typing import Any, NamedTuple, cast

from aiosmtpd import smtp as said
from aiosmtpd.smtp import SMTP, AuthResult

from emulator.context import Caller, Context, Contexts
from emulator.ses import limits, raw_sending, sending
from emulator.ses.errors import SesError
from emulator.smtp import certificate, replies
from emulator.smtp.credentials import Credentials, Sender
from emulator.smtp.listener import Listener, Session
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.smtp")

HOST = "email-smtp.amazonaws.com"
MECHANISMS = "AUTH PLAIN LOGIN"
CHUNK_BYTES = 2**20
END_OF_DATA = b"\r\n.\r\n"

_PATH = re.compile(r"(?:<([^<>]*)>|([^\s<>]+))(?:\s+(.*))?")
_MAILBOX = re.compile(r"""(?:"[^"\x00-\x1f\x7f]*"|[^"\x00-\x20\x7f]+)@[^\x00-\x20\x7f]+""")
_SENDER_PARAMETER = re.compile(r"BODY=(?:7BIT|8BITMIME)|SIZE=([0-9]{1,20})|AUTH=\S+", re.IGNORECASE)
_UNPRINTABLE = re.compile("[^!-~]")


class Bounds(NamedTuple):
    """How long and how many; ours, but for the first and the last. Source: those two, documented."""

    anonymous_seconds: float = 10.0
    idle_seconds: float = 300.0
    failed_logins: int = 5
    sessions: int = 500
    message_bytes: int = limits.SMTP_MESSAGE_BYTES


BOUNDS = Bounds()


class Submission:
    """What the sessions of one port share."""

    def __init__(self, contexts: Contexts, credentials: Credentials, bounds: Bounds = BOUNDS) -> None:
        self.contexts = contexts
        self.credentials = credentials
        self.bounds = bounds
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certified = False
        self._certifying = asyncio.Lock()
        # One thread: calls take turns at the write lock anyway, and the loop goes on listening meanwhile.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smtp-call")

    def session(self, listener: Listener) -> Session:
        """A connection's conversation."""
        return _Conversation(self, listener)

    async def certify(self) -> None:
        """TLS can begin; the certificate is made for the first client that asks."""
        async with self._certifying:
            if not self._certified:
                await asyncio.to_thread(certificate.load, self.tls, self.contexts.outside.clock.wall())
                self._certified = True

    async def accepted(self, sender: Sender, caller: Caller, email: Callable[[Context], raw_sending.RawEmail]) -> str:
        """The reply to a message; it is kept where that is `250`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._accept, sender, caller, email)

    def _accept(self, sender: Sender, caller: Caller, email: Callable[[Context], raw_sending.RawEmail]) -> str:
        try:
            with self.contexts.open(sender.account_id, sender.region, write=True, caller=caller) as ctx:
                message_id = raw_sending.send_raw_email(ctx, email(ctx), sending.Options("SendRawEmail"))
            reply = f"{replies.OK} {message_id}"
        except SesError as error:
            reply = replies.refusal(error)
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", error)
            reply = replies.UNAVAILABLE
        except Exception:  # the edge: the session goes on
            log.exception("a message over SMTP failed")
            reply = replies.UNAVAILABLE
        log.info("SMTP %s %s %s", sender.account_id, sender.region, reply)
        return reply


class _Conversation(SMTP, Session):
    """One connection."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"
    line_length_limit = 2**16  # of what is read at once; a command may have 512 characters

    def __init__(self, submission: Submission, listener: Listener) -> None:
        ids = submission.contexts.outside.ids
        self._submission = submission
        self._bounds = submission.bounds
        self._listener = listener
        self._server, self._id = ids.smtp_server(), ids.smtp_session()
        self._failed_logins = 0
        self._ending = False
        self._one_too_many = False
        super().__init__(
            handler=None,
            data_size_limit=None,
            hostname=HOST,
            ident=f"ESMTP {self._server} {self._id}",
            tls_context=submission.tls,
            require_starttls=True,
            timeout=submission.bounds.anonymous_seconds,
            auth_required=True,
            authenticator=self._log_in,
            loop=asyncio.get_running_loop(),
        )

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there, or its TLS is."""
        self._listener.began(self)
        self._one_too_many = len(self._listener.sessions) > self._bounds.sessions
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone; what it had not finished is forgotten."""
        self._listener.ended(self)
        super().connection_lost(error)

    def end(self) -> None:
        """The connection ends: now where it is idle, else after the message that is under way."""
        self._ending = True
        self._end_if_idle()

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
            self._close(replies.TOO_MANY_CONNECTIONS)
            return
        with suppress(ConnectionError):
            await super()._handle_client()

    def _timeout_cb(self) -> None:
        self._close(replies.TIMEOUT)

    def _close(self, reply: str) -> None:
        if self.transport:
            self._writer.write(f"{reply}\r\n".encode())
            self.transport.close()

    def _end_if_idle(self) -> None:
        if self._ending and not self._mail.mail_from:
            self._close(replies.GOING)
            self._listener.ended(self)  # without waiting for a client that does not close its side

    @property
    def _said(self) -> said.Session:
        """What the client said of itself."""
        return cast("said.Session", self.session)

    @property
    def _mail(self) -> said.Envelope:
        """What it said of the mail so far."""
        return cast("said.Envelope", self.envelope)

    def _forget_mail(self) -> None:
        self.envelope = self._create_envelope()

    # ---- before the mail

    async def smtp_EHLO(self, hostname: str) -> None:
        """The client has a name, and knows what there is. Source: a conversation with SES, recorded."""
        if not hostname:
            await self.push("501 Syntax: EHLO hostname")
            return
        self._forget_mail()
        self._said.extended_smtp = True
        self._said.host_name = hostname
        lines = [HOST, "8BITMIME", *([] if self._tls_protocol else ["STARTTLS"]), MECHANISMS]
        await self.push("".join(f"250-{line}\r\n" for line in lines) + replies.OK)

    async def smtp_STARTTLS(self, arg: str) -> None:
        """What follows is encrypted, and all that was said before is forgotten."""
        if self._tls_protocol:
            await self.push("503 TLS already active")
            return
        await self._submission.certify()
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        """The client is known, unless its credentials are wrong: then it has some more tries."""
        mechanism, _, initial = (arg or "").partition(" ")
        try:
            await super().smtp_AUTH(f"{mechanism.upper()} {initial}".strip())
        except ValueError:  # the reader's: of a response without an end, whose rest is no command
            self._close(replies.LINE_TOO_LONG)
            return
        if self._failed_logins >= self._bounds.failed_logins and self.transport:
            self.transport.close()

    def _log_in(self, _server: SMTP, _session: object, _envelope: object, _mechanism: str, given: Any) -> AuthResult:
        login = cast("said.LoginPassword", given)
        user, password = (each.decode("utf-8", "replace") for each in login)
        sender = self._submission.credentials.sender(user, password)
        if sender is None:
            self._failed_logins += 1
            return AuthResult(success=False, handled=False, message=replies.CREDENTIALS_INVALID)
        self._timeout_duration = self._bounds.idle_seconds
        self._reset_timeout()
        return AuthResult(success=True, auth_data=sender, message=replies.AUTHENTICATED)

    async def check_auth_needed(self, caller_method: str) -> bool:
        """Whether the client must log in first, which it is told."""
        if self._said.authenticated:
            return False
        await self.push(replies.AUTHENTICATION_REQUIRED)
        return True

    # ---- the mail

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A mail has begun; its sender stands in no need of brackets. Source: developer guide (documented)."""
        if await self.check_auth_needed("MAIL") or await self.check_helo_needed():
            return
        if self._mail.mail_from:
            await self.push(replies.NESTED_MAIL)
            return
        address, parameters = _path(arg, "FROM:")
        if parameters is None or not _MAILBOX.fullmatch(address):
            await self.push(replies.INVALID_MAIL_FROM)
            return
        for parameter in parameters:
            found = _SENDER_PARAMETER.fullmatch(parameter)
            if not found:
                await self.push(replies.UNKNOWN_PARAMETER.format(command="MAIL FROM"))
                return
            if found[1] and int(found[1]) > self._bounds.message_bytes:
                await self.push(replies.TOO_LONG)
                return
        self._mail.mail_from = address
        await self.push(replies.OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """The mail has one recipient more; whether SES takes it shows when all of it is there."""
        if await self.check_auth_needed("RCPT") or await self.check_helo_needed():
            return
        if not self._mail.mail_from:
            await self.push(replies.SENDER_FIRST)
            return
        address, parameters = _path(arg, "TO:")
        if parameters is None or not _MAILBOX.fullmatch(address):
            await self.push(replies.UNKNOWN_RECIPIENT.format(address=address))
        elif parameters:
            await self.push(replies.UNKNOWN_PARAMETER.format(command="RCPT TO"))
        else:
            self._mail.rcpt_tos.append(address)
            await self.push(replies.OK)

    async def smtp_DATA(self, arg: str) -> None:
        """The mail is accepted or refused."""
        if await self.check_auth_needed("DATA") or await self.check_helo_needed():
            return
        if not self._mail.rcpt_tos:
            await self.push(replies.RECIPIENT_FIRST)
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push(replies.DATA)
        data = await self._data()
        reply = replies.TOO_LONG if data is None else await self._accepted(data)
        self._forget_mail()
        await self.push(reply)
        self._end_if_idle()

    async def smtp_RSET(self, arg: str) -> None:
        """The mail is forgotten."""
        self._forget_mail()
        await self.push(replies.OK)
        self._end_if_idle()

    async def smtp_NOOP(self, arg: str) -> None:
        """Nothing has changed."""
        await self.push(replies.OK)

    async def _data(self) -> bytes | None:
        """The mail, without the dots that hide others; None where it is too long.

        CRLF.CRLF alone ends it: were other line ends taken for it, a second mail could be smuggled in.
        """
        data, searched, too_long = bytearray(b"\r\n"), 0, False
        while (end := data.find(END_OF_DATA, searched)) < 0:
            if len(data) > self._bounds.message_bytes + len(END_OF_DATA):
                too_long = True
                del data[: 1 - len(END_OF_DATA)]
            searched = max(0, len(data) + 1 - len(END_OF_DATA))
            self._reset_timeout()
            chunk = await self._reader.read(CHUNK_BYTES)
            if not chunk:
                raise ConnectionResetError
            data += chunk
        self._reader.feed_data(data[end + len(END_OF_DATA) :])  # commands that came along
        if too_long or end > self._bounds.message_bytes:
            return None
        return bytes(data[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]

    async def _accepted(self, data: bytes) -> str:
        mail, sender = self._mail, cast("Sender", self._said.auth_data)
        ip = str(cast("tuple[Any, ...]", self._said.peer)[0])
        helo = _UNPRINTABLE.sub("?", self._said.host_name or "")[:255]
        name = "localhost" if ip in ("127.0.0.1", "::1") else "unknown"

        def email(ctx: Context) -> raw_sending.RawEmail:
            # Source: delivered mails, recorded. Unverified: one recipient is named, of several none.
            received = (
                f"Received: from {helo} ({name} [{ip}]) by {HOST} with SMTP ({self._server}) id {self._id}"
                f"{f' for {mail.rcpt_tos[0]}' if len(mail.rcpt_tos) == 1 else ''}; {format_datetime(ctx.now)} (UTC)"
            )
            return raw_sending.RawEmail(
                data, mail.mail_from, mail.rcpt_tos, received.encode(), self._bounds.message_bytes
            )

        caller = Caller(arn=f"arn:aws:iam::{sender.account_id}:user/{sender.access_key_id}", source_ip=ip, secure=True)
        return await self._submission.accepted(sender, caller, email)


def _path(arg: str | None, keyword: str) -> tuple[str, list[str] | None]:
    """The address behind the keyword, with or without brackets, and the parameters; None where it makes no sense."""
    text = (arg or "").strip()
    if text[: len(keyword)].upper() != keyword:
        return "", None
    found = _PATH.fullmatch(text[len(keyword) :].strip())
    if not found:
        return text[len(keyword) :].strip("<> "), None
    return found[1] if found[1] is not None else found[2], (found[3] or "").split()
