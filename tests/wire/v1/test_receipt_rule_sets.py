"""Receipt rule sets: created, copied, activated, put in order and deleted."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.support import aws, receipt_rules, xml
from tests.support.aws import Account
from tests.support.receipt_rules import NULL, PATTERN, S3, SET, SNS, TOO_SHORT, invalid, malformed, violations

# Calls with the name of a set: what else they need, and the member.
NAMED = [
    ("CreateReceiptRuleSet", {}, "RuleSetName"),
    ("CloneReceiptRuleSet", {"OriginalRuleSetName": SET}, "RuleSetName"),
    ("CloneReceiptRuleSet", {"RuleSetName": "copy"}, "OriginalRuleSetName"),
    ("DeleteReceiptRuleSet", {}, "RuleSetName"),
    ("DescribeReceiptRuleSet", {}, "RuleSetName"),
    ("SetActiveReceiptRuleSet", {}, "RuleSetName"),
    ("ReorderReceiptRuleSet", {}, "RuleSetName"),
    ("CreateReceiptRule", {"Rule.Name": "r"}, "RuleSetName"),
    ("UpdateReceiptRule", {"Rule.Name": "r"}, "RuleSetName"),
    ("DeleteReceiptRule", {"RuleName": "r"}, "RuleSetName"),
    ("DescribeReceiptRule", {"RuleName": "r"}, "RuleSetName"),
    ("SetReceiptRulePosition", {"RuleName": "r"}, "RuleSetName"),
]
RULE_NAMES = (
    "Member must satisfy constraint: [Member must have length less than or equal to 100, "
    "Member must have length greater than or equal to 1, "
    "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_.-]+$]"
)


def names(account: Account) -> list[str]:
    return [each["Name"] for each in account.client().list_receipt_rule_sets()["RuleSets"]]


def create(account: Account, *rule_names: str, name: str = SET) -> None:
    account.client().create_receipt_rule_set(RuleSetName=name)
    for rule_name in rule_names:
        receipt_rules.add(account, rule_name, to=name)


def active(account: Account) -> str | None:
    found = account.client().describe_active_receipt_rule_set()
    return found["Metadata"]["Name"] if "Metadata" in found else None


def refused(account: Account, action: str, **parameters: str) -> tuple[int, str | None, str | None]:
    return xml.refusal(account.query(action, {name.replace("__", "."): text for name, text in parameters.items()}))


def unknown(name: str) -> tuple[int, str, str]:
    return 400, "RuleSetDoesNotExist", f"Rule set does not exist: {name}"


def taken(name: str) -> tuple[int, str, str]:
    return 400, "AlreadyExists", f"Rule set already exists: {name}"


# ---- names


@pytest.mark.parametrize(("action", "more", "member"), NAMED)
def test_the_name_of_a_set_must_fit_its_pattern(
    account: Account, action: str, more: dict[str, str], member: str
) -> None:
    path = member[0].lower() + member[1:]
    for bad in ("a b", "a/b", "é", "a\n", "*"):
        assert xml.refusal(account.query(action, {**more, member: bad})) == violations((path, PATTERN))
    found = xml.refusal(account.query(action, {**more, member: ""}))
    assert found == violations((path, TOO_SHORT), (path, PATTERN))
    if action != "SetActiveReceiptRuleSet":
        assert xml.refusal(account.query(action, more)) == violations((path, NULL))


@pytest.mark.parametrize(("action", "more", "member"), NAMED)
@pytest.mark.parametrize("name", ["_123", "123_", "-a", "a.", ".", "a" * 65])
def test_the_name_of_a_set_begins_and_ends_with_a_letter_or_digit_and_has_at_most_64_characters(
    account: Account, action: str, more: dict[str, str], member: str, name: str
) -> None:
    found = xml.refusal(account.query(action, {**more, member: name}))
    assert found == invalid(f"Not a valid ruleSetName: {name}")


@pytest.mark.parametrize("name", ["a", "A-1_b.c", "0", "a" * 64, "a..b"])
def test_names_may_hold_dots_dashes_and_underscores(account: Account, name: str) -> None:
    create(account, name=name)
    assert names(account) == [name]


# ---- CreateReceiptRuleSet


def test_a_new_set_is_empty_and_not_active(start: Callable[..., Account]) -> None:
    account = start()
    account.inspect("PUT", "/clock", {"now": "2016-07-15T16:25:59.607Z", "frozen": True})
    create(account)
    found = account.client().describe_receipt_rule_set(RuleSetName=SET)
    created = {"Name": SET, "CreatedTimestamp": datetime(2016, 7, 15, 16, 25, 59, 607_000, UTC)}
    assert (found["Metadata"], found["Rules"]) == (created, [])
    assert account.client().list_receipt_rule_sets()["RuleSets"] == [created]
    assert active(account) is None
    text = account.query("DescribeReceiptRuleSet", RuleSetName=SET).text
    assert "<CreatedTimestamp>2016-07-15T16:25:59.607Z</CreatedTimestamp>" in text
    assert "<Rules/>" in text


def test_answers_of_changes_have_an_empty_result(account: Account) -> None:
    for action, given in (
        ("CreateReceiptRuleSet", {"RuleSetName": "a"}),
        ("CloneReceiptRuleSet", {"RuleSetName": "b", "OriginalRuleSetName": "a"}),
        ("SetActiveReceiptRuleSet", {"RuleSetName": "a"}),
        ("ReorderReceiptRuleSet", {"RuleSetName": "a"}),
        ("DeleteReceiptRuleSet", {"RuleSetName": "b"}),
        ("DescribeActiveReceiptRuleSet", {}),
    ):
        answer = account.query(action, given)
        result = xml.root(answer).find(f"{{*}}{action}Result")
        assert result is not None
        assert (answer.status, len(result)) == (200, 2 if action == "DescribeActiveReceiptRuleSet" else 0)


def test_a_name_can_be_taken_only_once(account: Account) -> None:
    create(account, "rule")
    assert refused(account, "CreateReceiptRuleSet", RuleSetName=SET) == taken(SET)
    assert receipt_rules.names(account) == ["rule"]
    create(account, name=SET.upper())
    assert names(account) == sorted([SET, SET.upper()])


def test_callers_who_create_the_same_set_at_once_succeed_once(account: Account) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = pool.map(lambda _: account.query("CreateReceiptRuleSet", RuleSetName=SET), range(24))
        codes = [xml.code(answer) for answer in calls]
    assert sorted(filter(None, codes)) == ["AlreadyExists"] * 23
    assert names(account) == [SET]


def test_there_are_at_most_40_sets(account: Account) -> None:
    create(account, name="set0")
    for number in range(1, 40):
        account.client().clone_receipt_rule_set(RuleSetName=f"set{number}", OriginalRuleSetName="set0")
    full = (400, "LimitExceeded", "Too many rule sets")
    assert refused(account, "CreateReceiptRuleSet", RuleSetName="one-more") == full
    assert refused(account, "CreateReceiptRuleSet", RuleSetName="set3") == taken("set3")
    clone = {"RuleSetName": "one-more"}
    assert refused(account, "CloneReceiptRuleSet", **clone, OriginalRuleSetName="set0") == full
    assert refused(account, "CloneReceiptRuleSet", **clone, OriginalRuleSetName="nope") == unknown("nope")
    create(account.elsewhere("eu-west-1"), name="elsewhere")
    account.client().delete_receipt_rule_set(RuleSetName="set7")
    create(account, name="one-more")
    assert len(names(account)) == 40


# ---- CloneReceiptRuleSet


def test_a_clone_has_the_same_rules_in_the_same_order(account: Account) -> None:
    create(account)
    receipt_rules.add(account, "first", S3, SNS, Recipients=["example.com"], Enabled=True, TlsPolicy="Require")
    receipt_rules.add(account, "second", receipt_rules.STOP, ScanEnabled=True)
    account.client().clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName=SET)
    original, copy = (account.client().describe_receipt_rule_set(RuleSetName=each) for each in (SET, "copy"))
    assert copy["Rules"] == original["Rules"]
    assert [each["Name"] for each in copy["Rules"]] == ["first", "second"]
    assert (copy["Metadata"]["Name"], names(account)) == ("copy", ["copy", SET])


def test_a_clone_is_a_set_of_its_own(account: Account) -> None:
    create(account, "a", "b")
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    account.client().clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName=SET)
    assert active(account) == SET
    account.client().delete_receipt_rule(RuleSetName="copy", RuleName="a")
    receipt_rules.add(account, "c")
    assert (receipt_rules.names(account), receipt_rules.names(account, "copy")) == (["a", "b", "c"], ["b"])


def test_an_empty_set_can_be_cloned(account: Account) -> None:
    create(account)
    account.client().clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName=SET)
    assert receipt_rules.names(account, "copy") == []


def test_a_clone_is_refused_for_the_first_of_its_faults(account: Account) -> None:
    create(account)
    both = refused(account, "CloneReceiptRuleSet", RuleSetName="a b", OriginalRuleSetName="")
    originals = ("originalRuleSetName", TOO_SHORT), ("originalRuleSetName", PATTERN)
    assert both == violations(*originals, ("ruleSetName", PATTERN))
    assert refused(account, "CloneReceiptRuleSet") == violations(("originalRuleSetName", NULL), ("ruleSetName", NULL))

    def clone(name: str, original: str) -> tuple[int, str | None, str | None]:
        return refused(account, "CloneReceiptRuleSet", RuleSetName=name, OriginalRuleSetName=original)

    assert clone("a_", "b_") == invalid("Not a valid ruleSetName: a_")
    assert clone(SET, "b_") == invalid("Not a valid ruleSetName: b_")
    assert clone(SET, "nope") == taken(SET)
    assert clone(SET, SET) == taken(SET)
    assert clone("copy", "nope") == unknown("nope")
    assert names(account) == [SET]


# ---- DeleteReceiptRuleSet


def test_a_deleted_set_is_gone_with_its_rules(account: Account) -> None:
    create(account, "rule")
    account.client().delete_receipt_rule_set(RuleSetName=SET)
    assert refused(account, "DescribeReceiptRuleSet", RuleSetName=SET) == unknown(SET)
    create(account)
    assert receipt_rules.names(account) == []


def test_deleting_an_unknown_set_succeeds(account: Account) -> None:
    assert account.query("DeleteReceiptRuleSet", RuleSetName="nobody").status == 200


def test_the_active_set_cannot_be_deleted(account: Account) -> None:
    create(account)
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    found = refused(account, "DeleteReceiptRuleSet", RuleSetName=SET)
    assert found == (400, "CannotDelete", f"Cannot delete active rule set: {SET}")
    assert active(account) == SET
    account.client().set_active_receipt_rule_set()
    account.client().delete_receipt_rule_set(RuleSetName=SET)
    assert names(account) == []


# ---- the active set


def test_one_set_is_active_at_most(account: Account) -> None:
    assert active(account) is None
    create(account, "rule")
    create(account, name="other")
    for name in (SET, SET, "other", SET):
        account.client().set_active_receipt_rule_set(RuleSetName=name)
        assert active(account) == name
    described = account.client().describe_receipt_rule_set(RuleSetName=SET)
    found = account.client().describe_active_receipt_rule_set()
    assert (found["Metadata"], found["Rules"]) == (described["Metadata"], described["Rules"])
    account.client().set_active_receipt_rule_set()
    assert active(account) is None


def test_changes_of_the_active_set_are_seen_at_once(account: Account) -> None:
    create(account, "a")
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    assert [each["Name"] for each in account.client().describe_active_receipt_rule_set()["Rules"]] == ["a"]
    receipt_rules.add(account, "b", S3)
    account.client().set_receipt_rule_position(RuleSetName=SET, RuleName="b")
    assert [each["Name"] for each in account.client().describe_active_receipt_rule_set()["Rules"]] == ["b", "a"]
    account.client().delete_receipt_rule(RuleSetName=SET, RuleName="b")
    account.client().update_receipt_rule(RuleSetName=SET, Rule=receipt_rules.rule("a", Enabled=True))
    assert [each["Enabled"] for each in account.client().describe_active_receipt_rule_set()["Rules"]] == [True]


def test_an_unknown_set_cannot_be_activated_and_the_active_one_stays(account: Account) -> None:
    create(account)
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    assert refused(account, "SetActiveReceiptRuleSet", RuleSetName="nope") == unknown("nope")
    assert active(account) == SET


# ---- ListReceiptRuleSets


def test_sets_are_listed_by_name_and_nothing_tells_the_active_one(account: Account) -> None:
    for name in ("b", "B", "a-c", "a.b", "a_a", "0"):
        create(account, name=name)
    account.client().set_active_receipt_rule_set(RuleSetName="b")
    answer = account.client().list_receipt_rule_sets()
    assert [each["Name"] for each in answer["RuleSets"]] == ["0", "B", "a-c", "a.b", "a_a", "b"]
    assert "NextToken" not in answer
    assert {tuple(each) for each in answer["RuleSets"]} == {("Name", "CreatedTimestamp")}
    assert account.client().list_receipt_rule_sets(NextToken="")["RuleSets"] == answer["RuleSets"]


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "é"])
def test_a_token_that_was_never_given_is_refused(account: Account, token: str) -> None:
    assert refused(account, "ListReceiptRuleSets", NextToken=token) == invalid(f"Invalid token: {token}")


# ---- ReorderReceiptRuleSet


def reorder(account: Account, *rule_names: str, name: str = SET) -> tuple[int, str | None, str | None]:
    given = {f"RuleNames.member.{number}": each for number, each in enumerate(rule_names, 1)}
    return xml.refusal(account.query("ReorderReceiptRuleSet", {"RuleSetName": name, **given}))


def test_rules_stand_in_the_order_in_which_they_are_named(account: Account) -> None:
    create(account, "a", "b", "c")
    for order in (["c", "a", "b"], ["c", "a", "b"], ["b", "c", "a"]):
        account.client().reorder_receipt_rule_set(RuleSetName=SET, RuleNames=order)
        assert receipt_rules.names(account) == order


def test_an_order_may_be_given_by_numbers_out_of_order(account: Account) -> None:
    create(account, "a", "b")
    numbers = {"RuleNames.member.2": "a", "RuleNames.member.1": "b"}
    assert account.query("ReorderReceiptRuleSet", {"RuleSetName": SET, **numbers}).status == 200
    assert receipt_rules.names(account) == ["b", "a"]
    assert account.post(
        b"Action=ReorderReceiptRuleSet&Version=2010-12-01&RuleSetName=inbound&RuleNames.member.1=a"
        b"&RuleNames.member.1=x&RuleNames.member.2=b"
    ).status == 200  # fmt: skip
    assert receipt_rules.names(account) == ["a", "b"]


def test_an_order_must_name_each_rule_of_the_set_once_and_no_other(account: Account) -> None:
    create(account, "r3", "r2", "r1")
    assert reorder(account, "r1", "r2", "r3", "x", "x") == invalid("Multiple positions found for rule: x")
    assert reorder(account, "r1", "r1", "x") == invalid("Multiple positions found for rule: r1")
    assert reorder(account, "x", "r2", "y") == invalid("Positions for rules not found: r3, r1")
    assert reorder(account) == invalid("Positions for rules not found: r3, r2, r1")
    last = reorder(account, "r1", "r2", "y", "x", "r3")
    assert last == (400, "RuleDoesNotExist", "Rule does not exist: y")
    assert reorder(account, "r1", "r2", "r3", "x" * 100)[1] == "RuleDoesNotExist"
    assert receipt_rules.names(account) == ["r3", "r2", "r1"]


def test_a_set_without_rules_has_one_order(account: Account) -> None:
    create(account)
    assert account.query("ReorderReceiptRuleSet", RuleSetName=SET).status == 200
    assert account.query("ReorderReceiptRuleSet", {"RuleSetName": SET, "RuleNames": ""}).status == 200


@pytest.mark.parametrize("rule_names", [["", "a"], ["a", "x" * 101], ["a b"], ["", "a/b", "x" * 101]])
def test_names_that_no_rule_can_have_are_told_once(account: Account, rule_names: Sequence[str]) -> None:
    assert reorder(account, *rule_names) == violations(("ruleNames", RULE_NAMES))
    assert reorder(account, *rule_names, name="a b") == violations(("ruleSetName", PATTERN), ("ruleNames", RULE_NAMES))


def test_a_gap_in_the_order_is_filled_with_an_empty_name(account: Account) -> None:
    create(account, "a")
    found = refused(account, "ReorderReceiptRuleSet", RuleSetName=SET, RuleNames__member__2="a")
    assert found == violations(("ruleNames", RULE_NAMES))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0 is not a valid index"),
        ("01", "Value found where not expected"),
        ("x", "Start of list found where not expected"),
        ("", "Start of list found where not expected"),
        ("214748370", "Index 214748370 is illegal"),
        ("1500", "Excessively sparse input would skip 1,499 list elements"),
    ],
)
def test_the_numbers_of_an_order_come_before_all_else(account: Account, number: str, text: str) -> None:
    given = {"RuleSetName": "a b", f"RuleNames.member.{number}": "a b"}
    assert xml.refusal(account.query("ReorderReceiptRuleSet", given)) == malformed(text)


def test_the_set_comes_before_the_names(account: Account) -> None:
    assert reorder(account, "x", "x", name="a_") == invalid("Not a valid ruleSetName: a_")
    assert reorder(account, "x", "x", name="nope") == unknown("nope")


# ---- whose sets


def test_sets_belong_to_one_account_in_one_region(account: Account) -> None:
    create(account, "rule")
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        assert (names(stranger), active(stranger)) == ([], None)
        assert refused(stranger, "DescribeReceiptRuleSet", RuleSetName=SET) == unknown(SET)
        assert refused(stranger, "SetActiveReceiptRuleSet", RuleSetName=SET) == unknown(SET)
        create(stranger)
        stranger.client().set_active_receipt_rule_set()
        stranger.client().delete_receipt_rule_set(RuleSetName=SET)
    assert (names(account), active(account), receipt_rules.names(account)) == ([SET], SET, ["rule"])


def test_a_reset_takes_the_sets_along(account: Account) -> None:
    create(account, "rule")
    account.client().set_active_receipt_rule_set(RuleSetName=SET)
    account.inspect("POST", "/reset")
    assert (names(account), active(account)) == ([], None)
