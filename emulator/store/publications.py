"""Rows of publications: calls to other services that tell of events, or of what SES sets up."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from emulator.store import documents, times
from emulator.store.engine import Transaction
from emulator.store.schema import publications

PENDING, PUBLISHED, RECORDED, DEAD = "pending", "published", "recorded", "dead"


class Attempt(NamedTuple):
    """One try to publish; without an error it was the last."""

    at: datetime
    error: str | None


class Publication(NamedTuple):
    """One call: who wants it (`name` of a `channel`), to what of which service, where it goes, what became of it.

    `detail` is what its content follows from beside the event. `seq` is 0 until it is kept.
    """

    account_id: str
    region: str
    message_seq: int | None
    event_seq: int | None
    channel: str
    name: str
    service: str
    target: str
    via: str | None  # None: it stays here
    detail: dict[str, Any]
    state: str
    attempts: tuple[Attempt, ...]
    created_at: datetime
    seq: int = 0

    @property
    def lane(self) -> str:
        """Whose work it is: one that is not there holds up no other."""
        return lane(self.via or "", self.target)


_NEW = Publication._fields[:-1]  # all but `seq`
_THIS = publications.c.seq == bindparam("this")
_GET = select(publications).where(_THIS)
_SET = update(publications).where(_THIS).values(state=bindparam("new_state"), attempts=bindparam("new_attempts"))
_OF_EVENTS = (
    select(publications)
    .where(publications.c.event_seq.in_(bindparam("seqs", expanding=True)))
    .order_by(publications.c.seq)
)


def lane(via: str, target: str) -> str:
    """The lane of all that goes there for that target."""
    return f"{via} {target}"


def insert(tx: Transaction, publication: Publication) -> int:
    """The publication is kept; its `seq`."""
    return tx.insert(publications, row(publication), key="seq")


def keep(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """These rows are kept, of publications that no work is about: nobody asks for their `seq`."""
    tx.insert_many(publications, rows)


def row(publication: Publication) -> dict[str, Any]:
    """The publication as a row, without its `seq`."""
    row = dict(zip(_NEW, publication, strict=False))
    row["detail"] = documents.text(publication.detail) if publication.detail else "{}"
    row["attempts"] = _attempts_text(publication.attempts) if publication.attempts else "[]"
    row["created_at"] = times.to_row(publication.created_at)
    return row


def get(tx: Transaction, seq: int) -> Publication | None:
    """The publication, if it is still there."""
    row = tx.execute(_GET, {"this": seq}).one_or_none()
    return None if row is None else _publication(row)


def of_events(tx: Transaction, event_seqs: Sequence[int]) -> list[Publication]:
    """All that was published of these events, oldest first."""
    return [_publication(row) for row in tx.execute(_OF_EVENTS, {"seqs": event_seqs})]


def page(
    tx: Transaction,
    account_id: str | None,
    region: str | None,
    channel: str | None,
    state: str | None,
    before: int | None,
    limit: int,
) -> list[Publication]:
    """The newest publications for which all that is given holds, older than the one of that `seq`."""
    columns = publications.c
    wanted = {"account_id": account_id, "region": region, "channel": channel, "state": state}
    statement = select(publications).where(*(columns[name] == value for name, value in wanted.items() if value))
    if before is not None:
        statement = statement.where(columns.seq < before)
    return [_publication(row) for row in tx.execute(statement.order_by(columns.seq.desc()).limit(limit))]


def by_state(tx: Transaction) -> dict[str, int]:
    """How many publications there are in each state."""
    found = tx.execute(select(publications.c.state, func.count().label("number")).group_by(publications.c.state))
    return dict.fromkeys((PENDING, PUBLISHED, RECORDED, DEAD), 0) | {row.state: int(row.number) for row in found}


def is_pending(tx: Transaction, channel: str, via: str, target: str) -> bool:
    """Whether any such publication is on its way."""
    wanted = {"channel": channel, "via": via, "target": target, "state": PENDING}
    conditions = (publications.c[name] == value for name, value in wanted.items())
    return tx.execute(select(publications.c.seq).where(*conditions).limit(1)).first() is not None


def attempted(tx: Transaction, publication: Publication, state: str, attempt: Attempt) -> None:
    """It was tried, and this is its state now."""
    _set(tx, publication, state, (*publication.attempts, attempt))


def begin_again(tx: Transaction, publication: Publication) -> None:
    """It is to be published, as if it never was; earlier attempts stand."""
    _set(tx, publication, PENDING, publication.attempts)


def _set(tx: Transaction, publication: Publication, state: str, attempts: Sequence[Attempt]) -> None:
    tx.execute(_SET, {"this": publication.seq, "new_state": state, "new_attempts": _attempts_text(attempts)})


def _publication(row: Any) -> Publication:
    values = {name: getattr(row, name) for name in Publication._fields}
    attempts = tuple(Attempt(times.from_row(each["at"]), each["error"]) for each in json.loads(row.attempts))
    values |= {"detail": json.loads(row.detail), "attempts": attempts, "created_at": times.from_row(row.created_at)}
    return Publication(**values)


def _attempts_text(attempts: Sequence[Attempt]) -> str:
    return documents.text([times.columns(each._asdict()) for each in attempts])
