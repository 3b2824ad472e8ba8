"""Rows of receipt rule sets; at most one of an account in a region is active."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy import delete as sql_delete

from emulator.store import receipt_rules, times
from emulator.store.engine import Transaction
from emulator.store.receipt_rules import ReceiptRule
from emulator.store.schema import receipt_rule_sets as table
from emulator.store.schema import receipt_rules as rules_table


class ReceiptRuleSet(NamedTuple):
    """One receipt rule set of an account in a region, without its rules."""

    seq: int
    account_id: str
    region: str
    name: str
    active: bool
    created_at: datetime


class ActiveRuleSet(NamedTuple):
    """The active set of an account in a region, and its rules in their order."""

    rule_set: ReceiptRuleSet
    rules: tuple[ReceiptRule, ...]


_HERE = (table.c.account_id == bindparam("this_account"), table.c.region == bindparam("this_region"))
_THIS = table.c.seq == bindparam("this")
# Built once: to build a statement takes longer than to run it.
_GET = select(table).where(*_HERE, table.c.name == bindparam("this_name"))
_OF = select(table).where(*_HERE)
# With the rules, a row each; what is read at one instant fits together.
_ALL_ACTIVE = (
    select(table, rules_table)
    .outerjoin(rules_table, rules_table.c.rule_set_seq == table.c.seq)
    .where(table.c.active)
    .order_by(table.c.seq, rules_table.c.position)
)
_ACTIVE = _ALL_ACTIVE.where(*_HERE)


def get(tx: Transaction, account_id: str, region: str, name: str) -> ReceiptRuleSet | None:
    """The set of that name."""
    row = tx.execute(_GET, {**_here(account_id, region), "this_name": name}).one_or_none()
    return _rule_set(row) if row else None


def of(tx: Transaction, account_id: str, region: str) -> list[ReceiptRuleSet]:
    """The account's sets in the region, in the order of their names."""
    found = map(_rule_set, tx.execute(_OF, _here(account_id, region)))
    return sorted(found, key=lambda each: each.name)  # not by the database, which may sort as its language does


def active(tx: Transaction, account_id: str, region: str) -> ActiveRuleSet | None:
    """The active set, remembered until any configuration changes."""

    def load(tx: Transaction) -> ActiveRuleSet | None:
        return next(iter(_with_rules(tx.execute(_ACTIVE, _here(account_id, region)))), None)

    return tx.remembered(("active receipt rule set", account_id, region), load)


def all_active(tx: Transaction) -> tuple[ActiveRuleSet, ...]:
    """The active sets of all accounts and regions, the oldest first, remembered until any configuration changes."""
    return tx.remembered("active receipt rule sets", lambda tx: _with_rules(tx.execute(_ALL_ACTIVE)))


def insert(tx: Transaction, account_id: str, region: str, name: str, now: datetime) -> int:
    """The set is there, without rules and not active; its number."""
    tx.changed()
    row = {
        "account_id": account_id,
        "region": region,
        "name": name,
        "active": False,
        "created_at": times.to_row(now),
    }
    return tx.insert(table, row, key="seq")


def activate(tx: Transaction, account_id: str, region: str, seq: int | None) -> None:
    """This set and no other is active; none is, where none is given."""
    tx.changed()
    statement = update(table).where(*_HERE).values(active=table.c.seq == bindparam("this"))
    tx.execute(statement, {**_here(account_id, region), "this": 0 if seq is None else seq})


def delete(tx: Transaction, seq: int) -> None:
    """The set is gone, and its rules with it."""
    tx.changed()
    tx.execute(sql_delete(table).where(_THIS), {"this": seq})


def _with_rules(rows: Iterable[Sequence[Any]]) -> tuple[ActiveRuleSet, ...]:
    width = len(ReceiptRuleSet._fields)
    found = groupby(rows, key=lambda row: tuple(row[:width]))
    return tuple(
        ActiveRuleSet(_rule_set(rule_set), tuple(receipt_rules.of_row(row[width:]) for row in its if row[width]))
        for rule_set, its in found
    )


def _rule_set(row: Sequence[Any]) -> ReceiptRuleSet:
    return ReceiptRuleSet._make(row)._replace(created_at=times.from_row(row[-1]))


def _here(account_id: str, region: str) -> Mapping[str, str]:
    return {"this_account": account_id, "this_region": region}
