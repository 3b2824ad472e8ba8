"""Which recipients a rule matches, and whose mail filters admit."""

import pytest

from emulator.ses import receipt_filters, receipt_rules
from emulator.ses.receipt_filters import Filter
from emulator.store.receipt_rules import ReceiptRule


def rule(name: str, *recipients: str, enabled: bool = True) -> ReceiptRule:
    return ReceiptRule(name, enabled, "Optional", False, recipients, ())


def planned(rules: list[ReceiptRule], *recipients: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(match.rule.name, match.recipients) for match in receipt_rules.plan(rules, recipients)]


@pytest.mark.parametrize(
    ("condition", "matched", "others"),
    [
        (
            "user@example.com",
            [
                "user@example.com",
                "User@EXAMPLE.com",
                "user+label@example.com",
                "user+a+b@example.com",
                "user+@example.com",
            ],
            [
                "user@sub.example.com",
                "users@example.com",
                "user-label@example.com",
                "+user@example.com",
                "user@example.org",
            ],
        ),
        (
            "user+label@example.com",
            ["user+label@example.com", "USER+LABEL@example.com"],
            ["user@example.com", "user+other@example.com", "user+label+more@example.com"],
        ),
        (
            "example.com",
            ["a@example.com", "a+b@Example.Com", '"a@b"@example.com'],
            ["a@sub.example.com", "a@myexample.com"],
        ),
        (
            ".example.com",
            ["a@sub.example.com", "a@a.b.example.com", "a@SUB.example.com"],
            ["a@example.com", "a@myexample.com", "a@sub.example.com.org"],
        ),
        ("sub.example.com", ["a@sub.example.com"], ["a@example.com", "a@a.sub.example.com"]),
        (".sub.example.com", ["a@x.sub.example.com"], ["a@sub.example.com", "a@x.example.com"]),
        ("ünï@example.com", ["Ünï@example.com"], ["uni@example.com"]),
    ],
)
def test_a_condition_matches(condition: str, matched: list[str], others: list[str]) -> None:
    assert [each for each in [*matched, *others] if receipt_rules.matches(condition, each)] == matched
    assert planned([rule("r", condition)], *others, *matched) == [("r", tuple(matched))]


def test_a_rule_without_recipients_matches_all() -> None:
    assert planned([rule("all")], "a@example.com", "b@example.org") == [("all", ("a@example.com", "b@example.org"))]


def test_each_enabled_rule_gets_the_recipients_that_it_matches_as_they_were_given() -> None:
    rules = [
        rule("users", "ann@example.com", "bob@example.com"),
        rule("off", enabled=False),
        rule("domain", "example.com", "ann@example.com"),
        rule("nobody", "example.net"),
        rule("all"),
    ]
    given = ("Bob@Example.com", "carl@example.com", "ann+x@example.com", "ann@example.org")
    assert planned(rules, *given) == [
        ("users", ("Bob@Example.com", "ann+x@example.com")),
        ("domain", ("Bob@Example.com", "carl@example.com", "ann+x@example.com")),
        ("all", given),
    ]


def test_without_rules_or_recipients_there_is_no_plan() -> None:
    assert planned([], "a@example.com") == []
    assert planned([rule("all"), rule("some", "example.com")]) == []
    assert planned([rule("off", "example.com", enabled=False)], "a@example.com") == []


# ---- filters


def filters(*given: tuple[str, str]) -> list[Filter]:
    found = []
    for policy, cidr in given:
        network = receipt_filters.network(cidr)
        assert network
        found.append(Filter(policy, network))
    return found


@pytest.mark.parametrize(
    ("given", "admitted", "refused"),
    [
        ([], ["192.0.2.1", "::1"], []),
        ([("Allow", "10.0.0.0/8")], ["10.1.2.3", "192.0.2.1"], []),
        (
            [("Block", "10.0.0.1/24")],
            ["10.0.1.0", "9.255.255.255", "::1"],
            ["10.0.0.0", "10.0.0.255", "::ffff:10.0.0.7"],
        ),
        ([("Block", "0.0.0.0/0"), ("Allow", "10.0.0.0/24")], ["10.0.0.9", "2001:db8::1"], ["10.0.1.0", "192.0.2.1"]),
        ([("Allow", "10.0.0.7"), ("Block", "10.0.0.7")], ["10.0.0.7"], []),
        (
            [("Block", "::/0"), ("Allow", "2001:db8::/32")],
            ["2001:db8::1", "10.0.0.1"],
            ["2001:db9::", "::1", "fe80::1%1"],
        ),
        ([("Block", "192.0.2.1")], ["192.0.2.2"], ["192.0.2.1"]),
    ],
)
def test_filters_admit_who_is_not_blocked_or_is_allowed(
    given: list[tuple[str, str]], admitted: list[str], refused: list[str]
) -> None:
    assert [each for each in [*admitted, *refused] if receipt_filters.admits(filters(*given), each)] == admitted
