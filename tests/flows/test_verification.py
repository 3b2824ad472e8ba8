"""How an address comes to be verified: the mail, its link, 24 hours, and what a server's user may decide."""

import os
import signal
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

import pytest

import emulator
from emulator.remote import Server
from tests.support import aws, links, mail
from tests.support.aws import Account, request

ANN = "ann@example.com"
# Source: a link in a recorded mail.
LINK = [
    "Context",
    "X-Amz-Date",
    "Identity.IdentityName",
    "X-Amz-Algorithm",
    "Identity.IdentityType",
    "X-Amz-SignedHeaders",
    "X-Amz-Credential",
    "Operation",
    "Namespace",
    "X-Amz-Signature",
]
TAMPERED = [
    ("Identity.IdentityName=ann%40", "Identity.IdentityName=bob%40"),
    ("us-east-1", "eu-west-1"),
    ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ("X-Amz-Signature=", "X-Amz-Other="),
    ("EmailAddress", "Domain"),
    ("ConfirmVerification", "Other"),
    ("Context=", "Context=1"),
    ("X-Amz-Date=2", "X-Amz-Date=3"),
    ("AKIA", "ASIA"),
    ("%2Fses%2F", "%2F"),
    ("X-Amz-Credential=", "X-Amz-Credential=%00"),
]


def _status(account: Account, identity: str = ANN) -> str | None:
    found = account.client().get_identity_verification_attributes(Identities=[identity])["VerificationAttributes"]
    return found[identity]["VerificationStatus"] if identity in found else None


def _freeze(account: Account) -> None:
    Server(account.url).ask("PUT", "/clock", body={"frozen": True})


def _asked_for(account: Account, address: str = ANN) -> str:
    """The link in the mail to an address that was asked about just now."""
    account.client().verify_email_identity(EmailAddress=address)
    return links.verification_link(account, address)


# ---- the mail


def test_the_mail_comes_from_aws_and_names_the_region(account: Account) -> None:
    there = account.elsewhere("us-west-2")
    link = _asked_for(there)
    [message] = there.messages()
    assert message["from"] == "Amazon Web Services <no-reply-aws@amazon.com>"
    assert message["to"] == [ANN]
    subject = "Amazon Web Services – Email Address Verification Request in region US West (Oregon)"
    assert message["subject"] == subject
    shown = there.inspect("GET", f"/messages/{message['id']}")
    assert (shown["html"], shown["attachments"]) == (None, [])
    parts = [
        "Dear Amazon Web Services Customer,",
        "Amazon SES and Amazon Pinpoint",
        "US West (Oregon)",
        f"\n{link}\n",
        "not be processed unless you confirm",
        "This link expires 24 hours after your original verification request.",
        "aws-email-domain-verification@amazon.com",
        "Sincerely,",
        "The Amazon Web Services Team.",
    ]
    places = [shown["text"].index(part) for part in parts]
    assert places == sorted(places)
    headers = {each["name"]: each["value"] for each in shown["headers"]}
    assert headers["Content-Type"].startswith("text/plain")
    assert (headers["To"], headers["Subject"]) == (ANN, subject)


def test_the_link_names_account_identity_and_region_and_is_signed(account: Account) -> None:
    there = account.elsewhere("eu-central-1")
    given = links.parameters(_asked_for(there, "ann+x&y=z@example.com"))
    assert list(given) == LINK
    assert given.pop("Context") == account.account_id
    assert given.pop("Identity.IdentityName") == "ann+x&y=z@example.com"
    date, signature, credential = (given.pop(f"X-Amz-{name}") for name in ("Date", "Signature", "Credential"))
    assert len(date) == 16
    assert date.endswith("Z")
    assert len(bytes.fromhex(signature)) == 32
    _key, *scope = credential.split("/")
    assert scope == [date[:8], "eu-central-1", "ses", "aws4_request"]
    assert given == {
        "Identity.IdentityType": "EmailAddress",
        "Operation": "ConfirmVerification",
        "Namespace": "Bacon",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-SignedHeaders": "host",
    }


# ---- the click


