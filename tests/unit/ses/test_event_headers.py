"""The headers in documents about a message: listed as they are, and the common ones written anew."""

import pytest

from emulator.ses import event_documents, event_headers, events
from tests.unit.ses.event_samples import ID, event, message

NAMES = (
    b"From: =?UTF-8?B?5Y+w5bCP5aeQ?= <sender@example.com>\r\n"
    b'Reply-To: "Help Desk" <help@example.com>\r\n'
    b"Date: Thu, 12 Mar 2026 18:13:20 +0100\r\n"
    b'To: "Doe, Jane" <jane@example.org>,\r\n =?ISO-8859-1?Q?Andr=E9?= <andre@example.org>\r\n'
    b"CC: bob@example.net (Bob)\r\n"
    b"Bcc: <carol@example.net>\r\n"
    b"Message-ID: <mine@example.com>\r\n"
    b"Subject: =?UTF-8?Q?Caf=C3=A9?= =?UTF-8?Q?_au_lait?=\r\n"
    b"X-SES-CONFIGURATION-SET: my-set\r\n"
    b"\r\nHello."
)


def test_headers_are_listed_unfolded_and_decoded_as_they_are_spelled() -> None:
    listed, truncated = event_headers.listed(event_headers.fields(NAMES))
    assert [(each["name"], each["value"]) for each in listed] == [
        ("From", "台小姐 <sender@example.com>"),
        ("Reply-To", '"Help Desk" <help@example.com>'),
        ("Date", "Thu, 12 Mar 2026 18:13:20 +0100"),
        ("To", '"Doe, Jane" <jane@example.org>, André <andre@example.org>'),
        ("CC", "bob@example.net (Bob)"),
        ("Bcc", "<carol@example.net>"),
        ("Message-ID", "<mine@example.com>"),
        ("Subject", "Café au lait"),
        ("X-SES-CONFIGURATION-SET", "my-set"),
    ]
    assert not truncated


def test_common_headers_come_in_an_order_of_their_own_with_quotes_where_they_must_be() -> None:
    common = event_headers.common(event_headers.fields(NAMES), ID)
    assert list(common.items()) == [
        ("from", ['"台小姐" <sender@example.com>']),
        ("replyTo", ["Help Desk <help@example.com>"]),
        ("date", "Thu, 12 Mar 2026 18:13:20 +0100"),
        ("to", ['"Doe, Jane" <jane@example.org>', '"André" <andre@example.org>']),
        ("cc", ["Bob <bob@example.net>"]),
        ("bcc", ["carol@example.net"]),
        ("messageId", ID),
        ("subject", "Café au lait"),
    ]


def test_what_is_not_ascii_is_published_as_it_is() -> None:
    document = event_documents.document(message(operation="SendRawEmail"), NAMES, event(events.SEND))
    assert '"subject":"Café au lait"' in event_documents.text(document)
    assert r'"from":["\"台小姐\" <sender@example.com>"]' in event_documents.text(document)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (r'"Jane \"JD\" Doe" <jane@example.org>', [r'"Jane \"JD\" Doe" <jane@example.org>']),
        ("Q. Public <jane@example.org>", ['"Q. Public" <jane@example.org>']),
        ('"=?UTF-8?Q?a=2Cb?=" <jane@example.org>', ['"a,b" <jane@example.org>']),
        ("undisclosed-recipients:;", ["undisclosed-recipients:;"]),
        ("=?UTF-8?Q?caf=C3=A9?=", ["café"]),
        ("not <an address", ["not <an address"]),
        ("", []),
    ],
)
def test_addresses_are_written_anew_unless_they_are_none(value: str, shown: list[str]) -> None:
    fields = event_headers.fields(f"To: {value}\r\n\r\n".encode())
    assert event_headers.common(fields) == {"to": shown}


def test_the_recipients_of_several_headers_are_listed_together() -> None:
    fields = event_headers.fields(b"To: a@example.org\r\nSubject: 1\r\nTo: b@example.org\r\nSubject: 2\r\n\r\n")
    assert event_headers.common(fields) == {"to": ["a@example.org", "b@example.org"], "subject": "1"}


def test_a_boundary_on_a_line_of_its_own_leaves_two_blanks() -> None:
    fields = event_headers.fields(b'Content-Type: multipart/alternative; \r\n\tboundary="x"\r\n\r\n')
    assert event_headers.listed(fields)[0] == [
        {"name": "Content-Type", "value": 'multipart/alternative;  boundary="x"'}
    ]


def test_data_without_headers_has_none_and_no_domain_of_an_author() -> None:
    sent = message(operation="SendRawEmail", from_header=None, subject=None)
    mail = event_documents.document(sent, b"", event(events.SEND))["mail"]
    assert (mail["headers"], mail["commonHeaders"]) == ([], {"messageId": ID})
    assert "ses:from-domain" not in mail["tags"]


def test_a_raw_mail_keeps_its_id_in_the_list_and_is_shown_with_bare_recipients() -> None:
    sent = message(operation="SendRawEmail", to=("Ada <a@example.org>",), recipients=["a@example.org"])
    mail = event_documents.document(sent, NAMES, event(events.SEND))["mail"]
    assert {"name": "Message-ID", "value": "<mine@example.com>"} in mail["headers"]
    assert mail["commonHeaders"]["messageId"] == ID
    assert mail["destination"] == ["a@example.org"]


def test_the_line_that_ses_puts_on_top_of_mail_over_smtp_is_shown() -> None:
    line = b"Received: from client (unknown [203.0.113.10]) by email-smtp.amazonaws.com with SMTP id x; now"
    document = event_documents.document(message(operation="SendSmtpEmail"), line + b"\r\n" + NAMES, event(events.SEND))
    assert document["mail"]["headers"][0]["name"] == "Received"
    assert document["mail"]["tags"]["ses:operation"] == ["SendSmtpEmail"]


@pytest.mark.parametrize(("size_bytes", "kept"), [(10 * 1024 - 1, 3), (10 * 1024, 2)])
def test_headers_of_10_kb_are_cut_before_the_one_that_is_too_much(size_bytes: int, kept: int) -> None:
    names = len("From") + len("a@example.com") + len("X-Filler") + len("X-Last")
    filler = "x" * (size_bytes - names - len("é".encode()))
    raw = f"From: a@example.com\r\nX-Filler: {filler}\r\nX-Last: é\r\nSubject: s\r\n\r\n"
    listed, truncated = event_headers.listed(event_headers.fields(raw.encode()))
    assert ([each["name"] for each in listed], truncated) == (["From", "X-Filler", "X-Last"][:kept], True)


def test_common_headers_are_whole_though_the_list_is_cut() -> None:
    raw = f"X-Filler: {'x' * 11_000}\r\nSubject: Still here\r\n\r\n".encode()
    mail = event_documents.document(message(), raw, event(events.SEND))["mail"]
    assert (mail["headersTruncated"], mail["headers"]) == (True, [])
    assert mail["commonHeaders"]["subject"] == "Still here"
