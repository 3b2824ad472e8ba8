"""What SES did with a message, one row each: the message's timeline. Whoever wants to know an event is told later."""

from collections.abc import Sequence
from typing import Any

from emulator.context import Context
from emulator.ses import listeners, tasks
from emulator.ses.listeners import Origin
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.events import Event

SEND, DELIVERY, BOUNCE, COMPLAINT, REJECT = "Send", "Delivery", "Bounce", "Complaint", "Reject"
OPEN, CLICK, DELIVERY_DELAY = "Open", "Click", "DeliveryDelay"
# Source: recorded, with its space.
RENDERING_FAILURE = "Rendering Failure"
RELAY, RELAY_FAILURE = "Relay", "RelayFailure"  # ours
RECEIPT_ACTION = "ReceiptAction"  # ours: an action of a rule was run, or tried


def record(ctx: Context, message_seq: int, event_type: str, recipients: Sequence[str], **detail: Any) -> None:
    """The event stands in the message's timeline, if there is the message."""
    message = message_rows.of_seq(ctx.tx, message_seq)
    if message:
        keep(ctx, message, Event(message_seq, event_type, tuple(recipients), detail, ctx.now))


def keep(ctx: Context, origin: Origin, event: Event) -> None:
    """The event stands in the timeline of its message, which came from there."""
    seq = event_rows.insert(ctx.tx, event)
    if listeners.any_of(ctx, origin, event.type):
        there = ctx._replace(account_id=origin.account_id, region=origin.region)
        tasks.add(there, tasks.AnnounceEvent(seq, origin.id))
