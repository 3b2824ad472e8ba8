"""ListIdentities page by page."""

import pytest

from tests.support import aws
from tests.support.aws import Account, refusal

NAMES = ["ann@example.com", "example.com", "bob@example.com", "example.net", "cat@example.com"]


@pytest.fixture
def account(account: Account) -> Account:
    """An account with three addresses and two domains."""
    for name in NAMES:
        if "@" in name:
            account.client().verify_email_identity(EmailAddress=name)
        else:
            account.client().verify_domain_identity(Domain=name)
    return account


def _token(account: Account, **parameters: object) -> str:
    return str(account.client().list_identities(MaxItems=2, **parameters)["NextToken"])


def test_identities_of_both_types_and_every_state_come_in_the_order_of_their_creation(account: Account) -> None:
    account.inspect("POST", "/identities/example.com/fail")
    account.inspect("POST", "/identities/bob@example.com/verify")
    answer = account.client().list_identities()
    assert answer["Identities"] == NAMES
    assert "NextToken" not in answer


def test_one_type_may_be_asked_for(account: Account) -> None:
    addresses = account.client().list_identities(IdentityType="EmailAddress")["Identities"]
    domains = account.client().list_identities(IdentityType="Domain")["Identities"]
    assert (addresses, domains) == ([NAMES[0], NAMES[2], NAMES[4]], [NAMES[1], NAMES[3]])


def test_pages_continue_until_no_token_comes(account: Account) -> None:
    first = account.client().list_identities(MaxItems=2)
    second = account.client().list_identities(MaxItems=2, NextToken=first["NextToken"])
    third = account.client().list_identities(MaxItems=2, NextToken=second["NextToken"])
    assert [page["Identities"] for page in (first, second, third)] == [NAMES[:2], NAMES[2:4], NAMES[4:]]
    assert "NextToken" not in third


@pytest.mark.parametrize(("kind", "count"), [("Domain", 2), ("EmailAddress", 3), (None, 5)])
def test_a_page_that_ends_with_the_list_has_no_token(account: Account, kind: str | None, count: int) -> None:
    given = {"IdentityType": kind} if kind else {}
    answer = account.client().list_identities(MaxItems=count, **given)
    assert len(answer["Identities"]) == count
    assert "NextToken" not in answer
    assert "NextToken" in account.client().list_identities(MaxItems=count - 1, **given)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_boto3s_paginator_finds_each_identity_once(account: Account, size: int) -> None:
    pages = account.client().get_paginator("list_identities").paginate(PaginationConfig={"PageSize": size})
    assert [name for page in pages for name in page["Identities"]] == NAMES


def test_a_page_holds_at_least_195_identities_unless_told_otherwise(account: Account) -> None:
    there = account.elsewhere("us-west-2")
    names = [f"{number}.example.com" for number in range(195)]
    for name in names:
        there.query("VerifyDomainIdentity", Domain=name)
    assert there.client().list_identities()["Identities"] == names


@pytest.mark.parametrize("value", [0, -1, 1001, 2147483647])
def test_a_page_has_between_1_and_1000_items(account: Account, value: int) -> None:
    message = f"Value {value} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000."
    assert refusal(account.client().list_identities, MaxItems=value) == ("InvalidParameterValue", message, 400)
    for allowed in (1, 1000):
        assert account.client().list_identities(MaxItems=allowed)["Identities"]


def test_an_empty_token_is_none(account: Account) -> None:
    assert account.client().list_identities(NextToken="")["Identities"] == NAMES


@pytest.mark.parametrize("token", ["garbage", "AAAA", " ", "ü", "<&>", "A" * 32, "A" * 10_000, "=", "\ud83d\ude00"])
def test_a_token_that_ses_never_gave_is_invalid(account: Account, token: str) -> None:
    token = token.encode("utf-16", "surrogatepass").decode("utf-16")
    answer = refusal(account.client().list_identities, NextToken=token)
    assert answer == ("InvalidParameterValue", f"Invalid NextToken <{token}>.", 400)


def test_a_token_of_another_region_or_account_or_with_a_character_changed_is_invalid(account: Account) -> None:
    token = _token(account)
    strangers = [account.elsewhere("eu-west-1"), aws.new_account(account.url)]
    for stranger in strangers:
        answer = refusal(stranger.client().list_identities, NextToken=token)
        assert answer == ("InvalidParameterValue", f"Invalid NextToken <{token}>.", 400)
    for place in (0, 10, len(token) - 1):
        altered = f"{token[:place]}{'B' if token[place] != 'B' else 'C'}{token[place + 1 :]}"
        assert refusal(account.client().list_identities, NextToken=altered)[0] == "InvalidParameterValue"
    for altered in (token[:-1], token + "A", token + token, f" {token}"):
        assert refusal(account.client().list_identities, NextToken=altered)[0] == "InvalidParameterValue"


def test_a_token_is_not_bound_to_the_type_it_was_given_for(account: Account) -> None:
    token = _token(account, IdentityType="EmailAddress")  # after bob
    assert account.client().list_identities(NextToken=token)["Identities"] == ["example.net", "cat@example.com"]
    assert account.client().list_identities(NextToken=token, IdentityType="Domain")["Identities"] == ["example.net"]


def test_a_token_survives_what_happens_to_the_list(account: Account) -> None:
    token = _token(account)
    account.client().delete_identity(Identity=NAMES[1])
    account.client().delete_identity(Identity=NAMES[2])
    account.client().verify_email_identity(EmailAddress="dan@example.com")
    rest = account.client().list_identities(NextToken=token)["Identities"]
    assert rest == [*NAMES[3:], "dan@example.com"]
    assert account.client().list_identities(NextToken=token)["Identities"] == rest
