"""What the SMTP side asks at each recipient: the active sets of all accounts, and an account's filters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.context import Context, Contexts
from emulator.ses import receipt_filters, receipt_rule_sets, receipt_rules
from emulator.store import receipt_rule_sets as rows
from emulator.store.receipt_filters import ReceiptFilter
from emulator.store.receipt_rules import Action, ReceiptRule
from tests.support import workers

HOME, ABROAD = ("123456789012", "us-east-1"), ("999999999999", "eu-west-1")


@pytest.fixture
def contexts(tmp_path: Path) -> Contexts:
    """Contexts on a scratch database."""
    return workers.contexts(f"sqlite:///{tmp_path / 'ses.db'}", workers.OwnClock())


@pytest.fixture
def others(tmp_path: Path, contexts: Contexts) -> Contexts:
    """Those of another process on the same database."""
    return workers.contexts(str(contexts.database.url), workers.OwnClock())


def rule(name: str, *recipients: str) -> ReceiptRule:
    return ReceiptRule(name, True, "Optional", False, recipients, (Action("S3Action", {"BucketName": "mails"}),))


def activate(contexts: Contexts, where: tuple[str, str], name: str, *rules: ReceiptRule) -> None:
    """The account has an active set of these rules."""
    with contexts.open(*where, write=True) as ctx:
        receipt_rule_sets.create(ctx, name)
        for each in reversed(rules):
            receipt_rules.create(ctx, name, each, None)
        receipt_rule_sets.activate(ctx, name)


def all_active(contexts: Contexts) -> list[tuple[str, str, str, list[str]]]:
    with contexts.open(*HOME, write=False) as ctx:
        return [
            (each.rule_set.account_id, each.rule_set.region, each.rule_set.name, [rule.name for rule in each.rules])
            for each in rows.all_active(ctx.tx)
        ]


def remembered(contexts: Contexts, where: tuple[str, str]) -> Iterator[tuple[object, ...]]:
    """What is remembered, once for each transaction."""
    while True:
        with contexts.open(*where, write=False) as ctx:
            yield receipt_rule_sets.active(ctx), rows.all_active(ctx.tx), receipt_filters.of(ctx)


def test_the_active_sets_of_all_accounts_and_regions_are_found_with_their_rules(contexts: Contexts) -> None:
    assert all_active(contexts) == []
    activate(contexts, HOME, "old", rule("x"))
    activate(contexts, HOME, "inbound", rule("a"), rule("b"), rule("c"))
    activate(contexts, ABROAD, "empty")
    activate(contexts, (HOME[0], "eu-west-1"), "inbound", rule("a"))
    assert all_active(contexts) == [
        (*HOME, "inbound", ["a", "b", "c"]),
        (*ABROAD, "empty", []),
        (HOME[0], "eu-west-1", "inbound", ["a"]),
    ]
    with contexts.open(*ABROAD, write=True) as ctx:
        receipt_rule_sets.activate(ctx, None)
    assert [account for account, *_ in all_active(contexts)] == [HOME[0]] * 2


def test_an_active_set_has_its_rules_as_they_are_kept(contexts: Contexts) -> None:
    activate(contexts, HOME, "inbound", rule("a", "Example.com", ".example.com"))
    with contexts.open(*HOME, write=False) as ctx:
        found = receipt_rule_sets.active(ctx)
        assert found
        assert found in rows.all_active(ctx.tx)
        assert (found.rules,) == (receipt_rule_sets.describe(ctx, "inbound")[1],)
        assert found.rules[0].recipients == (".example.com", "example.com")
        assert found.rules[0].actions == (Action("S3Action", {"BucketName": "mails"}),)


def test_it_is_remembered_until_any_process_changes_something(contexts: Contexts, others: Contexts) -> None:
    activate(contexts, HOME, "inbound", rule("a"))
    with contexts.open(*HOME, write=True) as ctx:
        receipt_filters.create(ctx, ReceiptFilter("office", "Block", "10.0.0.0/8"))
    seen = remembered(contexts, HOME)

    def change(ctx: Context, number: int) -> None:
        changes = [
            lambda: receipt_rules.update(ctx, "inbound", rule("a", "example.com")),
            lambda: receipt_rules.create(ctx, "inbound", rule("b"), "a"),
            lambda: receipt_rules.move(ctx, "inbound", "b", None),
            lambda: receipt_rule_sets.reorder(ctx, "inbound", ["a", "b"]),
            lambda: receipt_rules.delete(ctx, "inbound", "b"),
            lambda: receipt_filters.delete(ctx, "office"),
            lambda: receipt_rule_sets.activate(ctx, None),
        ]
        changes[number]()

    for number in range(7):
        before, again = next(seen), next(seen)
        assert all(one is other for one, other in zip(before, again, strict=True))
        with others.open(*HOME, write=True) as ctx:
            change(ctx, number)
        after = next(seen)
        assert after != before
    assert next(seen) == (None, (), ())