@pytest.mark.parametrize("address", [ANN, "ann+label@example.com", '"a@b"@example.com', "ü/ö?&=%41@пример.рф"])
def test_a_click_verifies_the_address_and_leads_to_congratulations(account: Account, address: str) -> None:
    answer = links.follow(_asked_for(account, address))
    assert answer.status == 302
    target = urlsplit(answer.headers["location"])
    assert target.path == "/ses/verifysuccess"
    page = request(account.url, "GET", target.path, None, {})
    assert page.status == 200
    for part in ("<h1>Congratulations!</h1>", "verified with Amazon Simple Email Service", "sandbox", "Thank you"):
        assert part in page.text
    assert _status(account, address) == "Success"


def test_a_second_click_succeeds_again_even_after_the_24_hours(start: Callable[..., Account]) -> None:
    account = start()
    link = _asked_for(account)
    assert [links.page_after(link), links.page_after(link)] == ["verifysuccess"] * 2
    account.advance("P7D")
    assert links.page_after(link) == "verifysuccess"
    assert _status(account) == "Success"


@pytest.mark.parametrize(("old", "new"), TAMPERED)
def test_a_link_that_was_tampered_with_leads_to_the_failure_page(account: Account, old: str, new: str) -> None:
    account.elsewhere("eu-west-1").client().verify_email_identity(EmailAddress=ANN)
    account.client().verify_email_identity(EmailAddress="bob@example.com")
    link = _asked_for(account)
    assert old in link
    assert links.page_after(link.replace(old, new)) == "verifyfailure"
    page = request(account.url, "GET", "/ses/verifyfailure", None, {})
    assert (page.status, "Congratulations" in page.text) == (200, False)
    statuses = [_status(account), _status(account, "bob@example.com"), _status(account.elsewhere("eu-west-1"))]
    assert statuses == ["Pending"] * 3


def test_a_link_without_parameters_leads_to_the_failure_page(account: Account) -> None:
    link = _asked_for(account)
    path = urlsplit(link).path
    for query in ("", "?", "?X-Amz-Credential=a/b/c/d/e", "?" + unquote(urlsplit(link).query)[:40]):
        target = f"{account.url}{path}{query}".replace(" ", "%20")
        assert links.page_after(target) == "verifyfailure"


def test_the_link_of_a_deleted_identity_fails_also_when_it_was_created_anew(start: Callable[..., Account]) -> None:
    account = start()
    link = _asked_for(account)
    account.client().delete_identity(Identity=ANN)
    assert links.page_after(link) == "verifyfailure"
    assert _status(account) is None
    account.advance("PT1M")
    assert links.page_after(_asked_for(account)) == "verifysuccess"
    account.client().delete_identity(Identity=ANN)
    account.advance("PT1M")
    account.client().verify_email_identity(EmailAddress=ANN)
    assert links.page_after(link) == "verifyfailure"


# ---- 24 hours


def test_an_address_fails_after_24_hours_and_its_link_with_it(start: Callable[..., Account]) -> None:
    account = start()
    _freeze(account)
    link = _asked_for(account)
    account.advance("PT23H59M59.999S")
    assert _status(account) == "Pending"
    account.advance("PT0.001S")
    assert _status(account) == "Failed"
    assert links.page_after(link) == "verifyfailure"
    assert account.client().list_identities()["Identities"] == [ANN]
    assert account.client().list_verified_email_addresses()["VerifiedEmailAddresses"] == []
    assert mail.refused(account.client(), Source=ANN) == mail.unverified(ANN)


def test_a_click_in_the_last_moment_counts(start: Callable[..., Account]) -> None:
    account = start()
    _freeze(account)
    link = _asked_for(account)
    account.advance("PT23H59M59.999S")
    assert links.page_after(link) == "verifysuccess"
    account.advance("P365D")
    assert _status(account) == "Success"


def test_the_24_hours_run_from_the_first_request(start: Callable[..., Account]) -> None:
    account = start()
    first = _asked_for(account)
    account.advance("PT20H")
    second = _asked_for(account)
    assert second != first
    account.advance("PT4H")
    assert _status(account) == "Failed"
    assert [links.page_after(first), links.page_after(second)] == ["verifyfailure"] * 2


