"""What is new in the tables of messages and events, for those who look again and again: as little work as can be."""

from typing import NamedTuple

from emulator.store.engine import Transaction


class NewMessage(NamedTuple):
    """A message that was kept."""

    seq: int
    id: str
    account_id: str
    region: str
    direction: str


class NewEvent(NamedTuple):
    """An event that was kept, and the message that it happened to."""

    seq: int
    type: str
    message_id: str
    account_id: str
    region: str


_NEWEST = "SELECT (SELECT MAX(seq) FROM messages), (SELECT MAX(seq) FROM events)"
_COUNT = "SELECT COUNT(*) FROM messages"
_MESSAGES = f"SELECT {', '.join(NewMessage._fields)} FROM messages WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
_EVENTS = (
    "SELECT events.seq, events.type, messages.id, messages.account_id, messages.region FROM events "
    "JOIN messages ON messages.seq = events.message_seq WHERE events.seq > ? ORDER BY events.seq LIMIT ?"
)


def newest(tx: Transaction) -> tuple[int, int]:
    """The `seq` of the newest message and of the newest event; 0 where there is none."""
    message_seq, event_seq = tx.run(_NEWEST).fetchone()
    return message_seq or 0, event_seq or 0


def count(tx: Transaction) -> int:
    """How many messages there are."""
    return int(tx.run(_COUNT).fetchone()[0])


def messages_after(tx: Transaction, seq: int, limit: int) -> list[NewMessage]:
    """The messages after a `seq`, oldest first."""
    return [NewMessage._make(row) for row in tx.run(_MESSAGES, seq, limit)]


def events_after(tx: Transaction, seq: int, limit: int) -> list[NewEvent]:
    """The events after a `seq`, oldest first."""
    return [NewEvent._make(row) for row in tx.run(_EVENTS, seq, limit)]
