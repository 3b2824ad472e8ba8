"""What became of a received message: each action of its rules, as far as they have run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import events
from emulator.ses.receipt_positions import RETRYING
from emulator.store import events as event_rows
from emulator.store import receipts as receipt_rows
from emulator.store.events import Event
from emulator.store.messages import Message
from emulator.store.receipt_rules import Action
from emulator.store.receipts import Facts, PlannedRule, Receipt

PENDING, NOT_RUN = "pending", "not_run"  # beside the outcomes of actions that ran


class ActionProgress(NamedTuple):
    """An action, and what became of it; `detail` is what its event says, if there is one."""

    action: Action
    outcome: str
    at: datetime | None
    detail: Mapping[str, Any]


class RuleProgress(NamedTuple):
    """A rule that matched the message, and its actions."""

    rule: PlannedRule
    actions: tuple[ActionProgress, ...]


class Progress(NamedTuple):
    """How the message came, and its rules, in the order in which they run."""

    facts: Facts
    rules: tuple[RuleProgress, ...]


def of(ctx: Context, message: Message) -> Progress | None:
    """What became of a message that was received; None of any other."""
    receipt = receipt_rows.get(ctx.tx, message.seq)
    if receipt is None:
        return None
    happened = [each for each in event_rows.of_message(ctx.tx, message.seq) if each.type == events.RECEIPT_ACTION]
    ran = _ran(receipt, happened)
    rules = tuple(
        RuleProgress(
            rule,
            tuple(
                _progress(receipt, (rule_index, index), action, ran.get((rule_index, index)))
                for index, action in enumerate(rule.actions)
            ),
        )
        for rule_index, rule in enumerate(receipt.plan)
    )
    return Progress(receipt.facts, rules)


def _ran(receipt: Receipt, happened: list[Event]) -> dict[tuple[int, int], Event]:
    """The last event of each action: they ran in their order, though a stop may have passed some over."""
    places = [
        ((rule_index, index), (rule.rule, action.type.removesuffix("Action")))
        for rule_index, rule in enumerate(receipt.plan)
        for index, action in enumerate(rule.actions)
    ]
    found: dict[tuple[int, int], Event] = {}
    next_place = 0
    for event in happened:
        named = (event.detail["rule"], event.detail["action"])
        number = next((n for n in range(next_place, len(places)) if places[n][1] == named), None)
        if number is not None:
            found[places[number][0]] = event
            next_place = number + (event.detail["outcome"] != RETRYING)
    return found


def _progress(receipt: Receipt, place: tuple[int, int], action: Action, event: Event | None) -> ActionProgress:
    if event is None:
        return ActionProgress(action, PENDING if place >= (receipt.rule, receipt.action) else NOT_RUN, None, {})
    return ActionProgress(action, event.detail["outcome"], event.created_at, event.detail)
