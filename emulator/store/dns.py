"""Rows of DNS records: when each was there."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import dns_records

# Published in the emulated zone by its user, or by SES itself; answered by a real resolver.
ZONE, OWN, SEEN = "zone", "ses", "seen"


class Record(NamedTuple):
    """One value at a name, from `published_at` until `withdrawn_at`."""

    name: str
    type: str
    value: str
    published_at: datetime
    withdrawn_at: datetime | None


def publish(tx: Transaction, name: str, record_type: str, value: str, source: str, now: datetime) -> None:
    """The record is there; from now, unless it was already.

    One that was published in the future is of a clock that was set back since.
    """
    tx.changed()
    here, at = _is(name, record_type, value, source), times.to_row(now)
    published_at = tx.execute(select(dns_records.c.published_at).where(*here)).scalar()
    if published_at is None:
        row = {"name": name, "type": record_type, "value": value, "source": source, "published_at": at}
        tx.execute(sql_insert(dns_records), row)
    elif published_at > at:
        tx.execute(update(dns_records).where(*here).values(published_at=at))


def withdraw(
    tx: Transaction,
    name: str | None,
    record_type: str | None,
    values: Collection[str] | None,
    source: str,
    now: datetime,
) -> int:
    """The records that match, in any of these values, are no longer there from now on; how many they were."""
    tx.changed()
    statement = update(dns_records).where(dns_records.c.source == source, dns_records.c.withdrawn_at.is_(None))
    if name is not None:
        statement = statement.where(dns_records.c.name == name)
    if record_type is not None:
        statement = statement.where(dns_records.c.type == record_type)
    if values is not None:
        statement = statement.where(dns_records.c.value.in_(values))
    return tx.execute(statement.values(withdrawn_at=times.to_row(now))).rowcount


def forget(tx: Transaction) -> None:
    """No record was ever there."""
    tx.changed()
    tx.execute(sql_delete(dns_records))


def present(tx: Transaction, *sources: str) -> list[Record]:
    """The records of these sources that are there now, in the order of their publication."""
    statement = (
        select(dns_records)
        .where(dns_records.c.withdrawn_at.is_(None), dns_records.c.source.in_(sources))
        .order_by(dns_records.c.seq)
    )
    return [_record(row) for row in tx.execute(statement)]


def history(tx: Transaction, name: str, record_type: str, source: str) -> tuple[Record, ...]:
    """Every record that is or was at a name, remembered until the zone changes."""
    return tx.remembered(("dns", name, record_type, source), lambda tx: _history(tx, name, record_type, source))


def _history(tx: Transaction, name: str, record_type: str, source: str) -> tuple[Record, ...]:
    columns = dns_records.c
    statement = (
        select(dns_records)
        .where(columns.name == name, columns.type == record_type, columns.source == source)
        .order_by(columns.seq)
    )
    return tuple(_record(row) for row in tx.execute(statement))


def _is(name: str, record_type: str, value: str, source: str) -> tuple[ColumnElement[bool], ...]:
    columns = dns_records.c
    return (
        columns.name == name,
        columns.type == record_type,
        columns.value == value,
        columns.source == source,
        columns.withdrawn_at.is_(None),
    )


def _record(row: Sequence[Any]) -> Record:
    _seq, name, record_type, value, _source, published_at, withdrawn_at = row
    return Record(name, record_type, value, times.from_row(published_at), times.maybe(withdrawn_at))
