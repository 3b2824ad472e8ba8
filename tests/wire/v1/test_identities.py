"""Identities through boto3: verify, list, look at and delete them."""

import base64
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import WaiterError
from sqlalchemy import create_engine, insert

from emulator.store import schema
from tests.support import aws, mail, xml
from tests.support.aws import Account, refusal

INVALID = "InvalidParameterValue"
VERIFY_ADDRESS = ["verify_email_identity", "verify_email_address"]
ADDRESSES = [
    "ann@example.com",
    "a@b",  # no dot is needed
    '"a@b"@example.com',
    "ann+label@example.com",
    "Ann@EXAMPLE.com",
    "a/b?c=d&e@example.com",
    "a" * 308 + "@example.com",  # 320 characters
    "ü@пример.рф",
]
NO_ADDRESSES = [
    "ann",
    "@example.com",
    "ann@",
    "@",
    "ann@bob@example.com",
    "Ann <ann@example.com>",
    "ann @example.com",
    "ann@exam ple.com",
    " ann@example.com",
    "ann@example.com\n",
    "ann\t@example.com",
    '"a b"@example.com',
    "a" * 309 + "@example.com",
    "example.com",
]
DOMAINS = [
    "example.com",
    "a-b.c_d.example",
    "xn--e1afmkfd.xn--p1ai",
    "1.2",
    "a" * 63 + ".example.com",
    ".".join(["a" * 63] * 3 + ["a" * 59, "com"]),  # 255 characters
]
NO_DOMAINS = [
    "foo.example.com.",
    "example",
    "",
    ".",
    ".example.com",
    "a..example.com",
    "-a.example.com",
    "a-.example.com",
    "a b.example.com",
    " example.com",
    "example.com\n",
    "ann@example.com",
    "ex*mple.com",
    "пример.рф",
    "https://example.com",
    "a" * 64 + ".example.com",
    ".".join(["a" * 63] * 3 + ["a" * 60, "com"]),  # 256 characters
]


def _statuses(account: Account, *identities: str) -> dict[str, str]:
    found = account.client().get_identity_verification_attributes(Identities=list(identities))
    return {name: each["VerificationStatus"] for name, each in found["VerificationAttributes"].items()}


def _verified(account: Account, *identities: str) -> None:
    for identity in identities:
        if "@" in identity:
            account.client().verify_email_identity(EmailAddress=identity)
        else:
            account.client().verify_domain_identity(Domain=identity)
        account.inspect("POST", f"/identities/{identity}/verify")


# ---- VerifyEmailIdentity and VerifyEmailAddress


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", VERIFY_ADDRESS)
def test_verifying_an_address_makes_it_a_pending_identity_as_it_is_spelt(
    account: Account, method: str, address: str
) -> None:
    getattr(account.client(), method)(EmailAddress=address)
    assert account.client().list_identities(IdentityType="EmailAddress")["Identities"] == [address]
    assert _statuses(account, address) == {address: "Pending"}
    assert [message["recipients"][0]["address"] for message in account.messages()] == [address]


@pytest.mark.parametrize("address", NO_ADDRESSES)
@pytest.mark.parametrize("method", VERIFY_ADDRESS)
def test_a_bad_address_is_refused_between_angle_brackets(account: Account, method: str, address: str) -> None:
    answer = refusal(getattr(account.client(), method), EmailAddress=address)
    assert answer == (INVALID, f"Invalid email address<{address}>.", 400)
    assert account.messages() == []


@pytest.mark.parametrize("address", ["", " ", "\t\n"])
@pytest.mark.parametrize("method", VERIFY_ADDRESS)
def test_a_blank_address_is_not_specified(account: Account, method: str, address: str) -> None:
    answer = refusal(getattr(account.client(), method), EmailAddress=address)
    assert answer == (INVALID, "Email address not specified.", 400)


def test_verifying_an_address_again_sends_another_mail_and_keeps_its_place(account: Account) -> None:
    for address in ("ann@example.com", "bob@example.com", "ann@example.com"):
        account.client().verify_email_identity(EmailAddress=address)
    assert account.client().list_identities()["Identities"] == ["ann@example.com", "bob@example.com"]
    assert len(account.messages(to="ann@example.com")) == 2


def test_a_verified_address_stays_verified_when_it_is_verified_again(account: Account) -> None:
    _verified(account, "ann@example.com")
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    assert _statuses(account, "ann@example.com") == {"ann@example.com": "Success"}


def test_addresses_that_differ_in_case_or_label_are_different_identities(account: Account) -> None:
    addresses = ["ann@example.com", "Ann@example.com", "ann@EXAMPLE.com", "ann+x@example.com"]
    _verified(account, addresses[0])
    for address in addresses[1:]:
        account.client().verify_email_identity(EmailAddress=address)
    assert account.client().list_identities()["Identities"] == addresses
    assert _statuses(account, *addresses) == dict(zip(addresses, ["Success", *["Pending"] * 3], strict=True))


