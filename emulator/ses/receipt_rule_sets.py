"""Receipt rule sets: kept, copied, put in order; the active one decides what is received."""

import re
from collections.abc import Sequence

from emulator.context import Context
from emulator.ses import errors, limits, paging
from emulator.store import receipt_rule_sets as rows
from emulator.store import receipt_rules as rule_rows
from emulator.store.receipt_rule_sets import ActiveRuleSet, ReceiptRuleSet
from emulator.store.receipt_rules import ReceiptRule

LIST = "receipt rule sets"
# Source: the name of a set, a rule or a filter begins and ends with a letter or digit, recorded.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\Z")


def create(ctx: Context, name: str) -> None:
    """The set is there, empty and not active."""
    check_name(name)
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    _check_new(ctx, name)
    _check_room(ctx)
    rows.insert(ctx.tx, ctx.account_id, ctx.region, name, ctx.now)


def clone(ctx: Context, name: str, original: str) -> None:
    """The set is there, not active, with the rules that the original has now.

    Source: recorded, the order of checks as well. Unverified: the place of the limit.
    """
    check_name(name)
    check_name(original)
    ctx.tx.changed()
    _check_new(ctx, name)
    theirs = named(ctx, original)
    _check_room(ctx)
    rule_rows.copy(ctx.tx, theirs.seq, rows.insert(ctx.tx, ctx.account_id, ctx.region, name, ctx.now))


def delete(ctx: Context, name: str) -> None:
    """The set is gone with its rules, if it was there; the active one stays. Source: recorded."""
    check_name(name)
    ctx.tx.changed()
    found = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if found is None:
        return
    if found.active:
        raise errors.CannotDeleteActiveRuleSet(Name=name)
    rows.delete(ctx.tx, found.seq)


def describe(ctx: Context, name: str) -> tuple[ReceiptRuleSet, tuple[ReceiptRule, ...]]:
    """The set of that name and its rules in their order."""
    check_name(name)
    found = named(ctx, name)
    return found, rule_rows.of(ctx.tx, found.seq)


def active(ctx: Context) -> ActiveRuleSet | None:
    """The active set and its rules; without one nothing is received."""
    return rows.active(ctx.tx, ctx.account_id, ctx.region)


def page(ctx: Context, next_token: str | None) -> paging.Page[ReceiptRuleSet]:
    """The next hundred sets. Source: API reference (documented). Unverified: in the order of their names."""
    try:
        after = paging.name(ctx, LIST, next_token)
    except errors.InvalidNextToken:
        raise errors.InvalidToken(token=str(next_token)) from None
    found = [each for each in rows.of(ctx.tx, ctx.account_id, ctx.region) if each.name > after]
    listed = found[: limits.RULE_SETS_PER_PAGE]
    more = paging.name_token(ctx, LIST, listed[-1].name) if len(found) > len(listed) else None
    return paging.Page(listed, more)


def activate(ctx: Context, name: str | None) -> None:
    """This set and no other is active; without a name, none is. Source: recorded."""
    if name is not None:
        check_name(name)
    ctx.tx.changed()
    seq = named(ctx, name).seq if name is not None else None
    rows.activate(ctx.tx, ctx.account_id, ctx.region, seq)


def reorder(ctx: Context, name: str, rule_names: Sequence[str]) -> None:
    """The rules of the set, all of which are named, stand in this order. Source: recorded, the order of checks too."""
    check_name(name)
    ctx.tx.changed()
    rules = {each.name: each for each in rule_rows.of(ctx.tx, named(ctx, name).seq)}
    seen: set[str] = set()
    for each in rule_names:
        if each in seen:
            raise errors.SeveralPositions(name=each)
        seen.add(each)
    missing = [each for each in rules if each not in seen]
    if missing:
        raise errors.PositionsNotFound(names=", ".join(missing))
    for each in rule_names:
        if each not in rules:
            raise errors.RuleDoesNotExist(Name=each)
    rule_rows.reorder(ctx.tx, [rules[each].seq for each in rule_names])


def named(ctx: Context, name: str) -> ReceiptRuleSet:
    """The set of that name."""
    found = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if found is None:
        raise errors.RuleSetDoesNotExist(Name=name)
    return found


def check_name(name: str) -> None:
    """Nothing, where a set can have this name."""
    if not is_name(name):
        raise errors.InvalidRuleSetName(name=name)


def is_name(text: str) -> bool:
    """Whether a set, a rule or a filter can have this name."""
    return len(text) <= limits.RECEIPT_NAME_LENGTH and _NAME.match(text) is not None


def _check_new(ctx: Context, name: str) -> None:
    if rows.get(ctx.tx, ctx.account_id, ctx.region, name):
        raise errors.RuleSetAlreadyExists(Name=name)


def _check_room(ctx: Context) -> None:
    if len(rows.of(ctx.tx, ctx.account_id, ctx.region)) >= limits.RULE_SETS:
        raise errors.TooManyRuleSets
