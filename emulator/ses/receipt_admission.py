"""Whose mail it is: who is asked for at SES's door, and which accounts want their mail.

Asked for each recipient of each mail, so all of it is remembered.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import domains, identities, receipt_filters, receipt_rules, verification
from emulator.store import receipt_rule_sets as rule_set_rows
from emulator.store.receipt_rule_sets import ActiveRuleSet
from emulator.store.receipt_rules import ReceiptRule

# Why nobody has the mail.
UNKNOWN, BLOCKED, UNENCRYPTED = "unknown", "blocked", "unencrypted"
REQUIRE = "Require"
DEFAULT_REGION = "us-east-1"


class Owner(NamedTuple):
    """An account in a region that receives mail of its own."""

    account_id: str
    region: str


class Decision(NamedTuple):
    """Who has the mail of a recipient; why nobody has."""

    owners: tuple[Owner, ...]
    refusal: str | None


def decide(ctx: Context, recipient: str, ip: str, *, encrypted: bool) -> Decision:
    """Every account and region that wants mail to the recipient from that address.

    Source: developer guide (documented): an enabled rule of the active set matches, the domain or a parent of it is
    verified, no filter is in the way, which comes before all rules, and each account decides for itself. Unverified:
    that a rule that requires TLS refuses the recipient, whatever the others say; which refusal is told, where there
    are several.
    """
    owners: list[Owner] = []
    refusals: set[str] = set()
    for active in _candidates(ctx, recipient):
        owner = Owner(active.rule_set.account_id, active.rule_set.region)
        there = of(ctx, owner)
        if not is_verified(there, recipient):
            continue
        if not receipt_filters.admits(receipt_filters.of(there), ip):
            refusals.add(BLOCKED)
            continue
        matches = receipt_rules.plan(active.rules, (recipient,))
        if not matches:
            continue
        if not encrypted and any(match.rule.tls_policy == REQUIRE for match in matches):
            refusals.add(UNENCRYPTED)
        else:
            owners.append(owner)
    if owners:
        return Decision(tuple(owners), None)
    return Decision((), next((each for each in (BLOCKED, UNENCRYPTED) if each in refusals), UNKNOWN))


def host(ctx: Context) -> str:
    """The name of SES's door. Ours: it is that of the one region that receives, where there is but one."""
    regions = {active.rule_set.region for active in rule_set_rows.all_active(ctx.tx)}
    return host_of(regions.pop() if len(regions) == 1 else DEFAULT_REGION)


def host_of(region: str) -> str:
    """The name of SES's door in a region. Source: recorded."""
    return f"inbound-smtp.{region}.amazonaws.com"


def of(ctx: Context, owner: Owner) -> Context:
    """The same context, of that account and region."""
    return ctx._replace(account_id=owner.account_id, region=owner.region)


def _candidates(ctx: Context, recipient: str) -> list[ActiveRuleSet]:
    """The active sets, in their order, that may have a rule for the recipient, found by its domain."""
    by_domain = ctx.tx.remembered("receipt rules by domain", lambda _tx: _index(ctx))
    domain = recipient.rpartition("@")[2].lower()
    names = {"", domain, *(f".{parent}" for parent in domains.itself_and_parents(domain.partition(".")[2]))}
    found = {active.rule_set.seq: active for name in names for active in by_domain.get(name, ())}
    return [found[seq] for seq in sorted(found)]


def _index(ctx: Context) -> Mapping[str, list[ActiveRuleSet]]:
    by_domain: dict[str, list[ActiveRuleSet]] = {}
    for active in rule_set_rows.all_active(ctx.tx):
        for name in {name for rule in active.rules if rule.enabled for name in _domains(rule)}:
            by_domain.setdefault(name, []).append(active)
    return by_domain


def _domains(rule: ReceiptRule) -> Iterator[str]:
    """What the conditions of the rule say of the domain; empty: it may be any."""
    if not rule.recipients:
        yield ""
    for condition in rule.recipients:
        yield condition.rpartition("@")[2]


def is_verified(ctx: Context, recipient: str) -> bool:
    """Whether the recipient's domain, or a parent of it, is the account's. Unverified: an address does not suffice."""
    found = (
        identities.attributes_of(ctx, name)
        for name in domains.itself_and_parents(recipient.rpartition("@")[2].rstrip("."))
    )
    return any(each is not None and each.status in verification.MAY_SEND for each in found)
