"""Finding messages: filters, words, and pages."""

from datetime import datetime, timedelta

import pytest

from tests.support import inspection, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document


@pytest.fixture
def mailbox(account: Account) -> Account:
    """An account with four messages: a, b, c and d in their subjects."""
    sender = mail.client(account, "example.com")
    mail.send(
        sender,
        Message=mail.message("The quick brown fox", subject="a: Invoice 50% off"),
        Tags=[{"Name": "kind", "Value": "invoice"}, {"Name": "year", "Value": "2026"}],
    )
    mail.send(
        sender,
        Source="Zoë <zoe@example.com>",
        Destination={"ToAddresses": ["Käthe <kaethe@example.org>"], "BccAddresses": ["hidden@example.org"]},
        Message=mail.message(None, "<p>jumps over the <b>lazy</b> dog</p>", subject="b: GRÜSSE"),
        Tags=[{"Name": "kind", "Value": "greeting"}],
    )
    data = document("From: cy@example.com", f"To: {BOB}", "Subject: =?utf-8?q?c:_=C3=9Cber_uns?=", body='says "hello"')
    mail.send_raw(sender, data)
    mail.send(sender, Message=mail.message("line\nbreak\\slash", subject="d: x_y"))
    account.drain()
    return account


def found(account: Account, **query: object) -> str:
    subjects = [message["subject"] for message in account.messages(direction="outbound", **query)]
    return "".join(sorted(subject[0] for subject in subjects))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcd"),
        ({"from_": "ann"}, "ad"),
        ({"from_": "ZOE@"}, "b"),
        ({"from_": "Zoë"}, "b"),
        ({"to": BOB}, "acd"),
        ({"to": "EXAMPLE.ORG"}, "b"),
        ({"to": "hidden"}, "b"),
        ({"to": "Käthe"}, "b"),
        ({"subject": "invoice"}, "a"),
        ({"subject": "50%"}, "a"),
        ({"subject": "%"}, "a"),
        ({"subject": "_"}, "d"),
        ({"subject": "GRÜSSE"}, "b"),
        ({"subject": "Über"}, "c"),
        ({"tag": "kind"}, "ab"),
        ({"tag": "kind=invoice"}, "a"),
        ({"tag": "kind=inv"}, ""),
        ({"tag": "kin"}, ""),
        ({"tag": "year=2026"}, "a"),
        ({"from_": "ann", "to": BOB, "subject": "x_y"}, "d"),
        ({"from_": "zoe", "to": BOB}, ""),
        ({"configuration_set": "none"}, ""),
        ({"template": "none"}, ""),
        ({"region": "us-east-1"}, "abcd"),
        ({"region": "eu-west-1"}, ""),
    ],
)
def test_all_that_is_given_must_hold(mailbox: Account, query: dict[str, str], expected: str) -> None:
    assert found(mailbox, **query) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("quick", "a"),
        ("QUICK fox", "a"),
        ("fox quick", "a"),
        ("quick dog", ""),
        ('"quick brown"', "a"),
        ('"brown quick"', ""),
        ("lazy", "b"),
        ("invoice", "a"),
        ("kaethe@example.org", "b"),
        ("Über", "c"),
        ('says "hello"', "c"),
        ("break\\slash", "d"),
        ("50%", "a"),
        ("", "abcd"),
        ('"', "abcd"),
    ],
)
def test_words_are_found_anywhere_in_a_message(mailbox: Account, words: str, expected: str) -> None:
    assert found(mailbox, q=words) == expected


def test_a_message_is_found_by_its_id(mailbox: Account) -> None:
    message = mailbox.messages(subject="a:")[0]
    assert [each["id"] for each in mailbox.messages(q=message["id"])] == [message["id"]]


def test_since_and_after_leave_out_what_is_older(mailbox: Account) -> None:
    b = mailbox.messages(subject="b:")[0]
    assert found(mailbox, after=b["id"]) == "cd"
    created = datetime.fromisoformat(mailbox.messages(subject="d:")[0]["created_at"])
    assert "d" in found(mailbox, since=created.isoformat())
    assert found(mailbox, since=(created + timedelta(milliseconds=1)).isoformat()) == ""
    assert found(mailbox, since="2020-01-01") == "abcd"


