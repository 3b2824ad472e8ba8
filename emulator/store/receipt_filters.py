"""Rows of IP address filters."""

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy import delete as sql_delete

from emulator.store.engine import Transaction
from emulator.store.schema import receipt_filters as table


class ReceiptFilter(NamedTuple):
    """One IP address filter of an account in a region."""

    name: str
    policy: str  # `Allow` or `Block`
    cidr: str  # as it was given


_HERE = (table.c.account_id == bindparam("this_account"), table.c.region == bindparam("this_region"))
# Built once: to build a statement takes longer than to run it.
_OF = select(*(table.c[field] for field in ReceiptFilter._fields)).where(*_HERE)
_DELETE = sql_delete(table).where(*_HERE, table.c.name == bindparam("this_name"))


def of(tx: Transaction, account_id: str, region: str) -> list[ReceiptFilter]:
    """The account's filters in the region, in the order of their names."""
    rows = tx.execute(_OF, _here(account_id, region))
    return sorted(map(ReceiptFilter._make, rows))  # not by the database, which may sort as its language does


def insert(tx: Transaction, account_id: str, region: str, new: ReceiptFilter) -> None:
    """The filter is there."""
    tx.changed()
    tx.insert(table, {"account_id": account_id, "region": region, **new._asdict()})


def delete(tx: Transaction, account_id: str, region: str, name: str) -> None:
    """The filter is gone, if it was there."""
    tx.changed()
    tx.execute(_DELETE, {**_here(account_id, region), "this_name": name})


def _here(account_id: str, region: str) -> dict[str, str]:
    return {"this_account": account_id, "this_region": region}
