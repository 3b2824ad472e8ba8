"""Verification in an account's own words: template, mail, click, and the pages that the template names."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from emulator.remote import Server
from tests.support import links, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

DISCLAIMER = (
    "If you did not request to verify this email address, please disregard this message. If you have any concerns, "
    "please forward this message to the following "
    '<a href="mailto:aws-email-domain-verification@amazon.com">email address</a> '
    "along with your questions or comments."
)
SUCCESS, FAILURE = "https://example.com/verified?from=ses&plan=1#top", "http://localhost:3000/failed"
CONTENT = "<html>\n<body>\n<h1>Welcome, übrigens</h1>\n</body>\n</html>"


def _click(link: str) -> tuple[int, str]:
    """Status of the answer to a click, and where it leads."""
    answer = links.follow(link)
    return answer.status, answer.headers["location"]


def _stock(link: str, page: str) -> tuple[int, str]:
    """A click that leads to one of the two pages of AWS's own, which are where the link is."""
    return 302, f"{link.partition('/email-verification')[0]}/ses/verify{page}"


def _template(account: Account, name: str = "welcome", **changed: str) -> None:
    given = {
        "TemplateName": name,
        "FromEmailAddress": ANN,
        "TemplateSubject": "Bitte bestätigen",
        "TemplateContent": CONTENT,
        "SuccessRedirectionURL": SUCCESS,
        "FailureRedirectionURL": FAILURE,
    }
    mail.verify(account, ANN)
    account.client().create_custom_verification_email_template(**given | changed)


def _send(account: Account, address: str = BOB, name: str = "welcome") -> str:
    answer = account.client().send_custom_verification_email(EmailAddress=address, TemplateName=name)
    return str(answer["MessageId"])


def _link(account: Account, message_id: str) -> str:
    """The link to follow, as inspection finds it in the mail."""
    found = account.inspect("GET", f"/messages/{message_id}/links")["links"]
    [link] = [each["url"] for each in found if "email-verification" in each["url"]]
    return str(link)


def _asked(account: Account, address: str = BOB, name: str = "welcome") -> str:
    return _link(account, _send(account, address, name))


def _status(account: Account, address: str = BOB) -> str | None:
    found = account.client().get_identity_verification_attributes(Identities=[address])["VerificationAttributes"]
    return found[address]["VerificationStatus"] if found else None


# ---- the mail


def test_the_mail_is_the_template_with_a_link_and_a_fixed_paragraph(account: Account) -> None:
    _template(account)
    message_id = _send(account)
    account.drain()
    message = mail.shown(account, message_id)
    assert (message["id"], message["direction"], message["operation"]) == (
        message_id,
        "outbound",
        "SendCustomVerificationEmail",
    )
    assert (message["template"], message["from"], message["to"]) == ("welcome", ANN, [BOB])
    assert message["recipients"] == [{"address": BOB, "kind": "to", "status": "delivered"}]
    assert (message["subject"], message["text"], message["attachments"]) == ("Bitte bestätigen", None, [])
    link = _link(account, message_id)
    escaped = link.replace("&", "&amp;")
    parts = ["<h1>Welcome, übrigens</h1>", f'<a href="{escaped}">{escaped}</a>', DISCLAIMER, "</body>\n</html>"]
    places = [message["html"].index(part) for part in parts]
    assert places == sorted(places)
    raw = mail.delivered(account, message_id)
    assert b"\r\nContent-Type: text/html; charset=UTF-8\r\n" in raw
    assert f"\r\nFrom: {ANN}\r\n".encode() in raw
    events = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    assert [each["type"] for each in events] == ["Send", "Delivery"]
    assert [each["id"] for each in account.messages(template="welcome")] == [message_id]
    found = account.inspect("GET", f"/messages/{message_id}/links")["links"]
    assert [each["url"] for each in found] == [link, "mailto:aws-email-domain-verification@amazon.com"]


@pytest.mark.parametrize(
    ("content", "end"),
    [
        ("Hello", ""),
        ("<p>Hello", ""),
        ("<BODY>Hello", "</BODY ></HTML>"),
        ("</body>Hello", "</body>"),
        ("<body>\u0130 Hello", "</body>"),  # a letter that is two in lower case
    ],
)
def test_link_and_paragraph_stand_at_the_end_of_the_body(account: Account, content: str, end: str) -> None:
    _template(account, TemplateContent=content + end)
    message_id = _send(account)
    html = mail.shown(account, message_id)["html"]
    assert html.startswith(f"{content}\n<p><a href=")
    assert html.endswith(f"{DISCLAIMER}</p>\n{end}")
    assert _click(_link(account, message_id)) == (302, SUCCESS)


def test_the_link_names_the_template_and_is_signed(account: Account) -> None:
    _template(account, "a&b=c\nd")
    given = links.parameters(_asked(account, name="a&b=c\nd"))
    assert given["Context"] == account.account_id
    assert given["Identity.IdentityName"] == BOB
    assert given["TemplateName"] == "a&b=c\nd"
    assert list(given)[-1] == "X-Amz-Signature"


# ---- the click


@pytest.mark.parametrize("address", [BOB, '"a@b"@example.com', "ü/ö?&=%41@пример.рф"])
def test_a_click_verifies_the_address_and_leads_where_the_template_says(account: Account, address: str) -> None:
    _template(account, "wel/come &c.")
    link = _asked(account, address, "wel/come &c.")
    assert _status(account, address) == "Pending"
    assert _click(link) == (302, SUCCESS)
    assert _status(account, address) == "Success"
    assert _click(link) == (302, SUCCESS)


