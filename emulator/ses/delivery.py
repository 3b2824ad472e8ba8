"""What happens to each recipient of an accepted message. Every ordinary address takes it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import events
from emulator.ses.tasks import DeliverMessage
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.messages import Envelope, Recipient, View

PENDING, DELIVERED = "pending", "delivered"
# Source: the form of a reply in recorded Delivery events; every receiving server words its own.
SMTP_REPLY = "250 2.0.0 OK"


class Deliveries(NamedTuple):
    """What will be written of some deliveries, by the `seq` of each message."""

    recipients: list[tuple[int, tuple[Recipient, ...]]]
    timeline: list[event_rows.Event]
    views: list[tuple[int, View]]


def prepare(ctx: Context, delivered: Sequence[DeliverMessage]) -> Deliveries:
    """What becomes of the messages, worked out; nothing is written. A deleted message is passed over.

    One Delivery event for each receiving domain. Unverified: that grouping, which the guide leaves open.
    """
    deliveries = Deliveries([], [], [])
    for envelope in message_rows.envelopes(ctx.tx, [task.message_seq for task in delivered]):
        deliveries.recipients.append((envelope.seq, tuple(_taken(recipient) for recipient in envelope.recipients)))
        deliveries.timeline.extend(_events(ctx, envelope))
        if not envelope.viewed:
            deliveries.views.append((envelope.seq, _view(ctx, envelope.seq)))
    return deliveries


def deliver(ctx: Context, deliveries: Deliveries) -> None:
    """The messages have met their recipients: statuses and timelines say so, and they can be found by their text."""
    message_rows.set_recipients(ctx.tx, deliveries.recipients)
    event_rows.insert(ctx.tx, deliveries.timeline)
    for seq, view in deliveries.views:
        message_rows.insert_view(ctx.tx, seq, view)


def _taken(recipient: Recipient) -> Recipient:
    return Recipient(recipient.address, recipient.kind, DELIVERED) if recipient.status == PENDING else recipient


def _events(ctx: Context, envelope: Envelope) -> list[event_rows.Event]:
    by_domain: dict[str, list[str]] = defaultdict(list)
    for recipient in envelope.recipients:
        if recipient.status == PENDING:
            by_domain[recipient.address.rpartition("@")[2].lower()].append(recipient.address)
    detail = {
        "smtp_response": SMTP_REPLY,
        "processing_time_ms": max(0, round((ctx.now - envelope.accepted_at).total_seconds() * 1000)),
    }
    return [
        event_rows.Event(envelope.seq, events.DELIVERY, tuple(addresses), detail, ctx.now)
        for addresses in by_domain.values()
    ]


def _view(ctx: Context, seq: int) -> View:
    from emulator.ses import mailbox  # with all that reads mail: not before there is some to read

    return mailbox.view_of(message_rows.raw(ctx.tx, seq))
