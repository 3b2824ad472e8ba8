"""Where receipt rules stand in their set, and how they get there."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import xml
from tests.support.aws import Account
from tests.support.receipt_rules import (
    PATTERN,
    SET,
    TOO_SHORT,
    Refusal,
    invalid,
    names,
    unknown,
    violations,
)

UNKNOWN_SET = (400, "RuleSetDoesNotExist", "Rule set does not exist: nope")


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a rule set."""
    account.client().create_receipt_rule_set(RuleSetName=SET)
    return account


def create(account: Account, name: str, after: str | None = None) -> None:
    given = {} if after is None else {"After": after}
    account.client().create_receipt_rule(RuleSetName=SET, Rule={"Name": name}, **given)


def move(account: Account, name: str, after: str | None = None, rule_set: str = SET) -> Refusal:
    given = {} if after is None else {"After": after}
    return xml.refusal(account.query("SetReceiptRulePosition", {"RuleSetName": rule_set, "RuleName": name, **given}))


def test_a_new_rule_stands_in_front_or_behind_the_one_that_is_named(account: Account) -> None:
    create(account, "a")
    create(account, "b")
    assert names(account) == ["b", "a"]
    create(account, "c", after="b")
    create(account, "d", after="a")
    create(account, "e", after="b")
    create(account, "f")
    assert names(account) == ["f", "b", "e", "c", "a", "d"]


def test_a_rule_moves_to_the_front_or_behind_another(account: Account) -> None:
    for name in "dcba":
        create(account, name)
    for name, after, order in (
        ("c", None, "cabd"),
        ("c", "d", "abdc"),
        ("a", "b", "badc"),
        ("a", "b", "badc"),
        ("b", "b", "badc"),
        ("b", None, "badc"),
        ("d", "b", "bdac"),
    ):
        assert move(account, name, after)[0] == 200
        assert "".join(names(account)) == order


def test_a_move_is_refused_for_the_first_of_its_faults(account: Account) -> None:
    create(account, "a")
    both = account.query("SetReceiptRulePosition", {"RuleSetName": SET, "RuleName": "a b", "After": ""})
    assert xml.refusal(both) == violations(("ruleName", PATTERN), ("after", TOO_SHORT), ("after", PATTERN))
    assert move(account, "a_", "nope", "nope") == invalid("Not a valid ruleName: a_")
    assert move(account, "x", "nope", "nope") == UNKNOWN_SET
    assert move(account, "x", "y") == unknown("x")
    assert move(account, "x", "x") == unknown("x")
    assert move(account, "a", "y") == unknown("y")
    assert move(account, "a", "y" * 100) == unknown("y" * 100)
    assert names(account) == ["a"]


def test_callers_who_add_and_move_rules_at_once_leave_each_in_a_place_of_its_own(account: Account) -> None:
    create(account, "first")

    def act(number: int) -> int:
        given = {"RuleSetName": SET, "Rule.Name": f"r{number}", "After": "first"}
        status = account.query("CreateReceiptRule", given).status
        return status + move(account, f"r{number}", "first" if number % 2 else None)[0]

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(act, range(24))) == {400}
    found = names(account)
    assert sorted(found) == sorted(["first", *(f"r{number}" for number in range(24))])
    assert {int(name[1:]) % 2 for name in found[: found.index("first")]} == {0}
    assert {int(name[1:]) % 2 for name in found[found.index("first") + 1 :]} == {1}
    backwards = found[::-1]
    account.client().reorder_receipt_rule_set(RuleSetName=SET, RuleNames=backwards)
    assert names(account) == backwards
