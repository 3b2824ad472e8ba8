"""What lists show of a message before it is opened: whether it was read, its first words, what happened to it."""

from typing import Any

import pytest

from tests.support import aws, inspection, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document


def subjects(account: Account, **query: object) -> list[str]:
    return [message["subject"] for message in account.messages(direction="outbound", **query)]


def test_a_message_is_unread_until_somebody_says_otherwise(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    assert mail.shown(account, message_id)["read"] is False  # to look at it by the API is not to read it
    assert account.inspect("PUT", f"/messages/{message_id}/read", {"read": True}) == {"read": True}
    assert mail.shown(account, message_id)["read"] is True
    account.drain()
    assert [message["read"] for message in account.messages(direction="outbound")] == [True]
    account.inspect("PUT", f"/messages/{message_id}/read", {"read": False})
    assert mail.shown(account, message_id)["read"] is False


def test_all_that_match_can_be_read_at_once(account: Account) -> None:
    sender = mail.client(account, "example.com")
    for subject in ("one", "two", "two"):
        mail.send(sender, Message=mail.message(subject=subject))
    assert account.inspect("POST", "/messages/read", {"read": True}, subject="two") == {"changed": 2}
    assert account.inspect("POST", "/messages/read", {"read": True}, subject="two") == {"changed": 0}
    assert subjects(account, q="is:unread") == ["one"]
    assert subjects(account, q="is:read") == subjects(account, q="-is:unread") == ["two", "two"]
    assert account.inspect("POST", "/messages/read", {"read": False}) == {"changed": 2}


def test_the_mail_of_others_stays_unread(account: Account) -> None:
    other = aws.new_account(account.url)
    message_id = mail.send(mail.client(other))
    mail.send(mail.client(account))
    account.inspect("POST", "/messages/read", {"read": True})
    assert mail.shown(other, message_id)["read"] is False
    target = f"/messages/{message_id}/read?account={account.account_id}"
    inspection.problem(inspection.ask(account, "PUT", target, b'{"read": true}'), 404)


@pytest.mark.parametrize("body", [b"{}", b'{"read": 1}', b'{"read": null}', b'{"read": true, "by": "me"}'])
def test_whether_it_was_read_is_a_yes_or_a_no(account: Account, body: bytes) -> None:
    inspection.problem(inspection.ask(account, "POST", "/messages/read", body), 400)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (mail.message("Dear Bob,\n\n  good   day"), "Dear Bob, good day"),
        (mail.message(None, "<style>p {}</style><p>Dear <b>Bob</b>"), "Dear Bob"),
        (mail.message("word " * 100), "word " * 27 + "word"),
    ],
)
def test_a_preview_is_the_first_words(account: Account, message: dict[str, Any], expected: str) -> None:
    mail.send(mail.client(account), Message=message)
    assert account.messages(direction="outbound")[0]["preview"] == expected
    assert account.messages(direction="outbound", bodies="false")[0]["preview"] == expected


def test_a_list_can_leave_the_bodies_out(account: Account) -> None:
    sender = mail.client(account, "example.com")
    mail.send(sender, Message=mail.message("text", "<p>html</p>"))
    mail.send_raw(sender, document(f"From: {ANN}", f"To: {BOB}", "Subject: raw", body="as it came"))
    for _ in range(2):  # before and after somebody read the raw one
        found = account.messages(direction="outbound", bodies="false")
        assert [(each["text"], each["html"], each["preview"]) for each in found] == [
            (None, None, "as it came"),
            (None, None, "text"),
        ]
        account.drain()
    whole = account.messages(direction="outbound", bodies="true")
    assert [each["text"] for each in whole] == ["as it came", "text"]


def test_outcomes_are_what_happened_each_once(account: Account) -> None:
    message_id = mail.send(mail.client(account), Destination={"ToAddresses": [BOB, "cy@example.net"]})
    account.drain()
    for kind in ("open", "open", "complaint"):
        account.inspect("POST", f"/messages/{message_id}/outcomes", {"recipient": BOB, "type": kind})
    expected = ["Send", "Delivery", "Open", "Complaint"]
    assert mail.shown(account, message_id)["outcomes"] == expected
    assert account.messages(direction="outbound")[0]["outcomes"] == expected
    assert account.messages(direction="system")[0]["outcomes"] == []


def test_a_message_says_who_sent_it_and_by_which_identity(account: Account) -> None:
    message = mail.shown(account, mail.send(mail.client(account, "example.com")))
    assert message["identity"] == f"arn:aws:ses:us-east-1:{account.account_id}:identity/example.com"
    assert message["caller"] == account.account_id
    assert message["source_ip"] == "127.0.0.1"


def test_mail_of_aws_itself_has_no_caller(account: Account) -> None:
    mail.client(account)
    (message,) = account.messages(direction="system")
    assert (message["identity"], message["caller"], message["source_ip"]) == (None, None, None)
