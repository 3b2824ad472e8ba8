"""What SES did with a message, one row each: the message's timeline."""

from collections.abc import Sequence
from typing import Any

from emulator.context import Context
from emulator.store import events as event_rows

SEND, DELIVERY, BOUNCE, COMPLAINT, REJECT = "Send", "Delivery", "Bounce", "Complaint", "Reject"
OPEN, CLICK, DELIVERY_DELAY = "Open", "Click", "DeliveryDelay"
# Source: recorded, with its space.
RENDERING_FAILURE = "Rendering Failure"
RELAY, RELAY_FAILURE = "Relay", "RelayFailure"  # ours


def record(ctx: Context, message_seq: int, event_type: str, recipients: Sequence[str], **detail: Any) -> None:
    """The event stands in the message's timeline."""
    event_rows.insert(ctx.tx, [event_rows.Event(message_seq, event_type, tuple(recipients), detail, ctx.now)])
