"""Rows of events: the timeline of each message."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import events


class Event(NamedTuple):
    """Something SES did with a message, for some of its recipients. `seq` is 0 until it is kept."""

    message_seq: int
    type: str
    recipients: tuple[str, ...]
    detail: dict[str, Any]
    created_at: datetime
    seq: int = 0


def insert(tx: Transaction, new: Sequence[Event]) -> None:
    """The events are kept."""
    for event in new:
        tx.insert(
            events,
            {
                "message_seq": event.message_seq,
                "type": event.type,
                "recipients": _json(event.recipients),
                "detail": _json(event.detail),
                "created_at": times.to_row(event.created_at),
            },
        )


def of_message(tx: Transaction, message_seq: int) -> list[Event]:
    """The timeline of a message, oldest first."""
    statement = select(events).where(events.c.message_seq == message_seq).order_by(events.c.seq)
    return [
        Event(
            row.message_seq,
            row.type,
            tuple(json.loads(row.recipients)),
            json.loads(row.detail),
            times.from_row(row.created_at),
            row.seq,
        )
        for row in tx.execute(statement)
    ]


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
