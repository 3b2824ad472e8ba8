"""Rows of verified identities: facts, never states."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy import delete as sql_delete

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import identities

_ALL = 2**31
# Built once: to build a statement takes longer than to run it.
_AFTER = (
    select(identities)
    .where(
        identities.c.account_id == bindparam("account_id"),
        identities.c.region == bindparam("region"),
        identities.c.seq > bindparam("after_seq"),
    )
    .order_by(identities.c.seq)
    .limit(bindparam("limit"))
)
_OF_TYPE_AFTER = _AFTER.where(identities.c.identity_type == bindparam("identity_type"))


class Identity(NamedTuple):
    """One address or domain of an account in a region."""

    seq: int
    account_id: str
    region: str
    identity: str
    identity_type: str
    created_at: datetime
    started_at: datetime
    confirmed_at: datetime | None
    auto_confirmed_at: datetime | None
    failed_at: datetime | None
    configuration_set: str | None = None  # of sends that name none


def get(tx: Transaction, account_id: str, region: str, identity: str) -> Identity | None:
    """The identity, remembered until any identity changes."""
    return tx.remembered((account_id, region, identity), lambda tx: _load(tx, account_id, region, identity))


def insert(tx: Transaction, account_id: str, region: str, identity: str, identity_type: str, now: datetime) -> Identity:
    """The identity is there, its window begun now, nothing confirmed."""
    tx.changed()
    row = {
        "account_id": account_id,
        "region": region,
        "identity": identity,
        "identity_type": identity_type,
        "created_at": times.to_row(now),
        "started_at": times.to_row(now),
    }
    seq = tx.insert(identities, row, key="seq")
    return Identity(seq, account_id, region, identity, identity_type, now, now, None, None, None)


def set_facts(tx: Transaction, account_id: str, region: str, identity: str, **facts: datetime | None) -> bool:
    """These facts (`started_at`, `confirmed_at`, `auto_confirmed_at`, `failed_at`) hold; False if there is none."""
    tx.changed()
    values = {name: None if time is None else times.to_row(time) for name, time in facts.items()}
    result = tx.execute(update(identities).where(*_is(account_id, region, identity)).values(**values))
    return result.rowcount > 0


def set_configuration_set(tx: Transaction, account_id: str, region: str, identity: str, name: str | None) -> bool:
    """Sends of the identity that name no set have the set of that name; False if there is no such identity."""
    tx.changed()
    statement = update(identities).where(*_is(account_id, region, identity)).values(configuration_set=name)
    return tx.execute(statement).rowcount > 0


def delete(tx: Transaction, account_id: str, region: str, identity: str) -> None:
    """The identity is gone, if it was there."""
    tx.changed()
    tx.execute(sql_delete(identities).where(*_is(account_id, region, identity)))


def after(
    tx: Transaction,
    account_id: str,
    region: str,
    identity_type: str | None,
    *,
    after_seq: int = 0,
    limit: int | None = None,
) -> list[Identity]:
    """Identities in the order of their creation, the first after `after_seq`."""
    values = {"account_id": account_id, "region": region, "after_seq": after_seq, "limit": limit or _ALL}
    if identity_type is None:
        return [_identity(row) for row in tx.execute(_AFTER, values)]
    return [_identity(row) for row in tx.execute(_OF_TYPE_AFTER, values | {"identity_type": identity_type})]


def _is(account_id: str, region: str, identity: str) -> tuple[ColumnElement[bool], ...]:
    columns = identities.c
    return (columns.account_id == account_id, columns.region == region, columns.identity == identity)


def _load(tx: Transaction, account_id: str, region: str, identity: str) -> Identity | None:
    row = tx.execute(select(identities).where(*_is(account_id, region, identity))).one_or_none()
    return None if row is None else _identity(row)


def _identity(row: Sequence[Any]) -> Identity:
    seq, account_id, region, identity, identity_type, *facts = row
    created_at, started_at, confirmed_at, auto_confirmed_at, failed_at, configuration_set = facts
    return Identity(
        seq,
        account_id,
        region,
        identity,
        identity_type,
        times.from_row(created_at),
        times.from_row(started_at),
        times.maybe(confirmed_at),
        times.maybe(auto_confirmed_at),
        times.maybe(failed_at),
        configuration_set,
    )


def count(tx: Transaction, account_id: str, region: str) -> int:
    """How many identities the account has in the region."""
    columns = identities.c
    statement = select(func.count()).where(columns.account_id == account_id, columns.region == region)
    return int(tx.execute(statement).scalar_one())