# ---- VerifyDomainIdentity


@pytest.mark.parametrize("domain", DOMAINS)
def test_verifying_a_domain_gives_44_characters_of_base64_to_publish(account: Account, domain: str) -> None:
    token = account.client().verify_domain_identity(Domain=domain)["VerificationToken"]
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", token)
    assert len(base64.b64decode(token, validate=True)) == 32
    assert account.client().list_identities(IdentityType="Domain")["Identities"] == [domain]
    found = account.client().get_identity_verification_attributes(Identities=[domain])["VerificationAttributes"]
    assert found == {domain: {"VerificationStatus": "Pending", "VerificationToken": token}}
    assert account.messages() == []


@pytest.mark.parametrize("domain", NO_DOMAINS)
def test_a_bad_domain_is_refused_by_name(account: Account, domain: str) -> None:
    answer = refusal(account.client().verify_domain_identity, Domain=domain)
    assert answer == (INVALID, f"Invalid domain name {domain}.", 400)


def test_the_token_of_a_domain_stays_and_differs_by_domain_region_and_account(account: Account) -> None:
    def token(there: Account, domain: str = "example.com") -> str:
        return str(there.client().verify_domain_identity(Domain=domain)["VerificationToken"])

    first = token(account)
    account.inspect("POST", "/identities/example.com/verify")
    assert token(account) == first
    others = [token(account, "example.net"), token(account.elsewhere("eu-west-1")), token(aws.new_account(account.url))]
    assert len({first, *others}) == 4
    assert _statuses(account, "example.com") == {"example.com": "Success"}


def test_a_domain_is_the_same_in_capitals(account: Account) -> None:
    token = account.client().verify_domain_identity(Domain="Example.COM")["VerificationToken"]
    assert account.client().verify_domain_identity(Domain="example.com")["VerificationToken"] == token
    assert account.client().list_identities()["Identities"] == ["example.com"]
    assert _statuses(account, "EXAMPLE.com") == {"EXAMPLE.com": "Pending"}
    account.client().delete_identity(Identity="eXample.com")
    assert account.client().list_identities()["Identities"] == []


# ---- DeleteIdentity and DeleteVerifiedEmailAddress


