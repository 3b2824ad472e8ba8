"""Passing delivered mail on to a real server. SES has no such thing; the copy in the emulated mailbox stays."""

from typing import NamedTuple

from emulator.context import Context
from emulator.outside import Outside
from emulator.ses import events, listeners
from emulator.ses.tasks import RelayMessage
from emulator.store import messages as message_rows
from emulator.store.messages import Message


class Parcel(NamedTuple):
    """What is passed on: the delivered copy, byte for byte, to whom, and whether only encrypted."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes
    require_tls: bool = False


class Passed(NamedTuple):
    """Where a parcel went; of those who refused it, with what words."""

    server: str
    recipients: tuple[str, ...]
    refused: dict[str, str]


def load(ctx: Context, task: RelayMessage) -> Parcel | None:
    """What is passed on of a message; None where it is gone, or nobody real has it."""
    from emulator.ses import mailbox, simulator  # with all that reads and makes mail: not before there is some

    message = message_rows.of_seq(ctx.tx, task.message_seq)
    if message is None:
        return None
    taken = dict.fromkeys(recipient.address for recipient in message.recipients if recipient.status == "delivered")
    meant = taken if task.recipients is None else task.recipients
    recipients = tuple(address for address in taken if address in meant and not simulator.holds(address))
    if not recipients:
        return None
    sender = message.return_path or message.source
    return Parcel(sender, recipients, mailbox.raw(ctx, message), _requires_tls(ctx, message))


def _requires_tls(ctx: Context, message: Message) -> bool:
    """Source: API reference (documented): with that policy a message is delivered over TLS or not at all."""
    named = listeners.configuration_set(ctx, message)
    return named is not None and named.tls_policy == "Require"


def send(outside: Outside, parcel: Parcel | None) -> Passed | None:
    """The server has the message; None where nothing was passed on."""
    relay = outside.relay
    if not relay or not parcel:
        return None
    return Passed(f"{relay.host}:{relay.port}", parcel.recipients, relay.send(*parcel))


def settle(ctx: Context, task: RelayMessage, passed: Passed | None) -> None:
    """The message's timeline says whom it reached, and who refused it."""
    if passed is None or message_rows.of_seq(ctx.tx, task.message_seq) is None:
        return
    reached = [address for address in passed.recipients if address not in passed.refused]
    if reached:
        events.record(ctx, task.message_seq, events.RELAY, reached, server=passed.server)
    for address, reply in passed.refused.items():
        events.record(ctx, task.message_seq, events.RELAY_FAILURE, [address], server=passed.server, smtp_response=reply)