@pytest.mark.parametrize("limit", [1, 7, 50, 500])
def test_pages_have_neither_gap_nor_repetition(server_mailbox: tuple[Account, list[str]], limit: int) -> None:
    account, ids = server_mailbox
    seen: list[str] = []
    cursor = None
    while True:
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        page = account.inspect("GET", "/messages", direction="outbound", limit=limit, **more)
        assert page["total"] == len(ids)
        seen += [message["id"] for message in page["messages"]]
        cursor = page["cursor"]
        if cursor is None:
            break
        assert len(page["messages"]) == limit
    assert seen == ids[::-1]


@pytest.fixture(scope="module")
def server_mailbox(server: object) -> tuple[Account, list[str]]:
    """An account with 120 messages, and their ids."""
    from tests.support.aws import new_account

    account = new_account(server.url)  # type: ignore[attr-defined]
    sender = mail.client(account)
    return account, [mail.send(sender) for _ in range(120)]


def test_mail_that_comes_meanwhile_does_not_shift_the_pages(account: Account) -> None:
    sender = mail.client(account)
    ids = [mail.send(sender) for _ in range(4)]
    first = account.inspect("GET", "/messages", direction="outbound", limit=2)
    mail.send(sender)
    second = account.inspect("GET", "/messages", direction="outbound", limit=2, cursor=first["cursor"])
    assert [each["id"] for each in first["messages"] + second["messages"]] == ids[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=-1", "limit=many", "cursor=x", "cursor=-1"])
def test_pages_have_their_bounds(account: Account, query: str) -> None:
    inspection.problem(inspection.ask(account, "GET", f"/messages?{query}"), 400)


def test_a_cursor_beyond_every_number_is_refused(account: Account) -> None:
    inspection.problem(inspection.ask(account, "GET", f"/messages?cursor={'9' * 30}"), 400)
    assert account.inspect("GET", "/messages", cursor=2**63 - 1)["messages"] == []


def test_a_page_of_one_is_the_newest(account: Account) -> None:
    sender = mail.client(account, ANN)
    mail.send(sender)
    newest = mail.send(sender)
    assert [message["id"] for message in account.messages(limit=1)] == [newest]


@pytest.mark.parametrize("word", ["html", "attachments", "null", "pending", "delivered", "to"])
def test_the_words_of_our_own_storage_are_not_found(account: Account, word: str) -> None:
    mail.send(mail.client(account, "example.com"), Message=mail.message("A fox", subject="Hi"))
    account.drain()
    assert account.messages(direction="outbound", q=word if word != "to" else '"to,"') == []


def test_a_recipient_is_looked_for_among_the_recipients_only(account: Account) -> None:
    mail.send(mail.client(account, "example.com"), ReplyToAddresses=["desk@example.com"])
    assert account.messages(direction="outbound", to="desk@") == []
    assert account.messages(direction="outbound", to="pending") == []


def test_letters_of_any_alphabet_match_whatever_their_case(account: Account, engine: str) -> None:
    mail.send(mail.client(account, "example.com"), Message=mail.message("Ärger", subject="GRÜSSE"))
    found_here = len(account.messages(direction="outbound", subject="grüsse", q="ÄRGER"))
    assert found_here == 1 if engine == "sqlite" else found_here in (0, 1)  # PostgreSQL: by the database's locale


def test_newer_than_a_message_that_was_deleted_means_what_it_meant(account: Account) -> None:
    sender = mail.client(account, "example.com")
    first, second = (mail.send(sender, Message=mail.message("x", subject=name)) for name in ("first", "second"))
    account.inspect("DELETE", f"/messages/{first}")
    assert account.messages(direction="outbound", after=second) == []
    assert len(account.messages(direction="outbound", after=first)) == 1
    account.inspect("DELETE", f"/messages/{second}")
    assert account.messages(direction="outbound", after=second) == []