@pytest.mark.parametrize("identity", ["nobody@example.com", "unknown.example.com", "a@b", "."])
def test_deleting_an_unknown_identity_succeeds(account: Account, identity: str) -> None:
    assert account.client().delete_identity(Identity=identity)["ResponseMetadata"]["HTTPStatusCode"] == 200
    if "@" in identity:
        found = account.client().delete_verified_email_address(EmailAddress=identity)
        assert found["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("identity", ["foobar", "", " ", "a b"])
def test_deleting_what_can_be_no_identity_is_refused(account: Account, identity: str) -> None:
    message = f"Identity {identity} is invalid. Must be a verified email address or domain."
    assert refusal(account.client().delete_identity, Identity=identity) == (INVALID, message, 400)
    answer = refusal(account.client().delete_verified_email_address, EmailAddress=identity)
    assert answer == (INVALID, message, 400)


def test_a_deleted_identity_is_unknown_and_begins_anew(account: Account) -> None:
    _verified(account, "ann@example.com", "example.com")
    account.client().delete_verified_email_address(EmailAddress="ann@example.com")
    mail.send(account.client())
    account.client().delete_identity(Identity="example.com")
    assert account.client().list_identities()["Identities"] == []
    assert _statuses(account, "ann@example.com", "example.com") == {}
    assert mail.refused(account.client()) == mail.unverified("ann@example.com")
    account.client().verify_domain_identity(Domain="example.com")
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    names = ["example.com", "ann@example.com"]
    assert account.client().list_identities()["Identities"] == names
    assert _statuses(account, *names) == dict.fromkeys(names, "Pending")


def test_addresses_outlive_their_deleted_domain(account: Account) -> None:
    _verified(account, "example.com", "ann@example.com")
    account.client().delete_identity(Identity="example.com")
    assert account.client().list_identities()["Identities"] == ["ann@example.com"]
    assert _statuses(account, "ann@example.com") == {"ann@example.com": "Success"}


# ---- ListVerifiedEmailAddresses


def test_only_addresses_that_are_verified_are_listed_as_such(account: Account) -> None:
    assert account.client().list_verified_email_addresses()["VerifiedEmailAddresses"] == []
    _verified(account, "ann@example.com", "example.com", "bob@example.com", "cat@example.com")
    account.client().verify_email_identity(EmailAddress="dan@example.com")
    account.inspect("POST", "/identities/cat@example.com/fail")
    found = account.client().list_verified_email_addresses()["VerifiedEmailAddresses"]
    assert found == ["ann@example.com", "bob@example.com"]


# ---- GetIdentityVerificationAttributes


def test_an_unknown_identity_is_left_out_also_below_a_verified_domain(account: Account) -> None:
    _verified(account, "example.com")
    asked = ["ann@example.com", "sub.example.com", "example.net", "no identity", "", "example.com"]
    assert _statuses(account, *asked) == {"example.com": "Success"}


def test_only_domains_have_tokens_and_each_identity_has_one_entry(account: Account) -> None:
    token = account.client().verify_domain_identity(Domain="example.com")["VerificationToken"]
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    asked = {"Identities.member.1": "example.com", "Identities.member.2": "ann@example.com"}
    answer = account.query("GetIdentityVerificationAttributes", {**asked, "Identities.member.3": "example.com"})
    entries = [[part.text for part in entry.iter() if not len(part)] for entry in xml.root(answer).iter("{*}entry")]
    assert entries == [["example.com", "Pending", token], ["ann@example.com", "Pending"]]


def test_a_hundred_identities_are_the_most_to_ask_for(account: Account) -> None:
    call = account.client().get_identity_verification_attributes
    assert call(Identities=[f"{number}.example.com" for number in range(100)])["VerificationAttributes"] == {}
    answer = refusal(call, Identities=[f"{number}.example.com" for number in range(101)])
    assert answer == (INVALID, "Too many identities. The maximum is 100.", 400)


def test_the_waiter_ends_once_all_identities_are_verified(account: Account) -> None:
    _verified(account, "ann@example.com", "example.com")
    account.client().verify_email_identity(EmailAddress="bob@example.com")
    waiter = account.client().get_waiter("identity_exists")
    now = {"Delay": 0, "MaxAttempts": 2}
    waiter.wait(Identities=["ann@example.com", "example.com"], WaiterConfig=now)
    for others in (["bob@example.com"], ["unknown.example.com"], ["ann@example.com", "bob@example.com"]):
        with pytest.raises(WaiterError):
            waiter.wait(Identities=others, WaiterConfig=now)


# ---- whose identities


def test_identities_belong_to_one_account_in_one_region(account: Account) -> None:
    _verified(account, "ann@example.com")
    there, other = account.elsewhere("eu-west-1"), aws.new_account(account.url)
    for stranger in (there, other):
        assert stranger.client().list_identities()["Identities"] == []
        assert _statuses(stranger, "ann@example.com") == {}
        stranger.client().verify_email_identity(EmailAddress="ann@example.com")
        assert _statuses(stranger, "ann@example.com") == {"ann@example.com": "Pending"}
        stranger.client().delete_identity(Identity="ann@example.com")
    assert _statuses(account, "ann@example.com") == {"ann@example.com": "Success"}


def test_a_key_that_is_no_account_id_belongs_to_the_default_account(start: Callable[..., Account]) -> None:
    default = start(account_id="111122223333")
    for key in ("AKIAIOSFODNN7EXAMPLE", "test", "1234567890123"):
        aws.Account(default.url, key).client().verify_email_identity(EmailAddress=f"{key}@example.com")
    found = aws.Account(default.url, "111122223333").client().list_identities()["Identities"]
    assert found == ["AKIAIOSFODNN7EXAMPLE@example.com", "test@example.com", "1234567890123@example.com"]
    assert default.client().list_identities()["Identities"] == []


def test_callers_who_verify_the_same_name_at_once_all_succeed(start: Callable[..., Account]) -> None:
    account = start(workers=3)

    def verify(number: int) -> list[int]:
        address = account.query("VerifyEmailIdentity", EmailAddress=f"{number // 8}@example.com")
        domain = account.query("VerifyDomainIdentity", Domain=f"{number // 8}.example.com")
        return [address.status, domain.status]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(verify, range(160))) == [[200, 200]] * 160
    assert len(account.client().list_identities()["Identities"]) == 40


def test_ten_thousand_identities_are_the_most_in_a_region(start: Callable[..., Account], new_database_url: str) -> None:
    account = start()
    times = {"created_at": 0, "started_at": 0}
    place = {"account_id": account.account_id, "region": account.region, "identity_type": "EmailAddress"}
    rows = [{"identity": f"{number}@example.com", **place, **times} for number in range(9_999)]
    engine = create_engine(new_database_url)
    with engine.begin() as connection:
        connection.execute(insert(schema.identities), rows)
    engine.dispose()
    account.client().verify_domain_identity(Domain="example.com")
    full = ("LimitExceeded", "Cannot have more than 10000 identities.", 400)
    assert refusal(account.client().verify_email_identity, EmailAddress="one@example.com") == full
    assert refusal(account.client().verify_domain_identity, Domain="example.net") == full
    account.client().verify_email_identity(EmailAddress="0@example.com")
    account.elsewhere("eu-west-1").client().verify_domain_identity(Domain="example.net")
    account.client().delete_identity(Identity="9@example.com")
    account.client().verify_domain_identity(Domain="example.net")
    names = account.client().get_paginator("list_identities").paginate().build_full_result()["Identities"]
    assert (len(names), len(set(names))) == (10_000, 10_000)
