"""SES's door for mail from the world: recipients are decided on one by one, and what is accepted is kept."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, AnyStr

from aiosmtpd import smtp as said

from emulator.context import Contexts
from emulator.ses import fault_checks, receipt_admission
from emulator.ses.faults import Place
from emulator.ses.receipt_admission import Decision, Owner
from emulator.smtp import replies
from emulator.smtp.certificate import Tls
from emulator.smtp.conversation import BOUNDS, SENDER_PARAMETER, Bounds, Conversation, path
from emulator.smtp.faults import Faults
from emulator.smtp.listener import Listener, Session
from emulator.store.engine import DatabaseUnavailable

if TYPE_CHECKING:
    from emulator.ses.receiving import Mail

log = logging.getLogger("emulator.smtp")

RECIPIENTS = 100  # ours, and the least that others may count on, RFC 5321
THREADS = 8  # that look at mail: a resolver can keep one busy for seconds
RUSH, RUSH_SECONDS = 10, 0.2  # so many mails within so long are a rush
REFUSALS = {
    receipt_admission.UNKNOWN: replies.MAILBOX_UNAVAILABLE,
    receipt_admission.BLOCKED: replies.ADDRESS_BLOCKED,
    receipt_admission.UNENCRYPTED: replies.STARTTLS_FIRST,
}

_NOBODY = ("000000000000", "us-east-1")  # whose context it is before anybody is known to want the mail
_UNPRINTABLE = re.compile("[^ -~]")


class Inbound:
    """What the sessions of the port share."""

    tls_at_once = None

    def __init__(self, contexts: Contexts, bounds: Bounds = BOUNDS) -> None:
        self.contexts = contexts
        self.bounds = bounds
        self.tls = Tls(contexts.outside.clock)
        self.faults = Faults(contexts, fault_checks.INBOUND)
        self._deciding = ThreadPoolExecutor(1, thread_name_prefix="smtp-recipients")
        self._looking = ThreadPoolExecutor(THREADS, thread_name_prefix="smtp-mail")
        # One thread: writers take turns anyway, and each connection to the database would remember a large mail.
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="smtp-inbound")
        self._came: deque[float] = deque(maxlen=RUSH)  # when the last mails did

    def is_rushed(self) -> bool:
        """Whether mail comes in so fast that other work had better wait."""
        first = self._came[0] if len(self._came) == RUSH else None
        return first is not None and self.contexts.outside.clock.monotonic() - first < RUSH_SECONDS

    def session(self, listener: Listener) -> Session:
        """A connection's conversation."""
        return _Conversation(self, listener)

    async def host(self) -> str:
        """The name to greet with."""
        return await asyncio.get_running_loop().run_in_executor(self._deciding, self._host)

    async def decide(self, recipient: str, ip: str, encrypted: bool) -> Decision | None:
        """Who wants the recipient's mail; None where the database did not answer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._deciding, self._decide, recipient, ip, encrypted)

    async def receive(self, mail: "Mail") -> str:
        """The reply to a mail; it is kept where that is `250`."""
        from emulator.ses import receiving  # with all that reads mail: not before there is some

        loop = asyncio.get_running_loop()
        self._came.append(self.contexts.outside.clock.monotonic())
        try:
            reception = await loop.run_in_executor(self._looking, receiving.look_at, self.contexts, mail)
            first, *_ = await loop.run_in_executor(self._keeping, receiving.keep, self.contexts, reception)
            reply = f"{replies.RECEIVED} {first.message.id}"
        except receiving.MailLoop:
            reply = replies.TOO_MANY_HOPS
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", error)
            reply = replies.UNAVAILABLE
        except Exception:  # the edge: the session goes on
            log.exception("a mail from the world failed")
            reply = replies.UNAVAILABLE
        log.info("SMTP from %s %s", mail.sender.ip, reply)
        return reply

    def _host(self) -> str:
        try:
            with self.contexts.open(*_NOBODY, write=False) as ctx:
                return receipt_admission.host(ctx)
        except DatabaseUnavailable:
            return receipt_admission.host_of(receipt_admission.DEFAULT_REGION)

    def _decide(self, recipient: str, ip: str, encrypted: bool) -> Decision | None:
        try:
            with self.contexts.open(*_NOBODY, write=False) as ctx:
                return receipt_admission.decide(ctx, recipient, ip, encrypted=encrypted)
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", error)
            return None


class _Conversation(Conversation):
    """One connection."""

    too_long = replies.OVER_LIMIT

    def __init__(self, inbound: Inbound, listener: Listener) -> None:
        self._inbound = inbound
        self._owners: dict[str, tuple[Owner, ...]] = {}
        session = inbound.contexts.outside.ids.smtp_session()
        host = receipt_admission.host_of(receipt_admission.DEFAULT_REGION)
        ident = f"ESMTP Amazon SES {session}"
        shared = (inbound.bounds, inbound.tls, inbound.faults)
        super().__init__(listener, *shared, host, ident, timeout=inbound.bounds.idle_seconds)

    async def greet(self) -> None:
        """It is known by which name to greet."""
        self.hostname = await self._inbound.host()

    @property
    def places(self) -> Collection[Place]:
        """Those of all who want the mail."""
        return [owner for owners in self._owners.values() for owner in owners]

    async def push(self, status: AnyStr) -> None:
        """That is said; of a command that it does not know, the library says something else."""
        if isinstance(status, str) and status.startswith('500 Error: command "'):
            await super().push(replies.NOT_IMPLEMENTED)
        else:
            await super().push(status)

    def _create_envelope(self) -> said.Envelope:
        self._owners = {}  # whatever the reason, a new mail has begun
        return super()._create_envelope()

    async def smtp_AUTH(self, arg: str) -> None:
        """Nobody logs in here. Source: recorded: it is not offered."""
        await self.push(replies.NOT_IMPLEMENTED)

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A mail has begun; its sender may be anything, or nobody. Source: recorded."""
        if await self.check_helo_needed():
            return
        if self.mail.mail_from is not None:
            await self.push(replies.NESTED_MAIL)
            return
        address, parameters = path(arg, "FROM:")
        if parameters is None or _UNPRINTABLE.search(address):
            await self.push(replies.INVALID_MAIL_FROM)
            return
        for parameter in parameters:
            found = SENDER_PARAMETER.fullmatch(parameter)
            if not found:
                await self.push(replies.UNKNOWN_PARAMETER.format(command="MAIL FROM"))
                return
            if found[1] and int(found[1]) > self.bounds.message_bytes:
                await self.push(replies.OVER_LIMIT)
                return
        if await self.stumbles("MAIL", [address]):
            return
        self.mail.mail_from = address
        await self.push(replies.OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """The mail has one recipient more, if somebody here wants it."""
        if await self.check_helo_needed():
            return
        if self.mail.mail_from is None:
            await self.push(replies.SENDER_FIRST)
            return
        address, parameters = path(arg, "TO:")
        if parameters:
            await self.push(replies.UNKNOWN_PARAMETER.format(command="RCPT TO"))
        elif parameters is None or _UNPRINTABLE.search(address):
            await self.push(replies.MAILBOX_UNAVAILABLE)
        elif len(self.mail.rcpt_tos) >= RECIPIENTS:
            await self.push(replies.TOO_MANY_RECIPIENTS)
        elif reply := await self._decided(address):
            await self.push(reply)

    async def _decided(self, address: str) -> str | None:
        """The reply; None where a fault has given one already."""
        decision = await self._inbound.decide(address, self.ip, self.encrypted)
        if decision is None:
            return replies.UNAVAILABLE
        if decision.refusal:
            return REFUSALS[decision.refusal]
        if await self.stumbles("RCPT", [self.mail.mail_from or ""], [address], decision.owners):
            return None
        self._owners[address] = decision.owners
        self.mail.rcpt_tos.append(address)
        return replies.OK

    async def accepted(self, data: bytearray) -> str:
        """The reply to a mail that is all there; it is kept where that is `250`."""
        from emulator.ses.receiving import Mail
        from emulator.ses.verdicts import Sender

        sender = Sender(self.ip, self.helo, self.mail.mail_from or "")
        return await self._inbound.receive(Mail(sender, tuple(self._owners.items()), data, self.encrypted))
