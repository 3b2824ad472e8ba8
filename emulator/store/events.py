"""Rows of events: the timeline of each message."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select

from emulator.store import documents, times
from emulator.store.engine import Transaction
from emulator.store.schema import events, messages, publications

_NAMING = (publications.c.name, publications.c.target)


class Filter(NamedTuple):
    """Which events: every field that is set must hold; `destination` is part of the name or target of a publication."""

    account_id: str | None = None
    region: str | None = None
    type: str | None = None
    message_id: str | None = None
    destination: str | None = None


class Event(NamedTuple):
    """Something SES did with a message, for some of its recipients. `seq` is 0 until it is kept."""

    message_seq: int
    type: str
    recipients: tuple[str, ...]
    detail: dict[str, Any]
    created_at: datetime
    seq: int = 0


class News(NamedTuple):
    """An event that others are told of, and the message that it happened to, as far as it says who they are."""

    event_seq: int
    type: str
    created_at: datetime
    message_seq: int
    id: str
    account_id: str
    region: str
    configuration_set: str | None
    source_arn: str | None


_NEWS = (
    "SELECT events.seq, events.type, events.created_at, messages.seq, "  # noqa: S608 - names of the schema
    + ", ".join(f"messages.{name}" for name in News._fields[4:])
    + " FROM events JOIN messages ON messages.seq = events.message_seq WHERE events.seq IN ({}) ORDER BY events.seq"
)
_SEVERAL = select(events).where(events.c.seq.in_(bindparam("seqs", expanding=True)))
_TYPES = (
    select(events.c.message_seq, events.c.type)
    .where(events.c.message_seq.in_(bindparam("seqs", expanding=True)))
    .group_by(events.c.message_seq, events.c.type)
    .order_by(func.min(events.c.seq))
)


def insert(tx: Transaction, event: Event) -> int:
    """The event is kept; its `seq`."""
    row = {
        "message_seq": event.message_seq,
        "type": event.type,
        "recipients": documents.text(event.recipients),
        "detail": documents.text(event.detail),
        "created_at": times.to_row(event.created_at),
    }
    return tx.insert(events, row, key="seq")


def several(tx: Transaction, seqs: Sequence[int]) -> list[Event]:
    """The events that are still there."""
    return [_event(row) for row in tx.execute(_SEVERAL, {"seqs": seqs})]


def news(tx: Transaction, seqs: Sequence[int]) -> list[News]:
    """The events that are still there, oldest first."""
    rows = map(News._make, tx.run(_NEWS.format(", ".join("?" * len(seqs))), *seqs)) if seqs else ()
    return [row._replace(created_at=times.from_row(row.created_at)) for row in rows]  # type: ignore[arg-type]


def of_message(tx: Transaction, message_seq: int) -> list[Event]:
    """The timeline of a message, oldest first."""
    statement = select(events).where(events.c.message_seq == message_seq).order_by(events.c.seq)
    return [_event(row) for row in tx.execute(statement)]


def types(tx: Transaction, message_seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What happened to each of the messages, whatever how often, in the order in which it first did."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(message_seqs, ())
    for row in tx.execute(_TYPES, {"seqs": message_seqs}):
        found[row.message_seq] += (row.type,)
    return found


def page(tx: Transaction, wanted: Filter, before_seq: int | None, limit: int) -> list[Event]:
    """Events that match, newest first."""
    statement = select(events).join(messages, messages.c.seq == events.c.message_seq)
    for column, value in (
        (messages.c.account_id, wanted.account_id),
        (messages.c.region, wanted.region),
        (messages.c.id, wanted.message_id),
        (events.c.type, wanted.type),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.destination is not None:
        named = (column.contains(wanted.destination, autoescape=True) for column in _NAMING)
        statement = statement.where(exists().where(publications.c.event_seq == events.c.seq, or_(*named)))
    if before_seq is not None:
        statement = statement.where(events.c.seq < before_seq)
    return [_event(row) for row in tx.execute(statement.order_by(events.c.seq.desc()).limit(limit))]


def _event(row: Any) -> Event:
    return Event(
        row.message_seq,
        row.type,
        tuple(json.loads(row.recipients)),
        json.loads(row.detail),
        times.from_row(row.created_at),
        row.seq,
    )
