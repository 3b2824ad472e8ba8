"""Easy DKIM through boto3: tokens, the switch, and what each identity has."""

import re

import pytest

from tests.support import xml, zone
from tests.support.aws import Account, refusal

INVALID = "InvalidParameterValue"
NONE = {"DkimEnabled": False, "DkimVerificationStatus": "NotStarted"}
NO_DOMAINS = [
    "foo.example.com.",
    "example",
    "",
    " ",
    "a b.example.com",
    " example.com",
    "example.com\n",
    "ann@example.com",
    "пример.рф",
    "[192.0.2.1]",
    "a" * 64 + ".example.com",
]


def _tokens(account: Account, domain: str = "example.com") -> list[str]:
    return list(account.client().verify_domain_dkim(Domain=domain)["DkimTokens"])


def _attributes(account: Account, *identities: str) -> dict[str, dict[str, object]]:
    return dict(account.client().get_identity_dkim_attributes(Identities=list(identities))["DkimAttributes"])


def _enable(account: Account, identity: str, enabled: bool) -> None:
    account.client().set_identity_dkim_enabled(Identity=identity, DkimEnabled=enabled)


# ---- VerifyDomainDkim


def test_a_domain_has_three_tokens_of_32_characters_and_keeps_them(account: Account) -> None:
    tokens = _tokens(account)
    assert len(set(tokens)) == 3
    assert all(re.fullmatch("[a-z2-7]{32}", token) for token in tokens)
    assert _tokens(account) == tokens
    assert _tokens(account, "EXAMPLE.com") == tokens
    account.client().delete_identity(Identity="example.com")
    assert _tokens(account) == tokens
    assert not set(tokens) & {*_tokens(account, "example.org"), *_tokens(account.elsewhere("eu-west-1"))}


def test_asking_for_tokens_makes_the_domain_a_pending_identity_that_will_be_signed_for(account: Account) -> None:
    tokens = _tokens(account)
    assert account.client().list_identities(IdentityType="Domain")["Identities"] == ["example.com"]
    verification = account.client().get_identity_verification_attributes(Identities=["example.com"])
    assert verification["VerificationAttributes"]["example.com"]["VerificationStatus"] == "Pending"
    pending = {"DkimEnabled": True, "DkimVerificationStatus": "Pending", "DkimTokens": tokens}
    assert _attributes(account, "example.com") == {"example.com": pending}
    assert account.messages() == []


@pytest.mark.parametrize("domain", NO_DOMAINS)
def test_tokens_for_what_is_no_domain_are_refused(account: Account, domain: str) -> None:
    answer = refusal(account.client().verify_domain_dkim, Domain=domain)
    assert answer == (INVALID, f"Invalid domain name {domain}.", 400)
    assert account.client().list_identities()["Identities"] == []


@pytest.mark.parametrize(
    ("region", "target"),
    [
        ("us-east-1", "dkim.amazonses.com"),
        ("ap-south-1", "dkim.amazonses.com"),
        ("eu-south-1", "dkim.eu-south-1.amazonses.com"),
        ("af-south-1", "dkim.af-south-1.amazonses.com"),
        ("ap-northeast-3", "dkim.ap-northeast-3.amazonses.com"),
        ("ap-southeast-3", "dkim.ap-southeast-3.amazonses.com"),
    ],
)
def test_the_records_point_to_the_regions_keys(account: Account, region: str, target: str) -> None:
    there = account.elsewhere(region)
    tokens = _tokens(there)
    assert zone.to_publish(there, "example.com", "CNAME") == [
        {"name": f"{token}._domainkey.example.com", "type": "CNAME", "value": f"{token}.{target}"} for token in tokens
    ]


def test_three_records_verify_dkim_and_with_it_the_domain(account: Account) -> None:
    domain = zone.domain_of(account)
    _tokens(account, domain)
    zone.publish(account, *zone.to_publish(account, domain, "CNAME"))
    assert _attributes(account, domain)[domain]["DkimVerificationStatus"] == "Success"
    verification = account.client().get_identity_verification_attributes(Identities=[domain])
    assert verification["VerificationAttributes"][domain]["VerificationStatus"] == "Success"


# ---- GetIdentityDkimAttributes


def test_an_address_has_what_its_very_domain_has(account: Account) -> None:
    tokens = _tokens(account)
    _enable(account, "example.com", enabled=False)
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    account.client().verify_domain_identity(Domain="mail.example.org")
    for domain in ("example.net", "example.org"):
        _tokens(account, domain)
    inherited = {"DkimEnabled": False, "DkimVerificationStatus": "Pending", "DkimTokens": tokens}
    asked = ["ann@example.com", "nobody@EXAMPLE.com", "ann@mail.example.com", "ann@mail.example.org", "ann@example.edu"]
    assert _attributes(account, *asked) == dict(zip(asked, [inherited, inherited, NONE, NONE, NONE], strict=True))


def test_a_domain_without_tokens_and_an_unknown_one_have_not_started(account: Account) -> None:
    account.client().verify_domain_identity(Domain="example.com")
    assert _attributes(account, "example.com", "example.org") == {"example.com": NONE, "example.org": NONE}
    _tokens(account.elsewhere("eu-west-1"))
    assert _attributes(account, "example.com") == {"example.com": NONE}


def test_more_than_100_identities_are_too_many(account: Account) -> None:
    names = [f"d{number}.example.com" for number in range(101)]
    assert len(_attributes(account, *names[:100])) == 100
    answer = refusal(account.client().get_identity_dkim_attributes, Identities=names)
    assert answer == (INVALID, "Too many identities. The maximum is 100.", 400)


