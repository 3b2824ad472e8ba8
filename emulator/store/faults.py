"""Rows of faults: failures that a test asks for."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy import delete as sql_delete

from emulator.store import documents, times
from emulator.store.engine import Transaction
from emulator.store.schema import faults as table

EVERY = ""  # account or region of a fault that is for all of them


class Failure(NamedTuple):
    """How an operation fails; `*` and `SMTP:*` are any of AWS's and any stage of SMTP."""

    operation: str
    code: str | None = None
    status: int | None = None
    message: str | None = None
    delay_ms: int = 0
    drop: str | None = None
    truncate: bool = False


class Fault(NamedTuple):
    """One thing that a test asked for. `account_before`: of a preset that changed the account, what was said of it."""

    seq: int
    account_id: str
    region: str
    preset: str | None
    failures: tuple[Failure, ...]
    matching: Mapping[str, str]
    times: int | None
    probability: float | None
    seed: int
    draws: int
    hits: int
    account_before: Mapping[str, Any] | None
    created_at: datetime


# Of those that can hit something yet.
ACTIVE = (table.c.account_before.is_(None), or_(table.c.times.is_(None), table.c.hits < table.c.times))

_COLUMNS = tuple(table.c[name] for name in Fault._fields)
_ACTIVE = select(*_COLUMNS).where(*ACTIVE).order_by(table.c.seq)
_DELETE = sql_delete(table).where(table.c.seq.in_(bindparam("seqs", expanding=True)))
_DELETE_SPENT = sql_delete(table).where(table.c.hits >= table.c.times)
_DRAW = "UPDATE faults SET draws = draws + 1 WHERE seq = ? AND (times IS NULL OR hits < times) RETURNING draws"
_HIT = "UPDATE faults SET hits = hits + 1 WHERE seq = ? RETURNING hits"


def active(tx: Transaction) -> tuple[Fault, ...]:
    """All that can hit something yet, oldest first."""
    return tuple(_fault(row) for row in tx.execute(_ACTIVE))


def of(tx: Transaction, account_id: str | None, region: str | None, *, everybodys: bool = False) -> list[Fault]:
    """Those of an account and region, where these are given, oldest first; with everybody's, if they are wanted."""
    statement = select(*_COLUMNS).order_by(table.c.seq)
    for column, value in ((table.c.account_id, account_id), (table.c.region, region)):
        if value is not None:
            statement = statement.where(column.in_([value, EVERY] if everybodys else [value]))
    return [_fault(row) for row in tx.execute(statement)]


def get(tx: Transaction, seq: int) -> Fault | None:
    """The fault of that number."""
    row = tx.execute(select(*_COLUMNS).where(table.c.seq == seq)).one_or_none()
    return None if row is None else _fault(row)


def count(tx: Transaction) -> int:
    """How many there are, those that can hit nothing any more among them."""
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def insert(tx: Transaction, new: Fault) -> Fault:
    """The fault is there; the same with its number."""
    tx.changed()
    values = times.columns(new._asdict())
    del values["seq"]
    values["failures"] = documents.text([_said(each) for each in new.failures])
    values["matching"] = documents.text(dict(new.matching))
    values["account_before"] = None if new.account_before is None else documents.text(dict(new.account_before))
    return new._replace(seq=tx.insert(table, values, key="seq"))


def delete(tx: Transaction, faults: Collection[Fault]) -> None:
    """They are gone."""
    tx.changed()
    tx.execute(_DELETE, {"seqs": [each.seq for each in faults]})


def delete_spent(tx: Transaction) -> None:
    """Those that can hit nothing any more are gone."""
    tx.changed()
    tx.execute(_DELETE_SPENT)


def draw(tx: Transaction, seq: int) -> int | None:
    """How often the fault could have hit, with this time; None where it can no longer. Others wait till this ends."""
    row = tx.run(_DRAW, seq).fetchone()
    return None if row is None else int(row[0])


def hit(tx: Transaction, seq: int) -> int:
    """How often the fault hit, with this time."""
    return int(tx.run(_HIT, seq).fetchone()[0])


def _said(failure: Failure) -> dict[str, Any]:
    """The failure without what is as usual."""
    usual = Failure("")
    return {name: value for name, value in failure._asdict().items() if value != getattr(usual, name)}


def _fault(row: Any) -> Fault:
    values = row._asdict()
    values["failures"] = tuple(Failure(**each) for each in json.loads(row.failures))
    values["matching"] = json.loads(row.matching)
    values["account_before"] = None if row.account_before is None else json.loads(row.account_before)
    values["created_at"] = times.from_row(row.created_at)
    return Fault(**values)
