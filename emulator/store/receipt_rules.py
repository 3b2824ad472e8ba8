"""Rows of receipt rules, in the order in which the rules of a set run."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert

from emulator.store.engine import Transaction
from emulator.store.schema import receipt_rules as table


class Action(NamedTuple):
    """What a rule does with a message."""

    type: str  # `S3Action`, or another of AWS's model
    members: Mapping[str, str]  # by the model's names


class ReceiptRule(NamedTuple):
    """One rule of a receipt rule set."""

    name: str
    enabled: bool
    tls_policy: str
    scan_enabled: bool
    recipients: tuple[str, ...]  # conditions, sorted and in lower case; empty: every recipient
    actions: tuple[Action, ...]
    seq: int = 0
    position: int = 0


_OF_SET = table.c.rule_set_seq == bindparam("rule_set")
_THIS = table.c.seq == bindparam("this")
# What a copy has beside the set that it belongs to.
_COPIED = [column for column in table.c if column.name not in ("seq", "rule_set_seq")]
# Built once: to build a statement takes longer than to run it.
_OF = select(table).where(_OF_SET).order_by(table.c.position)
_FIND = select(table).where(_OF_SET, table.c.name == bindparam("rule_name"))
_SHIFT = update(table).where(_OF_SET, table.c.position > bindparam("behind")).values({"position": table.c.position + 1})
_PLACE = update(table).where(_THIS).values(position=bindparam("place"))
_FIRST = select(func.min(table.c.position)).where(_OF_SET)


def of(tx: Transaction, rule_set_seq: int) -> tuple[ReceiptRule, ...]:
    """The rules of a set in their order."""
    return tuple(of_row(row) for row in tx.execute(_OF, {"rule_set": rule_set_seq}))


def get(tx: Transaction, rule_set_seq: int, name: str) -> ReceiptRule | None:
    """The rule of that name."""
    row = tx.execute(_FIND, {"rule_set": rule_set_seq, "rule_name": name}).one_or_none()
    return of_row(row) if row else None


def insert(tx: Transaction, rule_set_seq: int, new: ReceiptRule, after: ReceiptRule | None) -> None:
    """The rule is there, behind that one or before all others."""
    tx.changed()
    position = _room(tx, rule_set_seq, after)
    tx.insert(table, {"rule_set_seq": rule_set_seq, "position": position, **_values(new)})


def replace(tx: Transaction, seq: int, new: ReceiptRule) -> None:
    """The rule is as given, in the place where it was."""
    tx.changed()
    tx.execute(update(table).where(_THIS).values(**_values(new)), {"this": seq})


def move(tx: Transaction, rule_set_seq: int, seq: int, after: ReceiptRule | None) -> None:
    """The rule stands behind that one or before all others."""
    tx.changed()
    tx.execute(_PLACE, {"this": seq, "place": _room(tx, rule_set_seq, after)})


def reorder(tx: Transaction, seqs: Sequence[int]) -> None:
    """The rules, all of one set, stand in this order."""
    tx.changed()
    if seqs:
        tx.execute(_PLACE, [{"this": seq, "place": place} for place, seq in enumerate(seqs)])


def copy(tx: Transaction, rule_set_seq: int, into: int) -> None:
    """The set `into`, which had none, has rules of its own that are like those of the other."""
    tx.changed()
    theirs = select(literal(into), *_COPIED).where(_OF_SET)
    tx.execute(sql_insert(table).from_select(["rule_set_seq", *_COPIED], theirs), {"rule_set": rule_set_seq})


def delete(tx: Transaction, rule_set_seq: int, name: str) -> None:
    """The rule is gone, if it was there."""
    tx.changed()
    statement = sql_delete(table).where(_OF_SET, table.c.name == bindparam("rule_name"))
    tx.execute(statement, {"rule_set": rule_set_seq, "rule_name": name})


def of_row(row: Sequence[Any]) -> ReceiptRule:
    """The rule that a row of the table keeps."""
    seq, _, position, name, enabled, tls_policy, scan_enabled, recipients, actions = row
    return ReceiptRule(
        name,
        enabled,
        tls_policy,
        scan_enabled,
        tuple(json.loads(recipients)),
        tuple(Action(*each) for action in json.loads(actions) for each in action.items()),
        seq,
        position,
    )


def _room(tx: Transaction, rule_set_seq: int, after: ReceiptRule | None) -> int:
    """A free position behind that rule, or before all others."""
    if after is None:
        first = tx.execute(_FIRST, {"rule_set": rule_set_seq}).scalar_one()
        return 0 if first is None else int(first) - 1
    tx.execute(_SHIFT, {"rule_set": rule_set_seq, "behind": after.position})
    return after.position + 1


def _values(new: ReceiptRule) -> dict[str, Any]:
    return {
        "name": new.name,
        "enabled": new.enabled,
        "tls_policy": new.tls_policy,
        "scan_enabled": new.scan_enabled,
        "recipients": json.dumps(new.recipients),
        "actions": json.dumps([{action.type: action.members} for action in new.actions]),
    }
