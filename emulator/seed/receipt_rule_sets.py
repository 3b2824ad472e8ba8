"""Receipt rule sets of a seed, and their rules."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from emulator.context import Context
from emulator.operations.v1 import receipt_rule_sets as operations
from emulator.operations.v1 import receipt_rules as rule_operations
from emulator.seed.calling import call
from emulator.seed.members import UNSAID, Thing, enum, member
from emulator.ses import receipt_actions
from emulator.store import receipt_rule_sets as rows
from emulator.store import receipt_rules as rule_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule(Thing):
    """A receipt rule; without recipients it matches every one."""

    KEY: ClassVar[str] = "name"
    IN_ORDER: ClassVar[bool] = True

    name: str = member("unique in its set")
    enabled: bool = member("it runs", default=True)
    tls_policy: str = member("whether mail must come encrypted", default="Optional", choices=enum("TlsPolicy"))
    scan_enabled: bool = member("mail is looked at for spam and viruses", default=False)
    recipients: list[str] = member("addresses, domains, and .domains for those below", default=[])
    actions: list[dict[str, Any]] = member("what is done, in this order", default=[], block="ReceiptAction")

    def normal(self) -> Self:
        """Its recipients in order and lower case, its actions with what SES adds to them."""
        given = [rule_rows.Action(*one) for each in self.actions for one in each.items()]
        actions = [{each.type: dict(each.members)} for each in receipt_actions.with_defaults(given)]
        return replace(self, recipients=sorted({each.lower() for each in self.recipients}), actions=actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRuleSet(Thing):
    """A receipt rule set. Its rules run in this order; those that are not named stay, behind them."""

    KEY: ClassVar[str] = "name"
    WRAPPERS: ClassVar[frozenset[str]] = frozenset({"Metadata"})
    IGNORED: ClassVar[frozenset[str]] = frozenset({"CreatedTimestamp", "ResponseMetadata"})

    name: str = member("unique in its account and region")
    active: bool = member("it decides what is received; one set at most is", default=UNSAID)
    rules: list[ReceiptRule] = member("its rules", default=[])


def find(ctx: Context, wanted: ReceiptRuleSet) -> ReceiptRuleSet | None:
    """The set of that name."""
    row = rows.get(ctx.tx, ctx.account_id, ctx.region, wanted.name)
    return _described(ctx, row) if row else None


def put(ctx: Context, wanted: ReceiptRuleSet, found: ReceiptRuleSet | None) -> None:
    """The set has these rules in this order, and is active or not."""
    name = wanted.name
    if found is None:
        call(ctx, wanted.at, operations.create_receipt_rule_set, RuleSetName=name)
    there = {each.name: each for each in found.rules} if found else {}
    before = None
    for each in wanted.rules:
        if each.name not in there:
            call(ctx, each.at, rule_operations.create_receipt_rule, RuleSetName=name, Rule=_rule(each), After=before)
        elif there[each.name] != each:
            call(ctx, each.at, rule_operations.update_receipt_rule, RuleSetName=name, Rule=_rule(each))
        before = each.name
    _put_in_order(ctx, wanted)
    is_active = found is not None and found.active
    if wanted.active is True and not is_active:
        call(ctx, wanted.at, operations.set_active_receipt_rule_set, RuleSetName=name)
    if wanted.active is False and is_active:
        call(ctx, wanted.at, operations.set_active_receipt_rule_set)


def every(ctx: Context) -> list[ReceiptRuleSet]:
    """The sets, by name."""
    return [_described(ctx, each) for each in rows.of(ctx.tx, ctx.account_id, ctx.region)]


def _put_in_order(ctx: Context, wanted: ReceiptRuleSet) -> None:
    row = rows.get(ctx.tx, ctx.account_id, ctx.region, wanted.name)
    there = [each.name for each in rule_rows.of(ctx.tx, row.seq)] if row else []
    names = [each.name for each in wanted.rules]
    if [name for name in there if name in names] != names:
        ordered = names + [name for name in there if name not in names]
        call(ctx, wanted.at, operations.reorder_receipt_rule_set, RuleSetName=wanted.name, RuleNames=ordered)


def _rule(wanted: ReceiptRule) -> dict[str, Any]:
    return {
        "Name": wanted.name,
        "Enabled": wanted.enabled,
        "TlsPolicy": wanted.tls_policy,
        "ScanEnabled": wanted.scan_enabled,
        "Recipients": wanted.recipients,
        "Actions": wanted.actions,
    }


def _described(ctx: Context, row: rows.ReceiptRuleSet) -> ReceiptRuleSet:
    rules = [
        ReceiptRule(
            name=each.name,
            enabled=each.enabled,
            tls_policy=each.tls_policy,
            scan_enabled=each.scan_enabled,
            recipients=list(each.recipients),
            actions=[{action.type: dict(action.members)} for action in each.actions],
        )
        for each in rule_rows.of(ctx.tx, row.seq)
    ]
    return ReceiptRuleSet(name=row.name, active=row.active, rules=rules)
