"""Receipt rule sets."""

from collections.abc import Iterable
from typing import Any

from emulator.context import Context
from emulator.ses import receipt_rule_sets, receipt_rules
from emulator.store.receipt_rule_sets import ReceiptRuleSet
from emulator.store.receipt_rules import ReceiptRule


def create_receipt_rule_set(ctx: Context, RuleSetName: str) -> dict[str, Any]:
    """The set is there, empty and not active."""
    receipt_rule_sets.create(ctx, RuleSetName)
    return {}


def clone_receipt_rule_set(ctx: Context, RuleSetName: str, OriginalRuleSetName: str) -> dict[str, Any]:
    """The set is there with rules like those of the original."""
    receipt_rule_sets.clone(ctx, RuleSetName, OriginalRuleSetName)
    return {}


def delete_receipt_rule_set(ctx: Context, RuleSetName: str) -> dict[str, Any]:
    """The set is gone with its rules."""
    receipt_rule_sets.delete(ctx, RuleSetName)
    return {}


def describe_receipt_rule_set(ctx: Context, RuleSetName: str) -> dict[str, Any]:
    """The set and its rules."""
    return _described(*receipt_rule_sets.describe(ctx, RuleSetName))


def describe_active_receipt_rule_set(ctx: Context) -> dict[str, Any]:
    """The active set and its rules; nothing without one."""
    found = receipt_rule_sets.active(ctx)
    return _described(found.rule_set, found.rules) if found else {}


def list_receipt_rule_sets(ctx: Context, NextToken: str | None = None) -> dict[str, Any]:
    """The next sets of the account in the region."""
    page = receipt_rule_sets.page(ctx, NextToken)
    return {"RuleSets": [_metadata(each) for each in page.items], "NextToken": page.next_token}


def set_active_receipt_rule_set(ctx: Context, RuleSetName: str | None = None) -> dict[str, Any]:
    """This set and no other is active; none without a name."""
    receipt_rule_sets.activate(ctx, RuleSetName)
    return {}


def reorder_receipt_rule_set(ctx: Context, RuleSetName: str, RuleNames: list[str] | None = None) -> dict[str, Any]:
    """The rules of the set stand in this order."""
    receipt_rule_sets.reorder(ctx, RuleSetName, RuleNames or [])
    return {}


def _described(rule_set: ReceiptRuleSet, rules: Iterable[ReceiptRule]) -> dict[str, Any]:
    return {"Metadata": _metadata(rule_set), "Rules": [receipt_rules.described(each) for each in rules]}


def _metadata(rule_set: ReceiptRuleSet) -> dict[str, Any]:
    return {"Name": rule_set.name, "CreatedTimestamp": rule_set.created_at}
