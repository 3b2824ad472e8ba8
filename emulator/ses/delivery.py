"""What happens to each recipient of an accepted message. Every ordinary address takes it."""

from collections import defaultdict
from collections.abc import Sequence

from emulator.context import Context
from emulator.ses import events
from emulator.ses.tasks import DeliverMessage
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.messages import Recipient

PENDING, DELIVERED = "pending", "delivered"
# Source: the form of a reply in recorded Delivery events; every receiving server words its own.
SMTP_REPLY = "250 2.0.0 OK"


def deliver(ctx: Context, delivered: Sequence[DeliverMessage]) -> None:
    """The messages have met their recipients: statuses and timelines say so. A deleted one is passed over.

    One Delivery event for each receiving domain. Unverified: that grouping, which the guide leaves open.
    """
    changes: list[tuple[int, tuple[Recipient, ...]]] = []
    timeline: list[event_rows.Event] = []
    for message in message_rows.envelopes(ctx.tx, [task.message_seq for task in delivered]):
        by_domain: dict[str, list[str]] = defaultdict(list)
        for recipient in message.recipients:
            if recipient.status == PENDING:
                by_domain[recipient.address.rpartition("@")[2].lower()].append(recipient.address)
        detail = {
            "smtp_response": SMTP_REPLY,
            "processing_time_ms": max(0, round((ctx.now - message.accepted_at).total_seconds() * 1000)),
        }
        timeline += [
            event_rows.Event(message.seq, events.DELIVERY, tuple(addresses), detail, ctx.now)
            for addresses in by_domain.values()
        ]
        changes.append((message.seq, tuple(_delivered(recipient) for recipient in message.recipients)))
    message_rows.set_recipients(ctx.tx, changes)
    event_rows.insert(ctx.tx, timeline)


def _delivered(recipient: Recipient) -> Recipient:
    return Recipient(recipient.address, recipient.kind, DELIVERED) if recipient.status == PENDING else recipient
