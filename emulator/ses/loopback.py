"""The closed world: mail that SES delivers to somebody whose mail is received here comes in through its own door.

Where nobody receives mail, it costs a look at what is remembered.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.context import Context
from emulator.ses import dkim, outcomes, tasks
from emulator.ses.tasks import ReceiveInside
from emulator.store import messages as message_rows
from emulator.store import receipt_rule_sets as rule_set_rows
from emulator.store.messages import Message

if TYPE_CHECKING:
    from emulator.ses.receiving import Mail, Reception

log = logging.getLogger("emulator.receiving")


def wanted(ctx: Context, recipients: Sequence[str]) -> tuple[str, ...]:
    """Those of the recipients whose mail, coming from SES, somebody here receives."""
    if not ctx.policy.loopback or not rule_set_rows.all_active(ctx.tx):
        return ()
    from emulator.ses import mailbox, receipt_admission  # with all that rules need: not before there are some

    ip = mailbox.OUTGOING_IP
    return tuple(each for each in recipients if receipt_admission.decide(ctx, each, ip, encrypted=True).owners)


def queue(ctx: Context, message_seq: int, message_id: str, recipients: Sequence[str]) -> None:
    """The message is on its way to these recipients, whose mail is received here."""
    dkim.make_own_key(ctx)  # to sign its copy
    tasks.add(ctx, ReceiveInside(message_seq, message_id, recipients))


def load(ctx: Context, task: ReceiveInside) -> "Reception | None":
    """The message as it comes in, looked at; None where it is gone, nobody wants it now, or it runs in a circle."""
    from emulator.ses import receiving

    message = message_rows.of_seq(ctx.tx, task.message_seq)
    mail = _mail(ctx, message, task.recipients) if message and message.id == task.message_id else None
    if mail is None:
        return None
    try:
        return receiving.prepare(ctx, mail)
    except receiving.MailLoop:
        log.warning("message %s runs in a circle, and is not received again", task.message_id)
        return None


def settle(ctx: Context, _task: ReceiveInside, reception: "Reception | None") -> None:
    """The mail is kept by all who want it."""
    from emulator.ses import receiving

    if reception:
        receiving.accept(ctx, reception)


def _mail(ctx: Context, message: Message, addresses: Sequence[str]) -> "Mail | None":
    """What comes of the message to those whose mail is received here, if there are any.

    Ours: all of them are of one SMTP transaction; SES uses TLS, as it does wherever that is offered.
    """
    from emulator.mime import delivered
    from emulator.ses import mailbox, receipt_admission
    from emulator.ses.receiving import Mail
    from emulator.ses.verdicts import Sender

    host = outcomes.reporting_mta(message.region)
    sender = Sender(mailbox.OUTGOING_IP, host, delivered.return_path(mailbox.envelope(message)))
    decided = [(each, receipt_admission.decide(ctx, each, sender.ip, encrypted=True).owners) for each in addresses]
    recipients = [(address, owners) for address, owners in decided if owners]
    if not recipients:
        return None
    _return_path, _, copy = mailbox.raw(ctx, message).partition(b"\r\n")  # the receiver puts its own on top
    return Mail(sender, recipients, bytearray(copy), encrypted=True, rdns=host)
