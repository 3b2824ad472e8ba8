"""IP address filters: created, listed and deleted."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import aws, xml
from tests.support.aws import Account
from tests.support.receipt_rules import NULL, invalid, violations

PARTS = {"name": "Filter.Name", "policy": "Filter.IpFilter.Policy", "cidr": "Filter.IpFilter.Cidr"}
Refusal = tuple[int, str | None, str | None]


def create(account: Account, name: str = "office", policy: str = "Block", cidr: str = "10.0.0.0/24") -> None:
    account.client().create_receipt_filter(Filter={"Name": name, "IpFilter": {"Policy": policy, "Cidr": cidr}})


def put(account: Account, **parts: str | None) -> Refusal:
    """What is said of a filter that is fine but for these parts."""
    given = {"name": "office", "policy": "Block", "cidr": "10.0.0.0/24", **parts}
    form = {PARTS[part]: value for part, value in given.items() if value is not None}
    return xml.refusal(account.query("CreateReceiptFilter", form))


def listed(account: Account) -> dict[str, tuple[str, str]]:
    found = account.client().list_receipt_filters()["Filters"]
    return {each["Name"]: (each["IpFilter"]["Policy"], each["IpFilter"]["Cidr"]) for each in found}


def test_filters_are_listed_by_name_as_they_were_given(account: Account) -> None:
    assert listed(account) == {}
    given = {
        "b": ("Block", "0.0.0.0/0"),
        "B": ("Allow", "10.0.0.1/24"),
        "a-c": ("Block", "2001:DB8::/32"),
        "a.b": ("Allow", "::1"),
        "a_a": ("Allow", "192.0.2.7"),
    }
    for name, (policy, cidr) in given.items():
        create(account, name, policy, cidr)
    assert listed(account) == given
    assert list(listed(account)) == ["B", "a-c", "a.b", "a_a", "b"]


def test_the_members_of_a_filter_come_in_their_order(account: Account) -> None:
    create(account)
    member = xml.root(account.query("ListReceiptFilters")).find(".//{*}Filters/{*}member")
    assert member is not None
    assert [each.tag.partition("}")[2] for each in member.iter()] == ["member", "Name", "IpFilter", "Policy", "Cidr"]


@pytest.mark.parametrize("action", ["CreateReceiptFilter", "DeleteReceiptFilter"])
def test_the_answers_of_changes_have_an_empty_result(account: Account, action: str) -> None:
    answer = account.query(action, {**dict(zip(PARTS.values(), ("a", "Block", "::"), strict=True)), "FilterName": "a"})
    result = xml.root(answer).find(f"{{*}}{action}Result")
    assert result is not None
    assert (answer.status, len(result)) == (200, 0)


# ---- what is refused


def test_the_parts_of_a_filter_must_be_there(account: Account) -> None:
    assert put(account, name=None, policy=None, cidr=None) == violations(("filter", NULL))
    assert put(account, policy=None, cidr=None) == violations(("filter.ipFilter", NULL))
    assert put(account, name=None) == violations(("filter.name", NULL))
    assert put(account, policy=None) == violations(("filter.ipFilter.policy", NULL))
    assert put(account, cidr=None) == violations(("filter.ipFilter.cidr", NULL))
    name_and_cidr = violations(("filter.name", NULL), ("filter.ipFilter.cidr", NULL))
    assert put(account, name=None, cidr=None) == name_and_cidr
    nothing_known = xml.refusal(account.query("CreateReceiptFilter", {"Filter.IpFilter.Other": "x"}))
    inside = ("filter.ipFilter.policy", NULL), ("filter.ipFilter.cidr", NULL)
    assert nothing_known == violations(("filter.name", NULL), *inside)


@pytest.mark.parametrize("policy", ["", "block", "Deny"])
def test_a_policy_allows_or_blocks(account: Account, policy: str) -> None:
    found = violations(("filter.ipFilter.policy", "Member must satisfy enum value set: [Allow, Block]"))
    assert put(account, policy=policy, name="", cidr="x") == found


def test_the_name_of_a_filter_has_no_pattern_but_a_rule(account: Account) -> None:
    assert put(account, name="", cidr="x") == invalid("filterName must not be empty")
    for bad in ("a b", "_a", "a_", "a" * 65, "é", " ", "a\n"):
        assert put(account, name=bad, cidr="x") == invalid(f"Not a valid filterName: {bad}")
    for fine in ("a", "a" * 64, "A.b-c_d"):
        assert put(account, name=fine)[0] == 200


@pytest.mark.parametrize(
    "cidr",
    [
        "", "x", "10.0.0.0/33", "10.0.0/24", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/0024", "010.0.0.0", "256.0.0.1",
        "10.0.0.0/255.255.255.0", "10.0.0.0/\u0662", "\uff11\uff10.0.0.0", "10.0.0.0 ", " 10.0.0.0", "10.0.0.0\n",
        "167772160", "2001:db8::/129", "[2001:db8::1]", "fe80::1%eth0", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8:9",
        "2001:db8:::1", "1::2::3", "12345::", "1:2:3:4:5:6:7", "g::",
    ],
)  # fmt: skip
def test_what_is_no_address_or_network_is_refused(account: Account, cidr: str) -> None:
    create(account)
    assert put(account, cidr=cidr) == invalid(f"Invalid CIDR block: {cidr}")


@pytest.mark.parametrize(
    "cidr", ["10.0.0.1/24", "10.0.0.1", "0.0.0.0/0", "10.0.0.0/032", "::/0", "::1/128", "FE80::1/10", "1:2:3:4:5:6:7:8"]
)
def test_host_bits_may_be_set(account: Account, cidr: str) -> None:
    create(account, cidr=cidr)
    assert listed(account) == {"office": ("Block", cidr)}


def test_a_name_can_be_taken_only_once(account: Account) -> None:
    create(account)
    assert put(account, policy="Allow", cidr="::") == (400, "AlreadyExists", "Filter already exists: office")
    assert listed(account) == {"office": ("Block", "10.0.0.0/24")}


def test_there_are_at_most_100_filters(account: Account) -> None:
    for number in range(100):
        assert put(account, name=f"f{number}")[0] == 200
    assert put(account, name="one-more") == (400, "LimitExceeded", "Too many filters")
    assert put(account, name="f7") == (400, "AlreadyExists", "Filter already exists: f7")
    account.client().delete_receipt_filter(FilterName="f7")
    assert put(account, name="one-more")[0] == 200
    assert len(listed(account)) == 100


def test_callers_who_create_the_same_filter_at_once_succeed_once(account: Account) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = [code for _, code, _ in pool.map(lambda _: put(account), range(24))]
    assert sorted(filter(None, codes)) == ["AlreadyExists"] * 23


# ---- DeleteReceiptFilter


def test_any_name_can_be_deleted(account: Account) -> None:
    create(account)
    create(account, "other")
    for name in ("office", "office", "nobody", "", "a b", "x" * 200):
        assert account.query("DeleteReceiptFilter", FilterName=name).status == 200
    assert list(listed(account)) == ["other"]
    assert xml.refusal(account.query("DeleteReceiptFilter")) == violations(("filterName", NULL))


# ---- whose filters


def test_filters_belong_to_one_account_in_one_region(account: Account) -> None:
    create(account)
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        assert listed(stranger) == {}
        create(stranger, cidr="::")
        stranger.client().delete_receipt_filter(FilterName="office")
    assert listed(account) == {"office": ("Block", "10.0.0.0/24")}
    account.inspect("POST", "/reset")
    assert listed(account) == {}
