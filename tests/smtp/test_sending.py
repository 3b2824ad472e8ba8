"""What becomes of a message that comes over SMTP: the road of SendRawEmail, and SES's replies to it."""

import re
from collections.abc import Iterator

import pytest

from tests.support import mail, smtp
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.smtp import Line

HEADER = f"From: Ann <{ANN}>\r\nTo: {BOB}\r\nSubject: Hi\r\n"


@pytest.fixture
def line(port: int, account: Account) -> Iterator[Line]:
    """A connection on which the account, in which Ann is verified, has logged in."""
    mail.verify(account, ANN)
    with smtp.line(port, account) as made:
        yield made


def said(line: Line, message: bytes, sender: str = ANN, recipients: tuple[str, ...] = (BOB,)) -> str:
    """The reply to a message whose bytes are sent as they are."""
    assert line.mail(sender, *recipients).startswith("354 ")
    line.send(message + b"\r\n.\r\n")
    return line.reply()[-1]


def delivered(account: Account, reply: str) -> bytes:
    """The message as its recipient got it."""
    account.drain()
    return mail.delivered(account, smtp.message_id(reply))


# ---- accepted


def test_a_message_is_sent_as_by_send_raw_email(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    with smtp.client(port, account) as client:
        reply = smtp.sent(client, ANN, [BOB, "carol@example.org"], HEADER.encode() + b"\r\nHello")
    account.drain()
    shown = mail.shown(account, smtp.message_id(reply))
    assert re.fullmatch("0100[0-9a-f]{12}-[0-9a-f-]{36}-000000", shown["id"])
    assert (shown["operation"], shown["direction"], shown["region"]) == ("SendSmtpEmail", "outbound", "us-east-1")
    assert (shown["source"], shown["return_path"], shown["subject"]) == (ANN, ANN, "Hi")
    assert shown["recipients"] == [
        {"address": BOB, "kind": "to", "status": "delivered"},
        {"address": "carol@example.org", "kind": "bcc", "status": "delivered"},
    ]
    events = account.inspect("GET", f"/messages/{shown['id']}/events")["events"]
    assert [event["type"] for event in events] == ["Send", "Delivery", "Delivery"]


def test_the_reply_follows_the_data_command(line: Line) -> None:
    assert line.mail(ANN, BOB) == "354 End data with <CR><LF>.<CR><LF>"
    line.send(HEADER.encode() + b"\r\nHello\r\n.\r\n")
    assert re.fullmatch("250 Ok 0100[0-9a-f]{12}-[0-9a-f-]{36}-000000", line.reply()[-1])


def test_the_delivered_copy_begins_with_how_it_came(line: Line, account: Account) -> None:
    line.ask("EHLO tab\t.example\rX-Evil:1")
    lines = mail.header_lines(delivered(account, said(line, HEADER.encode() + b"\r\nHello")))
    *_, server, session = line.greeting.split(" ")
    expected = (
        "Received: from tab?.example?X-Evil:1 (localhost [127.0.0.1]) by email-smtp.amazonaws.com with SMTP "
        f"({server}) id {session} for {BOB}; "
    )
    assert lines[0].startswith("Return-Path: <")
    assert lines[1].startswith(expected)
    at = lines[1].removeprefix(expected)
    assert re.fullmatch(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} \+0000 \(UTC\)", at)
    assert lines[2].startswith("DKIM-Signature: ")
    assert next(line for line in lines[3:] if not line.startswith("\t")) == f"From: Ann <{ANN}>"


def test_several_recipients_do_not_learn_of_each_other(line: Line, account: Account) -> None:
    raw = delivered(account, said(line, HEADER.encode() + b"\r\nHello", recipients=(BOB, "secret@example.org")))
    assert b"secret@example.org" not in raw


def test_a_body_arrives_byte_for_byte(line: Line, account: Account) -> None:
    body = b"caf\xe9 \xff\r\n.\r\n..two\r\n.leading\r\n" + b"long " * 1000 + b"\r\n\r\n"
    reply = said(line, HEADER.encode() + b"\r\n" + body.replace(b"\r\n.", b"\r\n.."))
    assert mail.body(delivered(account, reply)) == body + b"\r\n"


def test_a_message_without_a_body_is_sent(line: Line, account: Account) -> None:
    reply = said(line, HEADER.encode())
    assert mail.body(delivered(account, reply)) == b""


def test_an_empty_message_is_sent(line: Line, account: Account) -> None:
    line.mail(ANN, BOB)
    line.send(b".\r\n")
    lines = mail.unsigned_lines(delivered(account, line.reply()[-1]))
    assert [text.partition(":")[0] for text in lines] == [
        *("Return-Path", "Received", "Message-ID", "Date", "Feedback-ID", "X-SES-Outgoing"),
    ]


def test_a_connection_takes_one_message_after_another(line: Line, account: Account) -> None:
    for number in range(3):
        assert said(line, HEADER.encode() + b"\r\n%d" % number).startswith("250 Ok ")
    assert len(account.messages(direction="outbound")) == 3


def test_commands_that_come_all_at_once_are_answered_in_turn(line: Line, account: Account) -> None:
    envelope = f"MAIL FROM:<{ANN}>\r\nRCPT TO:<{BOB}>\r\nDATA\r\n".encode()
    message = envelope + HEADER.encode() + b"\r\nHello\r\n.\r\n"
    line.send(message + message + b"QUIT\r\n")
    codes = [line.reply()[-1][:3] for _ in range(9)]
    assert codes == ["250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert len(account.messages(direction="outbound")) == 2


def test_headers_of_ses_are_heeded_and_taken_away(line: Line, account: Account) -> None:
    header = HEADER + "X-SES-MESSAGE-TAGS: campaign=x, kind=y\r\nBcc: secret@example.org\r\n"
    reply = said(line, header.encode() + b"\r\nHello")
    raw = delivered(account, reply)
    assert b"X-SES-MESSAGE-TAGS" not in raw
    assert b"secret" not in raw
    assert mail.shown(account, smtp.message_id(reply))["tags"] == {"campaign": ["x"], "kind": ["y"]}


def test_headers_of_ses_may_stand_apart(line: Line, account: Account) -> None:
    reply = said(line, b"X-SES-MESSAGE-TAGS: campaign=x\r\n\r\n" + HEADER.encode() + b"\r\nHello")
    raw = delivered(account, reply)
    assert mail.body(raw) == b"Hello\r\n"
    assert [text.partition(":")[0] for text in mail.unsigned_lines(raw)][:3] == ["Return-Path", "Received", "From"]


def test_the_password_says_which_region(port: int, account: Account) -> None:
    abroad = account.elsewhere("eu-west-1")
    mail.verify(abroad, ANN)
    with smtp.line(port, account) as line:
        assert said(line, HEADER.encode()) == f"554 Message rejected: {mail.unverified(f'Ann <{ANN}>', ANN)[1]}"
    with smtp.line(port, abroad) as line:
        reply = said(line, HEADER.encode())
    assert mail.shown(account, smtp.message_id(reply))["region"] == "eu-west-1"


def test_a_message_larger_than_the_api_takes_is_sent(line: Line, account: Account) -> None:
    body = b"0123456789abcdef" * 61 + b"\r\n"
    body *= 11 * 1024 * 1024 // len(body) + 1
    reply = said(line, HEADER.encode() + b"\r\n" + body)
    assert mail.shown(account, smtp.message_id(reply))["size"] > 11 * 1024 * 1024


# ---- the end of a message


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n..\r\n", b"\r\n. \r\n"])
def test_nothing_but_a_dot_alone_between_crlf_ends_a_message(line: Line, account: Account, end: bytes) -> None:
    smuggled = f"MAIL FROM:<{ANN}>\r\nRCPT TO:<evil@example.org>\r\nDATA\r\n".encode() + HEADER.encode() + b"\r\nEvil"
    reply = said(line, HEADER.encode() + b"\r\nHello" + end + smuggled)
    (message,) = account.messages(direction="outbound")
    assert message["id"] == smtp.message_id(reply)
    assert [each["address"] for each in message["recipients"]] == [BOB]
    assert line.ask("NOOP") == "250 Ok"


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_an_end_that_comes_in_pieces_is_an_end(line: Line, cut: int) -> None:
    message = HEADER.encode() + b"\r\nHello\r\n.\r\n"
    line.mail(ANN, BOB)
    line.send(message[:-cut])
    line.send(message[-cut:])
    assert line.reply()[-1].startswith("250 Ok ")


def test_a_client_that_vanishes_leaves_nothing(port: int, account: Account, line: Line) -> None:
    line.mail(ANN, BOB)
    line.send(HEADER.encode() + b"\r\nHello\r\n.")
    line.vanish()
    with smtp.line(port, account) as other:
        assert said(other, HEADER.encode()).startswith("250 Ok ")
    assert len(account.messages(direction="outbound")) == 1


# ---- refused


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (
            f"From: Ann <{ANN}>\r\nTo: {BOB}\r\nMIME-Version: 1.0\r\nMIME-Version: 1.0",
            "Duplicate header 'MIME-Version'.",
        ),
        ("From: undefined\r\nTo: b@example.com", "Missing final '@domain'"),
        (f"From: {ANN}\r\nContent-Type: text; charset=UTF-8", "Expected '/', got ;"),
        ("<!DOCTYPE html>", "Illegal header '<!DOCTYPE html>'."),
        (": nameless", "Empty header names are illegal."),
        (f"From: {ANN}\r\nX-SES-SOURCE-ARN: arn:nonsense", "Invalid ARN <arn:nonsense>."),
        (
            f"From: {ANN}\r\nX-SES-MESSAGE-TAGS: a!=b",
            "Invalid tag name <a!>: only alphanumeric ASCII characters, '_',  '-' are allowed.",
        ),
        (f"From: {ANN}\r\nX-SES-CONFIGURATION-SET: none", "Configuration set <none> does not exist."),
    ],
)
def test_a_faulty_message_is_a_failed_transaction(line: Line, account: Account, header: str, text: str) -> None:
    assert said(line, header.encode() + b"\r\n\r\nHello") == f"554 Transaction failed: {text}"
    assert not account.messages(direction="outbound")


