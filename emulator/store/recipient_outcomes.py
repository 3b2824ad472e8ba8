"""Rows of standing outcomes: what becomes of every message to an address, or to a whole domain as `@domain`."""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy import delete as sql_delete

from emulator.store.engine import Transaction
from emulator.store.schema import recipient_outcomes


class RecipientOutcome(NamedTuple):
    """What becomes of every message of one account and region to an address."""

    account_id: str
    region: str
    address: str
    outcome: str
    detail: Mapping[str, str]


_COLUMNS = tuple(recipient_outcomes.c[name] for name in RecipientOutcome._fields)
_AMONG = select(*_COLUMNS).where(
    recipient_outcomes.c.account_id.in_(bindparam("accounts", expanding=True)),
    recipient_outcomes.c.region.in_(bindparam("regions", expanding=True)),
    recipient_outcomes.c.address.in_(bindparam("addresses", expanding=True)),
)
_PUT = (
    f"INSERT INTO recipient_outcomes ({', '.join(RecipientOutcome._fields)}) "  # noqa: S608 - names of the schema
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (account_id, region, address) "
    "DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail"
)


def among(
    tx: Transaction, accounts: Collection[str], regions: Collection[str], addresses: Collection[str]
) -> list[RecipientOutcome]:
    """What was said of these addresses in one of the accounts and regions."""
    values = {"accounts": list(accounts), "regions": list(regions), "addresses": list(addresses)}
    return [_outcome(row) for row in tx.execute(_AMONG, values)]


def of_account(tx: Transaction, account_id: str, region: str) -> list[RecipientOutcome]:
    """All that was said in the account and region, by address."""
    columns = recipient_outcomes.c
    statement = select(*_COLUMNS).where(columns.account_id == account_id, columns.region == region)
    return [_outcome(row) for row in tx.execute(statement.order_by(columns.address))]


def put(tx: Transaction, outcome: RecipientOutcome) -> None:
    """This becomes of messages to the address from now on."""
    tx.run(_PUT, *outcome[:-1], json.dumps(outcome.detail))


def delete(tx: Transaction, account_id: str, region: str, address: str) -> bool:
    """Nothing is said of the address; whether something was."""
    columns = recipient_outcomes.c
    key = (columns.account_id == account_id, columns.region == region, columns.address == address)
    return tx.execute(sql_delete(recipient_outcomes).where(*key)).rowcount > 0


def _outcome(row: Any) -> RecipientOutcome:
    return RecipientOutcome._make((*row[:-1], json.loads(row.detail)))
