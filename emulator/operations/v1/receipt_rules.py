"""Receipt rules."""

from typing import Any

from emulator.context import Context
from emulator.ses import receipt_rules
from emulator.store.receipt_rules import Action, ReceiptRule


def create_receipt_rule(
    ctx: Context, RuleSetName: str, Rule: dict[str, Any], After: str | None = None
) -> dict[str, Any]:
    """The rule is there, behind the one that is named or before all others."""
    receipt_rules.create(ctx, RuleSetName, _row(Rule), After)
    return {}


def update_receipt_rule(ctx: Context, RuleSetName: str, Rule: dict[str, Any]) -> dict[str, Any]:
    """The rule is as given, all of it."""
    receipt_rules.update(ctx, RuleSetName, _row(Rule))
    return {}


def delete_receipt_rule(ctx: Context, RuleSetName: str, RuleName: str) -> dict[str, Any]:
    """The rule is gone."""
    receipt_rules.delete(ctx, RuleSetName, RuleName)
    return {}


def describe_receipt_rule(ctx: Context, RuleSetName: str, RuleName: str) -> dict[str, Any]:
    """The rule, all of it."""
    return {"Rule": receipt_rules.described(receipt_rules.get(ctx, RuleSetName, RuleName))}


def set_receipt_rule_position(
    ctx: Context, RuleSetName: str, RuleName: str, After: str | None = None
) -> dict[str, Any]:
    """The rule stands behind the one that is named, or before all others."""
    receipt_rules.move(ctx, RuleSetName, RuleName, After)
    return {}


def _row(rule: dict[str, Any]) -> ReceiptRule:
    """The rule with AWS's defaults. Source: AWS's model; recorded."""
    return ReceiptRule(
        rule["Name"],
        rule.get("Enabled", False),
        rule.get("TlsPolicy", "Optional"),
        rule.get("ScanEnabled", False),
        tuple(rule.get("Recipients", ())),
        tuple(Action(*each) for action in rule.get("Actions", ()) for each in action.items()),
    )