def test_after_24_hours_the_click_leads_to_the_failure_page_of_the_template(start: Callable[..., Account]) -> None:
    account = start()
    _template(account)
    link = _asked(account)
    account.advance("PT23H")
    assert _status(account) == "Pending"
    account.advance("PT2H")
    assert _status(account) == "Failed"
    assert _click(link) == (302, FAILURE)
    assert _status(account) == "Failed"


def test_a_mail_that_is_sent_again_in_time_has_a_link_that_works_as_the_first_does(
    start: Callable[..., Account],
) -> None:
    account = start()
    _template(account)
    first = _asked(account)
    account.advance("PT20H")
    second = _asked(account)
    assert (first != second, _status(account)) == (True, "Pending")
    assert len(account.messages(to=BOB)) == 2
    assert _click(first) == (302, SUCCESS)
    assert _click(second) == (302, SUCCESS)
    assert account.client().list_identities()["Identities"] == [ANN, BOB]


def test_a_mail_that_is_sent_after_a_failure_begins_anew(start: Callable[..., Account]) -> None:
    account = start()
    _template(account)
    old = _asked(account)
    account.advance("PT25H")
    new = _asked(account)
    assert _status(account) == "Pending"
    assert _click(old) == (302, FAILURE)
    account.advance("PT23H")
    assert _click(new) == (302, SUCCESS)
    assert _status(account) == "Success"


def test_an_address_that_is_verified_stays_so_when_it_is_asked_again(account: Account) -> None:
    _template(account)
    mail.verify(account, BOB)
    link = _asked(account)
    assert _status(account) == "Success"
    assert _click(link) == (302, SUCCESS)


def test_the_stock_mail_and_the_custom_one_verify_the_same_identity(account: Account) -> None:
    _template(account)
    account.client().verify_email_identity(EmailAddress=BOB)
    stock = links.verification_link(account, BOB)
    custom = _asked(account)
    assert _click(custom) == (302, SUCCESS)
    assert _click(stock) == _stock(stock, "success")


def test_the_link_of_an_identity_that_was_deleted_leads_to_the_failure_page_of_the_template(account: Account) -> None:
    _template(account)
    link = _asked(account)
    account.client().delete_identity(Identity=BOB)
    assert _click(link) == (302, FAILURE)
    assert _status(account) is None


def test_a_template_that_was_changed_meanwhile_leads_where_it_says_now(account: Account) -> None:
    _template(account)
    link = _asked(account)
    account.client().update_custom_verification_email_template(
        TemplateName="welcome", SuccessRedirectionURL="https://example.org/"
    )
    assert _click(link) == (302, "https://example.org/")


def test_without_its_template_a_link_still_verifies_and_leads_to_the_stock_pages(account: Account) -> None:
    _template(account)
    bob, cat = _asked(account), _asked(account, "cat@example.com")
    account.client().delete_custom_verification_email_template(TemplateName="welcome")
    account.client().delete_identity(Identity="cat@example.com")
    assert _click(bob) == _stock(bob, "success")
    assert _click(cat) == _stock(cat, "failure")
    assert _status(account) == "Success"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("TemplateName=welcome", "TemplateName=other"),
        ("TemplateName=welcome", "TemplateName="),
        ("&TemplateName=welcome", ""),
        (quote(BOB), quote(ANN)),
        ("us-east-1", "eu-west-1"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ],
)
def test_a_link_that_was_tampered_with_leads_to_the_stock_failure_page(account: Account, old: str, new: str) -> None:
    _template(account)
    _template(account, "other", FailureRedirectionURL="https://example.org/")
    link = _asked(account)
    assert old in link
    assert _click(link.replace(old, new)) == _stock(link, "failure")
    assert _status(account) == "Pending"


def test_a_stock_link_gains_nothing_by_the_name_of_a_template(account: Account) -> None:
    _template(account)
    account.client().verify_email_identity(EmailAddress=BOB)
    stock = links.verification_link(account, BOB)
    forged = stock.replace("&X-Amz-Signature", "&TemplateName=welcome&X-Amz-Signature")
    assert _click(forged) == _stock(forged, "failure")
    assert _click(stock) == _stock(stock, "success")


def test_a_link_leads_where_the_template_of_its_own_account_and_region_says(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    _template(account)
    _template(there, SuccessRedirectionURL="https://example.org/")
    assert _click(_asked(there)) == (302, "https://example.org/")
    assert (_status(account), _status(there)) == (None, "Success")


@pytest.mark.parametrize("given", ["HTTPS://user@example.com:8443/a%20b?c=d&e=%2F#f", "http://[::1]:3000"])
def test_the_browser_is_sent_to_the_very_url_of_the_template(account: Account, given: str) -> None:
    _template(account, SuccessRedirectionURL=given)
    status, location = _click(_asked(account))
    assert (status, location.lower()) == (302, given.lower())


# ---- what the user decides


def test_addresses_verify_by_themselves_unless_told_otherwise(start: Callable[..., Account]) -> None:
    account = start(verification="auto", verification_delay=60)
    Server(account.url).ask("PUT", "/clock", body={"frozen": True})
    _template(account)
    link = _asked(account)
    assert _status(account) == "Pending"
    account.advance("PT1M")
    assert _status(account) == "Success"
    assert _click(link) == (302, SUCCESS)


def test_the_mail_still_goes_out_when_the_account_pauses_its_sending(account: Account) -> None:
    _template(account)
    client: Any = account.client()
    client.update_account_sending_enabled(Enabled=False)
    assert _click(_asked(account)) == (302, SUCCESS)


def test_the_mail_counts_as_one_that_the_account_sent(account: Account) -> None:
    _template(account)
    _send(account)
    assert account.client().get_send_quota()["SentLast24Hours"] == 1.0
