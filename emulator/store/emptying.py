"""All that an account or a region has, gone at once: of every table that says whose its rows are."""

from sqlalchemy import delete

from emulator.store import schema
from emulator.store.engine import Transaction

# Buckets before counts, in the order in which a send takes the two.
_LAST = (schema.token_buckets, schema.send_statistics)
_OF_ACCOUNTS = [table for table in schema.metadata.sorted_tables if {"account_id", "region"} <= set(table.c.keys())]
_TABLES = (schema.messages, *(each for each in _OF_ACCOUNTS if each not in (schema.messages, *_LAST)), *_LAST)


def empty(tx: Transaction, account_id: str | None, region: str | None) -> None:
    """Nothing of the account is left, or of any, in the region, or in all; records of the zone stay.

    What belongs to rows of these tables goes with them.
    """
    tx.changed()
    for table in _TABLES:
        wanted = ((table.c.account_id, account_id), (table.c.region, region))
        tx.execute(delete(table).where(*(column == value for column, value in wanted if value is not None)))
    if account_id is None and region is None:
        tx.execute(delete(schema.sns_subscriptions))
