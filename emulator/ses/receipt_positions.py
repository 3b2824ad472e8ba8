"""Where the rules of a received message stand: which action runs next, and which rules have ended."""

from typing import NamedTuple

from emulator.store.receipt_rules import Action
from emulator.store.receipts import Receipt

# What became of an action: it was done, kept as there was nowhere to go, passed over, fails yet, or failed.
DONE, RECORDED, SKIPPED, RETRYING, FAILED = "done", "recorded", "skipped", "retrying", "failed"
# What a function says of the mail. Source: developer guide (documented).
CONTINUE, STOP_RULE, STOP_RULE_SET = "CONTINUE", "STOP_RULE", "STOP_RULE_SET"


class Position(NamedTuple):
    """Which action of which rule of the plan."""

    rule: int
    action: int


def of(receipt: Receipt) -> Position | None:
    """Which action is next, as rules may have none; None after the last."""
    rule, action = receipt.rule, receipt.action
    while rule < len(receipt.plan):
        if action < len(receipt.plan[rule].actions):
            return Position(rule, action)
        rule, action = rule + 1, 0
    return None


def next_action(receipt: Receipt) -> Action | None:
    """The action itself."""
    at = of(receipt)
    return None if at is None else receipt.plan[at.rule].actions[at.action]


def behind(receipt: Receipt, disposition: str = CONTINUE) -> Receipt:
    """The receipt once its next action has run, and that is what becomes of the mail.

    Source: developer guide (documented): what stops the rule, what all rules, and that a header is there for the
    actions behind the one that adds it.
    """
    at = of(receipt)
    if at is None:
        return receipt
    action = receipt.plan[at.rule].actions[at.action]
    added = receipt.added_headers
    if action.type == "AddHeaderAction":
        added += ((action.members["HeaderName"], action.members["HeaderValue"]),)
    if action.type == "StopAction" or disposition == STOP_RULE_SET:
        rule, number = len(receipt.plan), 0
    elif disposition == STOP_RULE:
        rule, number = at.rule + 1, 0
    else:
        rule, number = at.rule, at.action + 1
    return receipt._replace(rule=rule, action=number, added_headers=added)


def ended(receipt: Receipt, after: Receipt | None = None) -> range:
    """The rules that came to their end with the next action, behind which the receipt is that, or before all actions.

    Those that a stop passes over do not run; those without actions end as soon as it is their turn.
    """
    first = _next_rule(receipt)
    if after is None:
        return range(first)
    is_stopped = after.rule > first + 1
    return range(first, first + 1 if is_stopped else _next_rule(after))


def _next_rule(receipt: Receipt) -> int:
    at = of(receipt)
    return len(receipt.plan) if at is None else at.rule
