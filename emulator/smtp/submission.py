"""SES's SMTP interface: a message that a client submits takes the road of SendRawEmail.

What the library says differently from SES is overridden here.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from typing import Any, cast

from aiosmtpd import smtp as said
from aiosmtpd.smtp import SMTP, AuthResult

from emulator.context import Caller, Context, Contexts
from emulator.ses import fault_checks, raw_sending, sending
from emulator.ses.errors import SesError
from emulator.ses.faults import Place
from emulator.smtp import replies
from emulator.smtp.certificate import Tls
from emulator.smtp.conversation import BOUNDS, SENDER_PARAMETER, Bounds, Conversation, path
from emulator.smtp.credentials import Credentials, Sender
from emulator.smtp.faults import Faults
from emulator.smtp.listener import Listener, Session
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.smtp")

HOST = "email-smtp.amazonaws.com"
MECHANISMS = "AUTH PLAIN LOGIN"

_MAILBOX = re.compile(r"""(?:"[^"\x00-\x1f\x7f]*"|[^"\x00-\x20\x7f]+)@[^\x00-\x20\x7f]+""")


class Submission:
    """What the sessions of one port share; on some, TLS begins at once."""

    def __init__(
        self, contexts: Contexts, credentials: Credentials, bounds: Bounds = BOUNDS, *, tls_at_once: bool = False
    ) -> None:
        self.contexts = contexts
        self.credentials = credentials
        self.bounds = bounds
        self.tls = Tls(contexts.outside.clock)
        self.tls_at_once = self.tls if tls_at_once else None
        self.faults = Faults(contexts, fault_checks.SUBMISSION)
        # One thread: calls take turns at the write lock anyway, and the loop goes on listening meanwhile.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smtp-call")

    def session(self, listener: Listener) -> Session:
        """A connection's conversation."""
        return _Conversation(self, listener)

    async def accepted(self, sender: Sender, caller: Caller, email: Callable[[Context], raw_sending.RawEmail]) -> str:
        """The reply to a message; it is kept where that is `250`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._accept, sender, caller, email)

    def _accept(self, sender: Sender, caller: Caller, email: Callable[[Context], raw_sending.RawEmail]) -> str:
        try:
            with self.contexts.open(sender.account_id, sender.region, write=True, caller=caller) as ctx:
                message_id = raw_sending.send_raw_email(ctx, email(ctx), sending.Options("SendSmtpEmail"))
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


class _Conversation(Conversation):
    """One connection."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"
    offered = (MECHANISMS,)

    def __init__(self, submission: Submission, listener: Listener) -> None:
        ids = submission.contexts.outside.ids
        self._submission = submission
        self._server, self._id = ids.smtp_server(), ids.smtp_session()
        self._failed_logins = 0
        super().__init__(
            listener,
            submission.bounds,
            submission.tls,
            submission.faults,
            HOST,
            f"ESMTP {self._server} {self._id}",
            require_starttls=not submission.tls_at_once,
            timeout=submission.bounds.anonymous_seconds,
            auth_required=True,
            authenticator=self._log_in,
        )
        self._auth_require_tls = not submission.tls_at_once  # which the library does not see; told at once, it warns

    # ---- before the mail

    async def smtp_AUTH(self, arg: str) -> None:
        """The client is known, unless its credentials are wrong: then it has some more tries."""
        mechanism, _, initial = (arg or "").partition(" ")
        try:
            await super().smtp_AUTH(f"{mechanism.upper()} {initial}".strip())
        except ValueError:  # the reader's: of a response without an end, whose rest is no command
            self.close(replies.LINE_TOO_LONG)
            return
        if self._failed_logins >= self.bounds.failed_logins and self.transport:
            self.transport.close()

    async def auth_PLAIN(self, _: object, args: list[str]) -> AuthResult:
        """Who logs in with the credentials."""
        return await self._unless_it_stumbles(await super().auth_PLAIN(self, args))

    async def auth_LOGIN(self, _: object, args: list[str]) -> AuthResult:
        """Who logs in with the credentials, each asked for by itself."""
        return await self._unless_it_stumbles(await super().auth_LOGIN(self, args))

    async def _unless_it_stumbles(self, result: AuthResult) -> AuthResult:
        """The same, or what a fault makes of it; only of right credentials the account is known."""
        if not result.success:
            return result
        self.client.auth_data = result.auth_data
        if not await self.stumbles("AUTH"):
            return result
        self.client.auth_data = None
        return AuthResult(success=False, handled=True)

    @property
    def places(self) -> Collection[Place]:
        """The account and region of who logged in."""
        sender = cast("Sender | None", self.client.auth_data)
        return [(sender.account_id, sender.region)] if sender else ()

    def _log_in(self, _server: SMTP, _session: object, _envelope: object, _mechanism: str, given: Any) -> AuthResult:
        login = cast("said.LoginPassword", given)
        user, password = (each.decode("utf-8", "replace") for each in login)
        sender = self._submission.credentials.sender(user, password)
        if sender is None:
            self._failed_logins += 1
            return AuthResult(success=False, handled=False, message=replies.CREDENTIALS_INVALID)
        self._timeout_duration = self.bounds.idle_seconds
        self._reset_timeout()
        return AuthResult(success=True, auth_data=sender, message=replies.AUTHENTICATED)

    async def check_auth_needed(self, caller_method: str) -> bool:
        """Whether the client must log in first, which it is told."""
        if self.client.authenticated:
            return False
        await self.push(replies.AUTHENTICATION_REQUIRED)
        return True

    # ---- the mail

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A mail has begun; its sender stands in no need of brackets. Source: developer guide (documented)."""
        if await self.check_auth_needed("MAIL") or await self.check_helo_needed():
            return
        if self.mail.mail_from:
            await self.push(replies.NESTED_MAIL)
            return
        address, parameters = path(arg, "FROM:")
        if parameters is None or not _MAILBOX.fullmatch(address):
            await self.push(replies.INVALID_MAIL_FROM)
            return
        for parameter in parameters:
            found = SENDER_PARAMETER.fullmatch(parameter)
            if not found:
                await self.push(replies.UNKNOWN_PARAMETER.format(command="MAIL FROM"))
                return
            if found[1] and int(found[1]) > self.bounds.message_bytes:
                await self.push(replies.TOO_LONG)
                return
        if await self.stumbles("MAIL", [address]):
            return
        self.mail.mail_from = address
        await self.push(replies.OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """The mail has one recipient more; whether SES takes it shows when all of it is there."""
        if await self.check_auth_needed("RCPT") or await self.check_helo_needed():
            return
        if not self.mail.mail_from:
            await self.push(replies.SENDER_FIRST)
            return
        address, parameters = path(arg, "TO:")
        if parameters is None or not _MAILBOX.fullmatch(address):
            await self.push(replies.UNKNOWN_RECIPIENT.format(address=address))
        elif parameters:
            await self.push(replies.UNKNOWN_PARAMETER.format(command="RCPT TO"))
        elif not await self.stumbles("RCPT", [self.mail.mail_from], [address]):
            self.mail.rcpt_tos.append(address)
            await self.push(replies.OK)

    async def accepted(self, data: bytearray) -> str:
        """The reply to a message that is all there; it is kept where that is `250`."""
        mail, sender, message = self.mail, cast("Sender", self.client.auth_data), bytes(data)
        ip, helo = self.ip, self.helo
        name = "localhost" if ip in ("127.0.0.1", "::1") else "unknown"

        def email(ctx: Context) -> raw_sending.RawEmail:
            # Source: delivered mails, recorded. Unverified: one recipient is named, of several none.
            received = (
                f"Received: from {helo} ({name} [{ip}]) by {HOST} with SMTP ({self._server}) id {self._id}"
                f"{f' for {mail.rcpt_tos[0]}' if len(mail.rcpt_tos) == 1 else ''}; {format_datetime(ctx.now)} (UTC)"
            )
            return raw_sending.RawEmail(
                message, mail.mail_from, mail.rcpt_tos, received.encode(), self.bounds.message_bytes
            )

        caller = Caller(arn=f"arn:aws:iam::{sender.account_id}:user/{sender.access_key_id}", source_ip=ip, secure=True)
        return await self._submission.accepted(sender, caller, email)
