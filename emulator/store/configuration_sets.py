"""Rows of configuration sets."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy import delete as sql_delete

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import configuration_sets as table


class ConfigurationSet(NamedTuple):
    """One configuration set of an account in a region."""

    seq: int
    name: str
    sending_enabled: bool
    reputation_metrics_enabled: bool
    last_fresh_start_at: datetime | None
    custom_redirect_domain: str | None
    tls_policy: str | None
    created_at: datetime


class Listed(NamedTuple):
    """A set as lists have it."""

    seq: int
    name: str


_HERE = (table.c.account_id == bindparam("this_account"), table.c.region == bindparam("this_region"))
_THIS = table.c.seq == bindparam("this")
# Built once: to build a statement takes longer than to run it.
_GET = select(*(table.c[field] for field in ConfigurationSet._fields)).where(
    *_HERE, table.c.name == bindparam("this_name")
)
_AFTER = (
    select(table.c.seq, table.c.name)
    .where(*_HERE, table.c.seq > bindparam("after_seq"))
    .order_by(table.c.seq)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(table).where(*_HERE)


def get(tx: Transaction, account_id: str, region: str, name: str) -> ConfigurationSet | None:
    """The set of that name, remembered until any configuration changes."""
    return tx.remembered(
        ("configuration set", account_id, region, name), lambda tx: _load(tx, account_id, region, name)
    )


def after(tx: Transaction, account_id: str, region: str, seq: int, limit: int) -> list[Listed]:
    """Sets in the order of their creation, the first after `seq`."""
    values = {"this_account": account_id, "this_region": region, "after_seq": seq, "most": limit}
    return [Listed._make(row) for row in tx.execute(_AFTER, values)]


def count(tx: Transaction, account_id: str, region: str) -> int:
    """How many sets the account has in the region."""
    return int(tx.execute(_COUNT, {"this_account": account_id, "this_region": region}).scalar_one())


def insert(tx: Transaction, account_id: str, region: str, name: str, now: datetime) -> None:
    """The set is there: it sends, and has no options and no destinations."""
    tx.changed()
    row = {
        "account_id": account_id,
        "region": region,
        "name": name,
        "sending_enabled": True,
        "reputation_metrics_enabled": False,
        "created_at": times.to_row(now),
    }
    tx.insert(table, row)


def put(tx: Transaction, seq: int, **values: str | bool | datetime | None) -> None:
    """These hold of the set from now on; all else stands."""
    tx.changed()
    tx.execute(update(table).where(_THIS).values(**times.columns(values)), {"this": seq})


def delete(tx: Transaction, seq: int) -> None:
    """The set is gone, and its destinations and counts with it."""
    tx.changed()
    tx.execute(sql_delete(table).where(_THIS), {"this": seq})


def _load(tx: Transaction, account_id: str, region: str, name: str) -> ConfigurationSet | None:
    wanted = {"this_account": account_id, "this_region": region, "this_name": name}
    row = tx.execute(_GET, wanted).one_or_none()
    if row is None:
        return None
    return ConfigurationSet._make(row)._replace(
        last_fresh_start_at=times.maybe(row.last_fresh_start_at), created_at=times.from_row(row.created_at)
    )