@pytest.mark.parametrize(
    ("sender", "recipient", "text"),
    [
        (ANN, "bob@exam_ple.net", "Domain contains illegal character"),
        (ANN, "bob..x@example.net", "Local address contains dot-dot"),
        ("ann@example.com.", BOB, "Domain ends with dot"),
    ],
)
def test_what_is_wrong_with_an_address_shows_after_the_message(
    line: Line, sender: str, recipient: str, text: str
) -> None:
    assert said(line, HEADER.encode(), sender, (recipient,)) == f"554 Transaction failed: {text}"


def test_fifty_recipients_are_the_most(line: Line) -> None:
    many = tuple(f"r{number}@example.net" for number in range(51))
    assert said(line, HEADER.encode(), recipients=many) == "554 Transaction failed: Recipient count exceeds 50."
    assert said(line, HEADER.encode(), recipients=many[:50]).startswith("250 Ok ")


def test_author_and_sender_must_be_verified(line: Line) -> None:
    author = "Ian Brown <ian@example.org>"
    message = f"From: {author}\r\nTo: {BOB}\r\n\r\n".encode()
    rejected = "554 Message rejected: "
    assert said(line, message, "ian@example.org") == rejected + mail.unverified(author, "ian@example.org")[1]
    assert said(line, message) == rejected + mail.unverified(author)[1]
    assert said(line, HEADER.encode(), "ian@example.org") == rejected + mail.unverified("ian@example.org")[1]


