"""MAIL FROM domains through boto3: which are taken, which refused, and what each identity has."""

from collections.abc import Callable

import pytest

from tests.support import zone
from tests.support.aws import Account, refusal

INVALID = "InvalidParameterValue"
UNSET = {"BehaviorOnMXFailure": "UseDefaultValue"}


def _set(account: Account, identity: str = "example.com", domain: str | None = "mail.example.com", **more: str) -> None:
    given = more if domain is None else {"MailFromDomain": domain, **more}
    account.client().set_identity_mail_from_domain(Identity=identity, **given)


def _refused(account: Account, identity: str, domain: str, **more: str) -> tuple[str, str, int]:
    call = account.client().set_identity_mail_from_domain
    return refusal(call, Identity=identity, MailFromDomain=domain, **more)


def _attributes(account: Account, *identities: str) -> dict[str, dict[str, str]]:
    answer = account.client().get_identity_mail_from_domain_attributes(Identities=list(identities))
    return dict(answer["MailFromDomainAttributes"])


def _set_up(domain: str, behavior: str = "UseDefaultValue", status: str = "Pending") -> dict[str, str]:
    return {"MailFromDomain": domain, "MailFromDomainStatus": status, "BehaviorOnMXFailure": behavior}


def _not_below(domain: str, identity: str) -> tuple[str, str, int]:
    text = f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity <{identity}>."
    return INVALID, text, 400


def _not_verified(domain: str, identity: str) -> tuple[str, str, int]:
    text = f"Provided MAIL-FROM domain <{domain}> or its parents are not verified for identity <{identity}>."
    return INVALID, text, 400


@pytest.fixture
def domain(account: Account) -> str:
    """A domain that is an identity, Pending."""
    account.client().verify_domain_identity(Domain="example.com")
    return "example.com"


# ---- taken


def test_a_domain_below_the_identity_is_pending(account: Account, domain: str) -> None:
    _set(account, domain, "bounce.mail.example.com")
    assert _attributes(account, domain) == {domain: _set_up("bounce.mail.example.com")}


def test_case_does_not_matter(account: Account, domain: str) -> None:
    _set(account, "Example.COM", "Mail.EXAMPLE.com")
    assert _attributes(account, domain) == {domain: _set_up("mail.example.com")}


def test_an_address_may_have_one_below_its_domain_where_that_is_registered(account: Account, domain: str) -> None:
    for address, name in (("ann@example.com", "ann.example.com"), ("bob@Sub.example.com", "b.sub.example.com")):
        account.client().verify_email_identity(EmailAddress=address)
        _set(account, address, name)
        assert _attributes(account, address, domain) == {address: _set_up(name), domain: UNSET}


def test_another_call_changes_what_it_names(account: Account, domain: str) -> None:
    _set(account, BehaviorOnMXFailure="RejectMessage")
    _set(account)
    assert _attributes(account, domain) == {domain: _set_up("mail.example.com", "RejectMessage")}
    _set(account, domain, "other.example.com")
    assert _attributes(account, domain) == {domain: _set_up("other.example.com", "RejectMessage")}
    _set(account, domain, "other.example.com", BehaviorOnMXFailure="UseDefaultValue")
    assert _attributes(account, domain) == {domain: _set_up("other.example.com")}


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_domain_clears_it_and_the_behaviour_too(account: Account, domain: str, nothing: str | None) -> None:
    _set(account, BehaviorOnMXFailure="RejectMessage")
    _set(account, domain, nothing)
    assert _attributes(account, domain) == {domain: UNSET}
    _set(account, domain, nothing, BehaviorOnMXFailure="RejectMessage")
    assert _attributes(account, domain) == {domain: UNSET}
    _set(account)
    assert _attributes(account, domain) == {domain: _set_up("mail.example.com")}


def test_a_deleted_identity_takes_it_along(account: Account, domain: str) -> None:
    _set(account)
    account.client().delete_identity(Identity=domain)
    account.client().verify_domain_identity(Domain=domain)
    assert _attributes(account, domain) == {domain: UNSET}


def test_the_answer_is_an_empty_result(account: Account, domain: str) -> None:
    answer = account.query("SetIdentityMailFromDomain", Identity=domain, MailFromDomain="mail.example.com")
    assert answer.text.startswith(
        '<SetIdentityMailFromDomainResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">\n'
        "  <SetIdentityMailFromDomainResult/>\n"
    )


