"""Rows of suppressed destinations: whom SES sends nothing, on the list of an account or on the one all share."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy import delete as sql_delete

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import suppressed_destinations

SHARED = ""  # account and region of the list that all accounts share


class SuppressedDestination(NamedTuple):
    """One address on a list; `message_id` and `feedback_id` are of what put it there, where mail did."""

    account_id: str
    region: str
    address: str
    reason: str
    message_id: str | None
    feedback_id: str | None
    updated_at: datetime


_COLUMNS = tuple(suppressed_destinations.c[name] for name in SuppressedDestination._fields)
_AMONG = select(*_COLUMNS).where(
    suppressed_destinations.c.account_id.in_(bindparam("accounts", expanding=True)),
    suppressed_destinations.c.region.in_(bindparam("regions", expanding=True)),
    suppressed_destinations.c.address.in_(bindparam("addresses", expanding=True)),
)
_PUT = (
    f"INSERT INTO suppressed_destinations ({', '.join(SuppressedDestination._fields)}) "  # noqa: S608 - of the schema
    f"VALUES ({', '.join('?' for _ in SuppressedDestination._fields)}) ON CONFLICT (account_id, region, address) "
    f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in SuppressedDestination._fields[3:])}"
)


def among(
    tx: Transaction, accounts: Collection[str], regions: Collection[str], addresses: Collection[str]
) -> list[SuppressedDestination]:
    """Those of the addresses that are on a list of one of the accounts in one of the regions."""
    values = {"accounts": list(accounts), "regions": list(regions), "addresses": list(addresses)}
    return [_destination(row) for row in tx.execute(_AMONG, values)]


def of_list(tx: Transaction, account_id: str, region: str) -> list[SuppressedDestination]:
    """The whole list, in the order in which its addresses came to it."""
    columns = suppressed_destinations.c
    statement = select(*_COLUMNS).where(columns.account_id == account_id, columns.region == region)
    return [_destination(row) for row in tx.execute(statement.order_by(columns.seq))]


def put(tx: Transaction, destination: SuppressedDestination) -> None:
    """The address is on its list, for this reason."""
    tx.run(_PUT, *times.columns(destination._asdict()).values())


def delete(tx: Transaction, account_id: str, region: str, address: str) -> bool:
    """The address is not on the list; whether it was."""
    columns = suppressed_destinations.c
    key = (columns.account_id == account_id, columns.region == region, columns.address == address)
    return tx.execute(sql_delete(suppressed_destinations).where(*key)).rowcount > 0


def _destination(row: Any) -> SuppressedDestination:
    return SuppressedDestination._make((*row[:-1], times.from_row(row.updated_at)))