def test_a_refusal_is_one_line_of_ascii(line: Line) -> None:
    reply = said(line, "From: Jürgen <j@example.org>\r\nTo: b@example.com\r\n".encode())
    assert reply == "554 Message rejected: " + mail.unverified("J?rgen <j@example.org>", ANN)[1].replace(f", {ANN}", "")


def test_an_identity_of_another_account_is_not_ones_own(line: Line, account: Account) -> None:
    arn = "arn:aws:ses:us-east-1:111111111111:identity/example.com"
    user = f"arn:aws:iam::{account.account_id}:user/{account.account_id}"
    assert said(line, HEADER.encode() + f"X-SES-SOURCE-ARN: {arn}\r\n".encode()) == (
        f"554 Access denied: User `{user}' is not authorized to perform `ses:SendRawEmail' on resource `{arn}'"
    )


def test_a_message_of_more_than_forty_megabytes_is_too_long(line: Line, account: Account) -> None:
    line.mail(ANN, BOB)
    line.send(HEADER.encode() + b"\r\n")
    piece = b"x" * 998 + b"\r\n"
    for _ in range(41):
        line.send(piece * 1024)
    line.send(b".\r\n")
    assert line.reply() == ["552 Message is too long."]
    assert not account.messages(direction="outbound")
    assert said(line, HEADER.encode()).startswith("250 Ok ")


def test_a_refused_message_does_not_end_the_conversation(line: Line) -> None:
    assert said(line, b"nonsense").startswith("554 ")
    assert line.ask("RCPT TO:<b@example.com>").startswith("503 ")
    assert said(line, HEADER.encode()).startswith("250 Ok ")
