"""Receipt rule sets and IP address filters, and what they would do with a mail."""

import ipaddress
from dataclasses import dataclass, field
from typing import Any

from emulator.context import Context
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.recipients import check_address
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import receipt_admission, receipt_filters, receipt_rule_sets, receipt_rules
from emulator.ses.receipt_admission import Owner
from emulator.store import receipt_rule_sets as rule_set_rows
from emulator.store import receipt_rules as rule_rows
from emulator.store.receipt_rules import ReceiptRule

routes = Routes()


@dataclass(frozen=True, slots=True)
class RuleOfSet:
    """A receipt rule; without recipients it matches every one."""

    name: str
    enabled: bool
    tls_policy: str
    scan_enabled: bool
    recipients: tuple[str, ...]
    actions: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A receipt rule set, and its rules in the order in which they run."""

    name: str
    active: bool
    rules: list[RuleOfSet]


@dataclass(frozen=True, slots=True)
class AddressFilter:
    """An IP address filter."""

    name: str
    policy: str
    cidr: str


@dataclass(frozen=True, slots=True)
class RuleSetList:
    """All receipt rule sets and IP address filters, each by name."""

    rule_sets: list[RuleSet]
    filters: list[AddressFilter]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchQuery(AccountScope):
    """A mail that might come."""

    address: str = field(metadata={"help": "the recipient"})
    ip: str = field(default="127.0.0.1", metadata={"help": "address that the mail comes from"})
    tls: bool = field(default=True, metadata={"help": "whether the session is encrypted"})


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the mail is received, which rules of the active set match it, in their order, and why nobody has it."""

    admitted: bool
    rules: list[str]
    reason: str | None


@routes.route("GET", "/receipt-rule-sets", query=AccountScope, answer=RuleSetList)
def list_receipt_rule_sets(parts: Parts, query: AccountScope) -> RuleSetList:
    """The receipt rule sets and IP address filters of an account in a region."""
    with parts.context(query.account, query.region) as ctx:
        return RuleSetList(
            [
                RuleSet(each.name, each.active, [_rule(rule) for rule in rule_rows.of(ctx.tx, each.seq)])
                for each in rule_set_rows.of(ctx.tx, ctx.account_id, ctx.region)
            ],
            [AddressFilter(*each) for each in receipt_filters.listed(ctx)],
        )


@routes.route("GET", "/receipt-rule-sets/match", query=MatchQuery, answer=Match)
def match_receipt_rules(parts: Parts, query: MatchQuery) -> Match:
    """What would become of a mail to the address."""
    check_address(query.address)
    try:
        ip = str(ipaddress.ip_address(query.ip))
    except ValueError:
        raise Problem(400, f"ip must be an IPv4 or IPv6 address, not {query.ip!r}.") from None
    with parts.context(query.account, query.region) as ctx:
        active = receipt_rule_sets.active(ctx)
        rules = [each.rule.name for each in receipt_rules.plan(active.rules, (query.address,))] if active else []
        decision = receipt_admission.decide(ctx, query.address, ip, encrypted=query.tls)
        admitted = Owner(ctx.account_id, ctx.region) in decision.owners
        reason = None if admitted else _reason(ctx, query.address, ip, is_active=bool(active), is_matched=bool(rules))
    return Match(admitted, rules, reason)


def _reason(ctx: Context, address: str, ip: str, *, is_active: bool, is_matched: bool) -> str:
    """Why the account does not have the mail."""
    if not is_active:
        return "No receipt rule set is active."
    if not is_matched:
        return "No enabled rule of the active rule set matches the address."
    if not receipt_admission.is_verified(ctx, address):
        return f"Neither {address.rpartition('@')[2]} nor a domain above it is verified."
    if not receipt_filters.admits(receipt_filters.of(ctx), ip):
        return f"An IP address filter blocks {ip}."
    return "A rule that matches the address requires TLS."


def _rule(rule: ReceiptRule) -> RuleOfSet:
    actions = [{each.type: dict(each.members)} for each in rule.actions]
    return RuleOfSet(rule.name, rule.enabled, rule.tls_policy, rule.scan_enabled, rule.recipients, actions)