def test_two_links_of_the_same_24_hours_both_work(start: Callable[..., Account]) -> None:
    account = start()
    first = _asked_for(account)
    account.advance("PT20H")
    second = _asked_for(account)
    assert links.page_after(first) == "verifysuccess"
    assert links.page_after(second) == "verifysuccess"


def test_after_a_failure_verification_restarts_with_a_new_link(start: Callable[..., Account]) -> None:
    account = start()
    old = _asked_for(account)
    account.advance("P3D")
    assert _status(account) == "Failed"
    new = _asked_for(account)
    assert _status(account) == "Pending"
    assert links.page_after(old) == "verifyfailure"
    assert _status(account) == "Pending"
    account.advance("PT23H")
    assert links.page_after(new) == "verifysuccess"
    assert _status(account) == "Success"


def test_the_window_after_a_failure_is_as_long_as_the_first(start: Callable[..., Account]) -> None:
    account = start()
    _freeze(account)
    account.client().verify_domain_identity(Domain="example.com")
    account.advance("PT72H")
    old = _asked_for(account)
    account.advance("PT24H")
    assert (_status(account), _status(account, "example.com")) == ("Failed", "Failed")
    account.client().verify_domain_identity(Domain="example.com")
    new = _asked_for(account)
    account.advance("PT23H59M59.999S")
    assert (_status(account), _status(account, "example.com")) == ("Pending", "Pending")
    account.advance("PT0.001S")
    assert (_status(account), _status(account, "example.com")) == ("Failed", "Pending")
    assert [links.page_after(old), links.page_after(new)] == ["verifyfailure"] * 2
    account.advance("PT47H59M59.999S")
    assert _status(account, "example.com") == "Pending"
    account.advance("PT0.001S")
    assert _status(account, "example.com") == "Failed"


# ---- what the user decides


def test_identities_verify_by_themselves_unless_told_otherwise(start: Callable[..., Account]) -> None:
    account = start(verification="auto")
    account.client().verify_email_identity(EmailAddress=ANN)
    account.client().verify_domain_identity(Domain="example.com")
    assert (_status(account), _status(account, "example.com")) == ("Success", "Success")
    assert links.page_after(links.verification_link(account, ANN)) == "verifysuccess"
    account.advance("P365D")
    assert (_status(account), _status(account, "example.com")) == ("Success", "Success")


def test_auto_verification_may_take_its_time(start: Callable[..., Account]) -> None:
    account = start(verification="auto", verification_delay=90)
    _freeze(account)
    account.client().verify_email_identity(EmailAddress=ANN)
    account.client().verify_domain_identity(Domain="example.com")
    account.advance("PT89.999S")
    assert (_status(account), _status(account, "example.com")) == ("Pending", "Pending")
    account.client().verify_email_identity(EmailAddress=ANN)
    account.advance("PT0.001S")
    assert (_status(account), _status(account, "example.com")) == ("Success", "Success")


def test_auto_verification_that_comes_too_late_does_not_help(start: Callable[..., Account]) -> None:
    account = start(verification="auto", verification_delay=24 * 3600)
    account.client().verify_email_identity(EmailAddress=ANN)
    account.client().verify_domain_identity(Domain="example.com")
    account.advance("PT24H")
    assert (_status(account), _status(account, "example.com")) == ("Failed", "Success")


def test_named_identities_are_verified_in_every_account_and_region(start: Callable[..., Account]) -> None:
    account = start(verified_identities=[ANN, "Example.ORG"])
    there = aws.new_account(account.url, "eu-west-1")
    for anyone in (account, there):
        assert (_status(anyone), _status(anyone, "example.org")) == ("Success", "Success")
        assert (_status(anyone, "Ann@example.com"), _status(anyone, "bob@example.com")) == (None, None)
    for name in (ANN, "bob@example.com"):
        account.client().verify_email_identity(EmailAddress=name)
    assert (_status(account), _status(account, "bob@example.com")) == ("Success", "Pending")
    assert account.client().list_verified_email_addresses()["VerifiedEmailAddresses"] == [ANN]
    assert account.inspect("GET", f"/identities/{ANN}/verification")["status"] == "Success"
    account.advance("P2D")
    assert (_status(account), _status(account, "bob@example.com")) == ("Success", "Failed")


