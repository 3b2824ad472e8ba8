"""Rows of receipts: how a message was received, and what its rules, as they were then, have done with it."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from emulator.store import documents
from emulator.store.engine import Transaction
from emulator.store.receipt_rules import Action
from emulator.store.schema import receipts


class Verdicts(NamedTuple):
    """What SES thinks of a message: `PASS`, `FAIL`, `GRAY`, `PROCESSING_FAILED`, or `DISABLED` where nobody asked."""

    spam: str
    virus: str
    spf: str
    dkim: str
    dmarc: str


class Facts(NamedTuple):
    """What is known of the SMTP session that a message came by, and of its sender."""

    ip: str
    helo: str
    rdns: str | None  # the name that the address leads to
    tls: bool
    mail_from: str  # empty: nobody is told of a bounce
    recipients: tuple[str, ...]
    verdicts: Verdicts
    dmarc_policy: str | None  # of the sender's domain, where DMARC failed
    scanned: bool  # whether a rule asked for it


class PlannedRule(NamedTuple):
    """A rule that matched, as it was then."""

    rule_set: str
    rule: str
    scan_enabled: bool
    recipients: tuple[str, ...]  # those that it matched
    actions: tuple[Action, ...]


class Receipt(NamedTuple):
    """How a message was received, and how far its rules have come."""

    message_seq: int
    facts: Facts
    plan: tuple[PlannedRule, ...]
    added_headers: tuple[tuple[str, str], ...] = ()  # in the order in which actions added them
    rule: int = 0  # of the plan, which runs next
    action: int = 0  # of that rule


_THIS = receipts.c.message_seq == bindparam("this")
# Built once: to build a statement takes longer than to run it.
_GET = select(receipts).where(_THIS)
_LOCKED = _GET.with_for_update()
_SEVERAL = select(receipts).where(receipts.c.message_seq.in_(bindparam("seqs", expanding=True)))
_SEVERAL_LOCKED = _SEVERAL.order_by(receipts.c.message_seq).with_for_update()
_PROCEED = (
    update(receipts)
    .where(_THIS)
    .values(rule=bindparam("next_rule"), action=bindparam("next_action"), added_headers=bindparam("added"))
)


def insert(tx: Transaction, receipt: Receipt) -> None:
    """The receipt is kept."""
    facts = receipt.facts._asdict() | {"verdicts": receipt.facts.verdicts._asdict()}
    row = {
        "message_seq": receipt.message_seq,
        "facts": documents.text(facts),
        "plan": documents.text([_rule_document(each) for each in receipt.plan]),
        "added_headers": documents.text(receipt.added_headers),
        "rule": receipt.rule,
        "action": receipt.action,
    }
    tx.insert(receipts, row)


def get(tx: Transaction, message_seq: int, *, lock: bool = False) -> Receipt | None:
    """The receipt of a message; a locked one changes no more before this commits."""
    row = tx.execute(_LOCKED if lock else _GET, {"this": message_seq}).one_or_none()
    return None if row is None else _receipt(row)


def several(tx: Transaction, message_seqs: Sequence[int], *, lock: bool = False) -> list[Receipt]:
    """The receipts of these messages that are still there; locked ones change no more before this commits."""
    found = tx.execute(_SEVERAL_LOCKED if lock else _SEVERAL, {"seqs": message_seqs})
    return [_receipt(row) for row in found]


def proceed(
    tx: Transaction, message_seq: int, rule: int, action: int, added_headers: Sequence[tuple[str, str]]
) -> None:
    """The rules have come that far, and these headers were added."""
    added = documents.text(added_headers)
    tx.execute(_PROCEED, {"this": message_seq, "next_rule": rule, "next_action": action, "added": added})


def _rule_document(rule: PlannedRule) -> dict[str, Any]:
    return rule._asdict() | {"actions": [{each.type: dict(each.members)} for each in rule.actions]}


def _receipt(row: Any) -> Receipt:
    facts = json.loads(row.facts)
    known = facts | {"recipients": tuple(facts["recipients"]), "verdicts": Verdicts(**facts["verdicts"])}
    return Receipt(
        row.message_seq,
        Facts(**known),
        tuple(_rule(each) for each in json.loads(row.plan)),
        tuple((name, value) for name, value in json.loads(row.added_headers)),
        row.rule,
        row.action,
    )


def _rule(document: dict[str, Any]) -> PlannedRule:
    actions = tuple(Action(*each) for action in document["actions"] for each in action.items())
    return PlannedRule(**(document | {"recipients": tuple(document["recipients"]), "actions": actions}))