def test_the_records_to_publish_are_an_mx_and_one_for_spf(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    there.client().verify_domain_identity(Domain="example.com")
    _set(there)
    _, *records = zone.to_publish(there, "example.com")
    assert records == [
        {"name": "mail.example.com", "type": "MX", "value": "10 feedback-smtp.eu-west-1.amazonses.com"},
        {"name": "mail.example.com", "type": "TXT", "value": "v=spf1 include:amazonses.com ~all"},
    ]


# ---- refused


@pytest.mark.parametrize("behavior", ["Reject", "", "rejectmessage"])
def test_a_behaviour_that_is_none_is_refused_first(account: Account, behavior: str) -> None:
    answer = _refused(account, "nobody.example.org", " ", BehaviorOnMXFailure=behavior)
    text = (
        "1 validation error detected: Value at 'behaviorOnMXFailure' failed to satisfy constraint: "
        "Member must satisfy enum value set: [RejectMessage, UseDefaultValue]"
    )
    assert answer == ("ValidationError", text, 400)


@pytest.mark.parametrize("identity", ["example.org", "mail.example.com", "ann@example.com", "", "пример.рф", "ann@"])
def test_an_unknown_identity_is_refused_before_its_domain(account: Account, domain: str, identity: str) -> None:
    for name in (" ", "mail.example.com", "mail.example.net", ""):
        assert _refused(account, identity, name) == (INVALID, f"Identity <{identity}> does not exist.", 400)
    assert _attributes(account, domain, identity) == {domain: UNSET}


@pytest.mark.parametrize("name", [" ", "\t\n"])
def test_spaces_are_neither_a_domain_nor_none(account: Account, domain: str, name: str) -> None:
    _set(account)
    text = "MailFromDomain must be a domain or an empty string to clear; whitespace is not accepted."
    assert _refused(account, domain, name) == (INVALID, text, 400)
    assert _attributes(account, domain) == {domain: _set_up("mail.example.com")}


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "mail.example.org",
        "com",
        "mailexample.com",
        "mail.example.com.",
        "mail.example.com ",
        "[192.0.2.1]",
        "192.0.2.1",
        "bücher.рф",
        "ann@example.com",
    ],
)
def test_a_domain_that_is_not_below_the_identity_is_refused(account: Account, domain: str, name: str) -> None:
    assert _refused(account, domain, name) == _not_below(name, domain)
    assert _attributes(account, domain) == {domain: UNSET}


def test_neither_a_sibling_nor_a_parent_will_do_even_where_the_parent_is_verified(account: Account) -> None:
    for each in ("example.com", "ses.example.com"):
        account.client().verify_domain_identity(Domain=each)
        account.inspect("POST", f"/identities/{each}/verify")
    assert _refused(account, "ses.example.com", "mail.example.com") == _not_below("mail.example.com", "ses.example.com")
    account.client().verify_email_identity(EmailAddress="ann@ses.example.com")
    refused = _refused(account, "ann@ses.example.com", "mail.example.com")
    assert refused == _not_below("mail.example.com", "ann@ses.example.com")


@pytest.mark.parametrize(
    "name",
    [
        "bücher.example.com",
        "a" * 64 + ".example.com",
        "a b.example.com",
        " mail.example.com",
        "a..example.com",
        ".example.com",
        "-a.example.com",
        "ann@mail.example.com",
        "https://mail.example.com",
        ".".join(["a" * 60] * 5) + ".example.com",
    ],
)
def test_what_is_no_domain_is_refused(account: Account, domain: str, name: str) -> None:
    assert _refused(account, domain, name) == (INVALID, f"Invalid domain name {name}.", 400)
    assert _attributes(account, domain) == {domain: UNSET}


def test_an_identity_that_failed_can_have_none(account: Account, domain: str) -> None:
    account.inspect("POST", f"/identities/{domain}/fail")
    assert _refused(account, domain, "mail.example.com") == _not_verified("mail.example.com", domain)
    assert _refused(account, domain, "mail.example.org") == _not_below("mail.example.org", domain)
    assert _attributes(account, domain) == {domain: UNSET}


def test_an_address_can_have_none_where_its_domain_is_not_registered(account: Account) -> None:
    address = "ann@example.com"
    account.client().verify_email_identity(EmailAddress=address)
    assert _refused(account, address, "mail.example.com") == _not_verified("mail.example.com", address)
    account.client().verify_domain_identity(Domain="example.com")
    account.inspect("POST", "/identities/example.com/fail")
    assert _refused(account, address, "mail.example.com") == _not_verified("mail.example.com", address)
    account.client().verify_domain_identity(Domain="example.com")
    _set(account, address)
    assert _attributes(account, address) == {address: _set_up("mail.example.com")}


def test_an_address_can_have_one_where_the_settings_verify_its_domain(start: Callable[..., Account]) -> None:
    account = start(verified_identities="example.com")
    account.client().verify_email_identity(EmailAddress="ann@mail.example.com")
    _set(account, "ann@mail.example.com", "m.mail.example.com")
    assert _attributes(account, "ann@mail.example.com")["ann@mail.example.com"] == _set_up("m.mail.example.com")


# ---- GetIdentityMailFromDomainAttributes


def test_unknown_identities_are_left_out(account: Account, domain: str) -> None:
    _set(account)
    found = _attributes(account, "nobody@example.com", "EXAMPLE.com", domain, "example.org", domain)
    assert found == dict.fromkeys(["EXAMPLE.com", domain], _set_up("mail.example.com"))
    assert _attributes(account.elsewhere("eu-west-1"), domain) == {}


def test_more_than_100_identities_are_too_many(account: Account) -> None:
    names = [f"d{number}.example.com" for number in range(101)]
    assert _attributes(account, *names[:100]) == {}
    answer = refusal(account.client().get_identity_mail_from_domain_attributes, Identities=names)
    assert answer == (INVALID, "Too many identities. The maximum is 100.", 400)


def test_an_empty_list_gets_an_empty_map(account: Account) -> None:
    answer = account.query("GetIdentityMailFromDomainAttributes", Identities="")
    assert "  <GetIdentityMailFromDomainAttributesResult>\n    <MailFromDomainAttributes/>\n" in answer.text


def test_the_members_stand_in_the_order_of_the_model(account: Account, domain: str) -> None:
    _set(account)
    answer = account.query("GetIdentityMailFromDomainAttributes", {"Identities.member.1": domain})
    assert (
        "          <MailFromDomain>mail.example.com</MailFromDomain>\n"
        "          <MailFromDomainStatus>Pending</MailFromDomainStatus>\n"
        "          <BehaviorOnMXFailure>UseDefaultValue</BehaviorOnMXFailure>\n"
    ) in answer.text