def test_a_star_verifies_every_identity(start: Callable[..., Account]) -> None:
    account = start(verified_identities="*")
    assert (_status(account, "who@ever.example"), _status(account, "ever.example")) == ("Success", "Success")
    account.client().verify_email_identity(EmailAddress=ANN)
    assert _status(account) == "Success"


def test_inspection_shows_what_would_verify_an_address_and_the_link_it_shows_works(account: Account) -> None:
    with pytest.raises(Exception, match="no identity"):
        account.inspect("GET", f"/identities/{ANN}/verification")
    account.client().verify_email_identity(EmailAddress=ANN)
    proof = account.inspect("GET", f"/identities/{ANN}/verification")
    link = proof.pop("link")
    expected: dict[str, object] = {
        "identity": ANN,
        "type": "EmailAddress",
        "status": "Pending",
        "token": None,
        "dkim": {"status": "NotStarted", "enabled": False, "tokens": []},
        "mail_from": {"domain": None, "status": None, "behavior_on_mx_failure": "UseDefaultValue"},
        "records": [],
    }
    assert proof == expected
    assert links.page_after(link) == "verifysuccess"
    assert account.inspect("GET", f"/identities/{ANN}/verification")["status"] == "Success"


@pytest.mark.parametrize("identity", [ANN, "example.com", "a/b@example.com", "ü%41?#@example.com"])
def test_inspection_verifies_and_fails_an_identity_at_any_time(account: Account, identity: str) -> None:
    path = f"/identities/{quote(identity, safe='')}"

    def verify_again() -> None:
        if "@" in identity:
            account.client().verify_email_identity(EmailAddress=identity)
        else:
            account.client().verify_domain_identity(Domain=identity)

    for route in ("verify", "fail"):
        with pytest.raises(Exception, match="no identity"):
            account.inspect("POST", f"{path}/{route}")
    verify_again()
    for route, status in (("verify", "Success"), ("fail", "Failed"), ("verify", "Success"), ("fail", "Failed")):
        assert account.inspect("POST", f"{path}/{route}")["status"] == status
        assert _status(account, identity) == status
    verify_again()
    assert _status(account, identity) == "Pending"


def test_the_link_in_the_mail_still_works_after_inspection_verified_the_address(start: Callable[..., Account]) -> None:
    account = start()
    link = _asked_for(account)
    account.advance("PT1M")
    account.inspect("POST", f"/identities/{ANN}/verify")
    assert links.page_after(link) == "verifysuccess"
    account.inspect("POST", f"/identities/{ANN}/fail")
    assert links.page_after(link) == "verifyfailure"


# ---- crashes


def test_states_clock_and_links_survive_a_server_that_was_killed(new_database_url: str) -> None:
    settings = {"database_url": new_database_url, "verification": "manual"}
    with emulator.running(**settings) as running:
        account = aws.new_account(running.url)
        ann, bob = _asked_for(account), _asked_for(account, "bob@example.com")
        links.page_after(ann)
        Server(running.url).ask("POST", "/clock/advance", body={"duration": "PT23H"})
        account.client().verify_domain_identity(Domain="example.com")
        before = account.inspect("GET", "/identities/example.com/verification")
        os.kill(running.pid, signal.SIGKILL)
    with emulator.running(**settings) as running:
        account = Account(running.url, account.account_id)
        states = [_status(account, name) for name in (ANN, "bob@example.com", "example.com")]
        assert states == ["Success", "Pending", "Pending"]
        assert account.inspect("GET", "/identities/example.com/verification") == before
        assert account.client().list_identities()["Identities"] == [ANN, "bob@example.com", "example.com"]
        assert len(account.messages()) == 2
        assert links.page_after(links.at(bob, running.url)) == "verifysuccess"
        account.advance("PT2H")
        assert _status(account, "bob@example.com") == "Success"
