"""The headers of received mail in the JSON that tells of it, whatever they look like."""

from typing import Any

from emulator.ses import receipt_documents
from emulator.store.receipt_rules import Action
from tests.unit.ses.receipt_samples import (
    ALERTS,
    PLAIN,
    reception,
)


def common(*lines: str) -> dict[str, Any]:
    """The common headers of a mail with this header."""
    told = receipt_documents.notification(reception("\r\n".join([*lines, "", ""]).encode()), stop())
    return told["mail"]["commonHeaders"]  # type: ignore[no-any-return]


def stop() -> Action:
    """An action about which little is told."""
    return Action("StopAction", {"Scope": "RuleSet", "TopicArn": ALERTS})


def test_common_headers_come_in_an_order_of_their_own() -> None:
    found = common(
        "Subject: =?UTF-8?Q?Caf=C3=A9?=",
        "Message-ID: <1@example.org>",
        "Bcc: carol@example.org",
        'Cc: <bob@example.org>, "Bob" <bob2@example.org>',
        "To: ann@example.org",
        "Date: Mon, 5 Aug 2019 21:29:57 +0000",
        "Reply-To: r@example.org",
        "Sender: s@example.org",
        "From: f@example.org",
        "Return-Path: <first@example.org>",
        "Return-Path: <second@example.org>",
    )
    assert list(found.items()) == [
        ("returnPath", "first@example.org"),
        ("from", ["f@example.org"]),
        ("sender", "s@example.org"),
        ("replyTo", ["r@example.org"]),
        ("date", "Mon, 5 Aug 2019 21:29:57 +0000"),
        ("to", ["ann@example.org"]),
        ("cc", ["bob@example.org", "Bob <bob2@example.org>"]),
        ("bcc", ["carol@example.org"]),
        ("messageId", "<1@example.org>"),
        ("subject", "Café"),
    ]


def test_a_bounce_has_an_empty_return_path_and_source() -> None:
    told = receipt_documents.notification(reception(b"Return-Path: <>\r\n\r\nHi", source=""), stop())
    assert (told["mail"]["source"], told["mail"]["commonHeaders"]) == ("", {"returnPath": ""})


def test_the_destination_is_who_the_header_names() -> None:
    named = (
        b'To: "Ann" <ann@example.org>, b@example.org\r\nCc: undisclosed: ;\r\nCC: c@example.org\r\nBcc: d@example.org'
    )
    told = receipt_documents.notification(reception(named + b"\r\n\r\n"), stop())
    assert told["mail"]["destination"] == ["ann@example.org", "b@example.org", "c@example.org"]


def test_a_mail_without_headers_has_those_of_ses() -> None:
    told = receipt_documents.notification(
        reception(b"Return-Path: <a@example.org>\r\n\r\nno header: at all\r\n"), stop()
    )
    assert told["mail"]["headers"] == [{"name": "Return-Path", "value": "<a@example.org>"}]
    assert told["mail"]["destination"] == []


def test_the_header_of_a_mail_with_bare_line_feeds_is_read_to_its_end() -> None:
    mail = b"Return-Path: <a@example.org>\r\nFrom: a@example.org\nSubject: one\n two\n\nbody: no header\n"
    told = receipt_documents.notification(reception(mail), stop())
    assert [each["name"] for each in told["mail"]["headers"]] == ["Return-Path", "From", "Subject"]
    assert told["mail"]["commonHeaders"]["subject"] == "one two"


def test_of_ten_thousand_headers_the_list_is_cut() -> None:
    lines = [f"X-{number}: value" for number in range(10_000)]
    told = receipt_documents.notification(reception("\r\n".join([*lines, "Subject: last", "", ""]).encode()), stop())
    assert told["mail"]["headersTruncated"] is True
    assert 500 < len(told["mail"]["headers"]) < 2_000
    assert told["mail"]["commonHeaders"] == {"subject": "last"}


def test_a_header_that_would_take_minutes_to_read_is_not_read() -> None:
    everybody = ", ".join(f"user{number}@example.org" for number in range(20_000))
    told = receipt_documents.notification(reception(f"To: {everybody}\r\nSubject: Hi\r\n\r\n".encode()), stop())
    assert told["mail"]["destination"] == []
    assert told["mail"]["commonHeaders"] == {"subject": "Hi"}


def test_headers_that_actions_added_are_on_top_the_last_one_first() -> None:
    added = [("X-First", "1"), ("X-Second", "zwei \t é")]
    assert receipt_documents.topped(PLAIN, added) == "X-Second: zwei \t é\r\nX-First: 1\r\n".encode() + PLAIN
    assert receipt_documents.topped(PLAIN, ()) is PLAIN
