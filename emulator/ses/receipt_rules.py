"""Receipt rules: kept in the order in which they run, and which of a message's recipients each one matches."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import errors, limits, receipt_actions, receipt_rule_sets, receipt_targets
from emulator.store import receipt_rules as rows
from emulator.store.receipt_rules import ReceiptRule

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# Source: recorded, with examples of both kinds.
_RECIPIENT = re.compile(rf"(?:[^\s@]+@|\.)?{_LABEL}(?:\.{_LABEL})+\Z")


class Match(NamedTuple):
    """A rule, and those of a message's recipients that it matches."""

    rule: ReceiptRule
    recipients: tuple[str, ...]


def create(ctx: Context, rule_set_name: str, rule: ReceiptRule, after: str | None) -> None:
    """The rule is there: behind the one that is named, or before all others. Source: recorded, the order of checks too.

    Unverified: that recipients and header fields are looked at before the set.
    """
    _check(rule_set_name, rule)
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    rule_set = receipt_rule_sets.named(ctx, rule_set_name)
    rules = {each.name: each for each in rows.of(ctx.tx, rule_set.seq)}
    if rule.name in rules:
        raise errors.RuleAlreadyExists(Name=rule.name)
    if len(rules) >= limits.RULES_PER_SET:
        raise errors.TooManyRules
    if after is not None and after not in rules:
        raise errors.RuleDoesNotExist(Name=after)
    telling = receipt_targets.reach(ctx, rule.actions)
    rows.insert(ctx.tx, rule_set.seq, _completed(rule), rules[after] if after is not None else None)
    receipt_targets.tell(ctx, rule_set.name, rule.name, telling)


def update(ctx: Context, rule_set_name: str, rule: ReceiptRule) -> None:
    """The rule is as given, all of it, in the place where it was. Source: recorded."""
    _check(rule_set_name, rule)
    ctx.tx.changed()
    rule_set = receipt_rule_sets.named(ctx, rule_set_name)
    found = _named(ctx, rule_set.seq, rule.name)
    telling = receipt_targets.reach(ctx, rule.actions)
    rows.replace(ctx.tx, found.seq, _completed(rule))
    receipt_targets.tell(ctx, rule_set.name, rule.name, telling)


def delete(ctx: Context, rule_set_name: str, name: str) -> None:
    """The rule is gone, if it was there. Source: recorded."""
    receipt_rule_sets.check_name(rule_set_name)
    check_name(name)
    ctx.tx.changed()
    rows.delete(ctx.tx, receipt_rule_sets.named(ctx, rule_set_name).seq, name)


def get(ctx: Context, rule_set_name: str, name: str) -> ReceiptRule:
    """The rule of that name."""
    receipt_rule_sets.check_name(rule_set_name)
    check_name(name)
    return _named(ctx, receipt_rule_sets.named(ctx, rule_set_name).seq, name)


def move(ctx: Context, rule_set_name: str, name: str, after: str | None) -> None:
    """The rule stands behind the one that is named, or before all others; behind itself it stays. Source: recorded."""
    receipt_rule_sets.check_name(rule_set_name)
    check_name(name)
    ctx.tx.changed()
    rule_set = receipt_rule_sets.named(ctx, rule_set_name)
    rule = _named(ctx, rule_set.seq, name)
    if after != name:
        rows.move(ctx.tx, rule_set.seq, rule.seq, _named(ctx, rule_set.seq, after) if after is not None else None)


def described(rule: ReceiptRule) -> dict[str, Any]:
    """The rule by the names that AWS gives its parts; what was not given is not there. Source: recorded."""
    return {
        "Name": rule.name,
        "Enabled": rule.enabled,
        "TlsPolicy": rule.tls_policy,
        "Recipients": list(rule.recipients) or None,
        "Actions": [{action.type: action.members} for action in rule.actions],
        "ScanEnabled": rule.scan_enabled,
    }


def check_name(name: str) -> None:
    """Nothing, where a rule can have this name."""
    if not receipt_rule_sets.is_name(name):
        raise errors.InvalidRuleName(name=name)


def plan(rules: Iterable[ReceiptRule], recipients: Iterable[str]) -> list[Match]:
    """The enabled rules that match a recipient of the message, in their order.

    Source: AWS's model; developer guide (documented).
    """
    everybody = tuple(dict.fromkeys(recipients))
    meant: dict[str, set[str]] = {}  # by a condition: one look-up each tells which of many rules match at all
    for recipient in everybody:
        for condition in _conditions(recipient):
            meant.setdefault(condition, set()).add(recipient)
    found = []
    for rule in rules:
        if not rule.enabled or (rule.recipients and meant.keys().isdisjoint(rule.recipients)):
            continue
        matched = set().union(*(meant.get(condition, ()) for condition in rule.recipients))
        its = tuple(each for each in everybody if each in matched) if rule.recipients else everybody
        if its:
            found.append(Match(rule, its))
    return found


def matches(condition: str, address: str) -> bool:
    """Whether a rule with that condition, as rules keep it, matches the address."""
    return condition in _conditions(address)


def _conditions(address: str) -> Iterator[str]:
    """Every condition that matches the address, whatever its case.

    Source: developer guide (documented): an address also with any label, a domain without those below it, and with a
    dot in front only those. Unverified: a condition that has a label matches just this one; a label begins at the
    first `+`.
    """
    local, _, domain = address.lower().rpartition("@")
    yield f"{local}@{domain}"
    user, label, _ = local.partition("+")
    if user and label:
        yield f"{user}@{domain}"
    yield domain
    parent = domain.partition(".")[2]
    while parent:
        yield f".{parent}"
        parent = parent.partition(".")[2]


def _check(rule_set_name: str, rule: ReceiptRule) -> None:
    """What can be seen of the names, recipients and actions without a look at anything else."""
    receipt_rule_sets.check_name(rule_set_name)
    check_name(rule.name)
    for recipient in rule.recipients:
        if not _RECIPIENT.match(recipient):
            raise errors.InvalidRuleRecipient(recipient=recipient)
    receipt_actions.check_syntax(rule.actions)


def _completed(rule: ReceiptRule) -> ReceiptRule:
    """The rule as it is kept. Source: recipients are sorted, in lower case and none twice, recorded."""
    recipients = sorted({recipient.lower() for recipient in rule.recipients})
    return rule._replace(recipients=tuple(recipients), actions=receipt_actions.with_defaults(rule.actions))


def _named(ctx: Context, rule_set_seq: int, name: str) -> ReceiptRule:
    found = rows.get(ctx.tx, rule_set_seq, name)
    if found is None:
        raise errors.RuleDoesNotExist(Name=name)
    return found
