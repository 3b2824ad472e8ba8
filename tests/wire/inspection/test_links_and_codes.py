"""The links and one-time codes of a mail, which tests of sign-ups want. What counts as one has unit tests."""

from tests.support import links, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document


def test_links_are_those_of_the_html_and_then_of_the_text(account: Account) -> None:
    html = '<p><a href="https://a.example/?x=1&amp;y=2">Confirm <b>now</b></a> <a href="mailto:x@y.z">us</a></p>'
    message = mail.message("Or go to https://b.example/path. Bye (https://a.example/?x=1&y=2)", html)
    message_id = mail.send(mail.client(account), Message=message)
    found = account.inspect("GET", f"/messages/{message_id}/links")["links"]
    assert found == [
        {"url": "https://a.example/?x=1&y=2", "text": "Confirm now"},
        {"url": "mailto:x@y.z", "text": "us"},
        {"url": "https://b.example/path", "text": None},
    ]


def test_codes_come_with_the_likeliest_first(account: Account) -> None:
    text = "Order 12345678 of 2026.\n\nYour verification code is 482913. It expires in 10 minutes."
    message_id = mail.send(mail.client(account), Message=mail.message(text))
    assert account.inspect("GET", f"/messages/{message_id}/codes")["codes"][0] == "482913"


def test_a_code_in_the_subject_counts(account: Account) -> None:
    message = mail.message("Hello", subject="482 913 is your code")
    message_id = mail.send(mail.client(account), Message=message)
    assert account.inspect("GET", f"/messages/{message_id}/codes")["codes"] == ["482913"]


def test_a_mail_without_any_has_none(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message("Hello there"))
    assert account.inspect("GET", f"/messages/{message_id}/links") == {"links": []}
    assert account.inspect("GET", f"/messages/{message_id}/codes") == {"codes": []}


def test_raw_mail_is_read_before_and_after_the_job_that_reads_it(account: Account) -> None:
    data = document(f"From: {ANN}", f"To: {BOB}", body="code: 482913\r\nhttps://a.example/")
    message_id = mail.send_raw(mail.client(account), data)
    for _ in range(2):
        assert account.inspect("GET", f"/messages/{message_id}/links")["links"][0]["url"] == "https://a.example/"
        assert account.inspect("GET", f"/messages/{message_id}/codes")["codes"] == ["482913"]
        account.drain()


def test_the_link_in_a_verification_mail_verifies(account: Account) -> None:
    sender = account.client()
    sender.verify_email_identity(EmailAddress=ANN)
    found = account.inspect("GET", "/messages/latest/links", to=ANN)["links"]
    (link,) = [each["url"] for each in found if "/email-verification?" in each["url"]]
    links.follow(link, account.url)
    mail.send(sender)


def test_latest_works_for_parts_too(account: Account) -> None:
    mail.send(mail.client(account), Message=mail.message("code: 482913"))
    assert account.inspect("GET", "/messages/latest/codes", to=BOB)["codes"] == ["482913"]