def test_an_empty_list_gets_an_empty_map(account: Account) -> None:
    answer = account.query("GetIdentityDkimAttributes", Identities="")
    assert "  <GetIdentityDkimAttributesResult>\n    <DkimAttributes/>\n" in answer.text


def test_the_attributes_stand_in_the_order_of_aws_and_no_tokens_are_no_element(account: Account) -> None:
    tokens = _tokens(account)
    answer = account.query(
        "GetIdentityDkimAttributes", {"Identities.member.1": "example.com", "Identities.member.2": "example.org"}
    )
    members = "".join(f"            <member>{token}</member>\n" for token in tokens)
    assert answer.text.startswith(
        '<GetIdentityDkimAttributesResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">\n'
        "  <GetIdentityDkimAttributesResult>\n"
        "    <DkimAttributes>\n"
        "      <entry>\n"
        "        <key>example.com</key>\n"
        "        <value>\n"
        "          <DkimEnabled>true</DkimEnabled>\n"
        "          <DkimVerificationStatus>Pending</DkimVerificationStatus>\n"
        f"          <DkimTokens>\n{members}          </DkimTokens>\n"
        "        </value>\n"
        "      </entry>\n"
        "      <entry>\n"
        "        <key>example.org</key>\n"
        "        <value>\n"
        "          <DkimEnabled>false</DkimEnabled>\n"
        "          <DkimVerificationStatus>NotStarted</DkimVerificationStatus>\n"
        "        </value>\n"
        "      </entry>\n"
    )


# ---- SetIdentityDkimEnabled


def test_the_switch_leaves_the_state_alone(account: Account) -> None:
    domain = zone.domain_of(account)
    tokens = _tokens(account, domain)
    for enabled in (False, True, False):
        _enable(account, domain.upper(), enabled)
        pending = {"DkimEnabled": enabled, "DkimVerificationStatus": "Pending", "DkimTokens": tokens}
        assert _attributes(account, domain) == {domain: pending}
    zone.publish(account, *zone.to_publish(account, domain, "CNAME"))
    verified = {"DkimEnabled": False, "DkimVerificationStatus": "Success", "DkimTokens": tokens}
    assert _attributes(account, domain) == {domain: verified}
    _tokens(account, domain)
    assert _attributes(account, domain) == {domain: verified}


def test_the_switch_of_a_domain_without_tokens_is_kept_for_later(account: Account) -> None:
    account.client().verify_domain_identity(Domain="example.com")
    _enable(account, "example.com", enabled=True)
    assert _attributes(account, "example.com") == {"example.com": {**NONE, "DkimEnabled": True}}
    _enable(account, "example.com", enabled=False)
    _tokens(account)
    assert _attributes(account, "example.com")["example.com"]["DkimEnabled"] is False


def test_the_switch_of_an_address_does_nothing_where_its_domain_is_registered(account: Account) -> None:
    _tokens(account)
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    for address in ("ann@example.com", "nobody@Example.com"):
        _enable(account, address, enabled=False)
    asked = ["ann@example.com", "nobody@example.com", "example.com"]
    assert [each["DkimEnabled"] for each in _attributes(account, *asked).values()] == [True] * 3


@pytest.mark.parametrize(
    ("identity", "domain"),
    [
        ("example.org", "example.org"),
        ("mail.example.com", "mail.example.com"),
        ("bob@example.org", "example.org"),
        ("ann@Mail.example.com", "Mail.example.com"),
        ("nothing", "nothing"),
        ("example.com.", "example.com."),
        (" example.com", " example.com"),
        ("пример.рф", "пример.рф"),
        ("", ""),
        ("ann@", ""),
    ],
)
def test_the_switch_of_an_unknown_domain_is_refused(account: Account, identity: str, domain: str) -> None:
    _tokens(account)
    account.client().verify_email_identity(EmailAddress="bob@example.org")
    before = _attributes(account, "example.com", "bob@example.org")
    answer = refusal(account.client().set_identity_dkim_enabled, Identity=identity, DkimEnabled=False)
    assert answer == (INVALID, f"Domain {domain} is not verified for DKIM signing.", 400)
    assert _attributes(account, "example.com", "bob@example.org") == before


def test_the_switch_is_true_or_false(account: Account) -> None:
    _tokens(account)
    null = "1 validation error detected: Value at 'dkimEnabled' failed to satisfy constraint: Member must not be null"
    answer = account.query("SetIdentityDkimEnabled", Identity="example.com")
    assert xml.refusal(answer) == (400, "ValidationError", null)
    for value in ("", "TRUE", "off"):
        answer = account.query("SetIdentityDkimEnabled", Identity="example.com", DkimEnabled=value)
        assert xml.refusal(answer) == (400, "MalformedInput", "boolean must follow xsd1.1 definition")
    assert _attributes(account, "example.com")["example.com"]["DkimEnabled"] is True


def test_the_answer_of_the_switch_is_an_empty_result(account: Account) -> None:
    _tokens(account)
    answer = account.query("SetIdentityDkimEnabled", Identity="example.com", DkimEnabled="true")
    assert answer.text.startswith(
        '<SetIdentityDkimEnabledResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">\n'
        "  <SetIdentityDkimEnabledResult/>\n"
    )


def test_a_deleted_domain_has_no_dkim(account: Account) -> None:
    _tokens(account)
    _enable(account, "example.com", enabled=False)
    account.client().delete_identity(Identity="example.com")
    assert _attributes(account, "example.com") == {"example.com": NONE}
    _tokens(account)
    assert _attributes(account, "example.com")["example.com"]["DkimEnabled"] is True
