"""The words of SES's SMTP interface, up to the message."""

import base64
import re
import smtplib
import ssl
from contextlib import suppress

import pytest

from tests.support import smtp
from tests.support.aws import Account
from tests.support.smtp import Line

GREETING = r"220 email-smtp\.amazonaws\.com ESMTP SimpleEmailService-d-[A-Z0-9]{9} [A-Za-z0-9]{20}"
TLS_FIRST = "530 Must issue a STARTTLS command first"
LOG_IN_FIRST = "530 Authentication required"
WRONG = "535 Authentication Credentials Invalid"
RIGHT = "235 Authentication successful."


def begun(port: int) -> Line:
    """A connection with TLS on which nobody logged in."""
    line = Line(port)
    line.reply()
    line.ask("EHLO client.example")
    line.encrypt()
    line.ask("EHLO client.example")
    return line


# ---- before TLS, and TLS


def test_the_greeting_names_a_server_and_a_session(port: int) -> None:
    with Line(port) as one, Line(port) as other:
        (first,), (second,) = one.reply(), other.reply()
    assert re.fullmatch(GREETING, first)
    assert re.fullmatch(GREETING, second)
    assert first != second


def test_ehlo_offers_tls_once_and_authentication_always(port: int) -> None:
    with Line(port) as line:
        line.reply()
        assert line.asked("EHLO client.example") == [
            "250-email-smtp.amazonaws.com",
            "250-8BITMIME",
            "250-STARTTLS",
            "250-AUTH PLAIN LOGIN",
            "250 Ok",
        ]
        assert line.encrypt() == "220 Ready to start TLS"
        assert line.asked("EHLO client.example") == [
            "250-email-smtp.amazonaws.com",
            "250-8BITMIME",
            "250-AUTH PLAIN LOGIN",
            "250 Ok",
        ]


@pytest.mark.parametrize("command", ["AUTH LOGIN", "AUTH PLAIN AGEAYg==", "MAIL FROM:<a@example.com>", "RCPT TO:<b@c>"])
def test_nothing_is_said_before_tls(port: int, command: str) -> None:
    with Line(port) as line:
        line.reply()
        line.ask("EHLO client.example")
        assert line.ask(command) == TLS_FIRST


def test_what_was_sent_along_with_starttls_is_not_taken_for_encrypted(port: int) -> None:
    with Line(port) as line:
        line.reply()
        line.ask("EHLO client.example")
        line.send(b"STARTTLS\r\nEHLO intruder.example\r\n")
        assert line.reply() == ["220 Ready to start TLS"]
        line.shake_hands()
        assert line.ask("AUTH PLAIN").startswith("503 ")  # nobody said EHLO


def test_a_client_that_shakes_no_hands_is_let_go(port: int) -> None:
    with Line(port) as line:
        line.reply()
        line.ask("EHLO client.example")
        line.ask("STARTTLS")
        line.send(b"this is no handshake\r\n")
        assert line.ended()


def test_the_certificate_is_the_emulators_own(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client, pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        client.starttls(context=ssl.create_default_context())


# ---- logging in


def test_a_client_logs_in_with_plain_and_an_initial_response(port: int, account: Account) -> None:
    with begun(port) as line:
        assert line.ask(f"AUTH PLAIN {smtp.plain(account.account_id, smtp.password(account))}") == RIGHT


def test_a_client_logs_in_with_plain_when_it_is_asked(port: int, account: Account) -> None:
    with begun(port) as line:
        assert line.ask("AUTH PLAIN") == "334 "
        assert line.ask(smtp.plain(account.account_id, smtp.password(account))) == RIGHT


@pytest.mark.parametrize("mechanism", ["LOGIN", "login"])
def test_a_client_logs_in_with_login(port: int, account: Account, mechanism: str) -> None:
    with begun(port) as line:
        assert line.ask(f"AUTH {mechanism}") == "334 VXNlcm5hbWU6"
        assert line.ask(smtp.encoded(account.account_id)) == "334 UGFzc3dvcmQ6"
        assert line.ask(smtp.encoded(smtp.password(account))) == RIGHT


def test_a_client_logs_in_with_login_and_its_name_at_once(port: int, account: Account) -> None:
    with begun(port) as line:
        assert line.ask(f"AUTH LOGIN {smtp.encoded(account.account_id)}") == "334 UGFzc3dvcmQ6"
        assert line.ask(smtp.encoded(smtp.password(account))) == RIGHT


def test_wrong_credentials_are_refused_and_may_be_corrected(port: int, account: Account) -> None:
    right = smtp.password(account)
    with begun(port) as line:
        for user, password in (
            (account.account_id, "wrong"),
            (account.account_id, f"{right[:-4]}AAAA"),
            (account.account_id, "test"),  # the secret is not the password
            ("nobody", right),
        ):
            assert line.ask(f"AUTH PLAIN {smtp.plain(user, password)}") == WRONG
        assert line.ask("MAIL FROM:<a@example.com>") == LOG_IN_FIRST
        assert line.ask(f"AUTH PLAIN {smtp.plain(account.account_id, right)}") == RIGHT


def test_whoever_keeps_guessing_is_let_go(port: int, account: Account) -> None:
    with begun(port) as line:
        for number in range(5):
            assert line.ask(f"AUTH PLAIN {smtp.plain(account.account_id, str(number))}") == WRONG
        assert line.ended()


@pytest.mark.parametrize("response", ["not base64!", base64.b64encode(b"no zero bytes").decode(), "*"])
def test_a_response_that_makes_no_sense_is_no_login(port: int, response: str) -> None:
    with begun(port) as line:
        assert line.ask("AUTH PLAIN") == "334 "
        assert line.ask(response).startswith("501 ")
        assert line.ask("MAIL FROM:<a@example.com>") == LOG_IN_FIRST


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_response_without_an_end_is_not_waited_for(port: int, length: int) -> None:
    with begun(port) as line:
        line.ask("AUTH LOGIN")
        with suppress(OSError):  # it may be let go before it has said all
            line.send(b"A" * length + b"\r\n")
        assert line.rest() in ("500 Command line too long\r\n", "")


def test_other_mechanisms_are_not_known(port: int) -> None:
    with begun(port) as line:
        assert line.ask("AUTH CRAM-MD5").startswith("504 ")
        assert line.ask("AUTH").startswith("501 ")


@pytest.mark.parametrize("command", ["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"])
def test_nothing_is_sent_before_logging_in(port: int, command: str) -> None:
    with begun(port) as line:
        assert line.ask(command) == LOG_IN_FIRST


# ---- the envelope


@pytest.mark.parametrize(
    "argument",
    [
        "FROM:<a@example.com>",
        "FROM: <a@example.com>",
        "from:<a@example.com>",
        "FROM: a@example.com",
        'FROM:<"a b"@example.com>',
        "FROM:<a@example.com> BODY=8BITMIME",
        "FROM:<a@example.com> body=7bit SIZE=1000 AUTH=<>",
        "FROM:<a@exam_ple.com>",  # what is wrong with it shows after the message
    ],
)
def test_a_sender_is_taken(port: int, account: Account, argument: str) -> None:
    with smtp.line(port, account) as line:
        assert line.ask(f"MAIL {argument}") == "250 Ok"


@pytest.mark.parametrize(
    "argument",
    [
        *("FROM:<>", "FROM:", "", "TO:<a@example.com>", "FROM:<a>", "FROM:<a b@c.d>", "FROM:A <a@b>", "FROM:<@b>"),
        *("FROM:<a@example.com", "FROM:a@example.com>", "FROM:<a@example.com>SIZE=1", "FROM:<<a@example.com>>"),
    ],
)
def test_a_sender_that_is_no_address_is_refused(port: int, account: Account, argument: str) -> None:
    with smtp.line(port, account) as line:
        assert line.ask(f"MAIL {argument}") == "501 Invalid MAIL FROM address provided"
        assert line.ask("RCPT TO:<b@example.com>").startswith("503 ")


@pytest.mark.parametrize("parameter", ["SMTPUTF8", "RET=FULL", "BODY=BINARYMIME", "SIZE=many"])
def test_a_parameter_that_was_not_offered_is_refused(port: int, account: Account, parameter: str) -> None:
    with smtp.line(port, account) as line:
        assert line.ask(f"MAIL FROM:<a@example.com> {parameter}").startswith("555 ")
        assert line.ask("MAIL FROM:<a@example.com>") == "250 Ok"
        assert line.ask("RCPT TO:<b@example.com> NOTIFY=NEVER").startswith("555 ")


def test_an_address_that_is_not_ascii_is_refused(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        assert line.ask("MAIL FROM:<jürgen@example.com>").startswith("500 ")
        assert line.ask("MAIL FROM:<a@example.com>") == "250 Ok"


def test_a_message_that_says_it_is_too_long_is_not_waited_for(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        assert line.ask(f"MAIL FROM:<a@example.com> SIZE={40 * 1024 * 1024 + 1}") == "552 Message is too long."
        assert line.ask(f"MAIL FROM:<a@example.com> SIZE={40 * 1024 * 1024}") == "250 Ok"


@pytest.mark.parametrize("address", ["nobody", "a b@example.com", "", "@example.com"])
def test_a_recipient_that_is_no_address_is_unknown(port: int, account: Account, address: str) -> None:
    with smtp.line(port, account) as line:
        line.ask("MAIL FROM:<a@example.com>")
        assert line.ask(f"RCPT TO:<{address}>") == f"553 <{address}> address unknown"
        assert line.ask("RCPT TO:<b@example.com") == "553 <b@example.com> address unknown"
        assert line.ask("DATA").startswith("503 ")


# ---- order, and other commands


def test_commands_out_of_order_are_refused(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        assert line.ask("RCPT TO:<b@example.com>").startswith("503 ")
        assert line.ask("DATA").startswith("503 ")
        assert line.ask("MAIL FROM:<a@example.com>") == "250 Ok"
        assert line.ask("MAIL FROM:<a@example.com>").startswith("503 ")
        assert line.ask("DATA").startswith("503 ")
        assert line.ask("STARTTLS").startswith("503 ")
        assert line.ask(f"AUTH PLAIN {smtp.plain('test', 'x')}").startswith("503 ")


def test_rset_and_ehlo_forget_the_envelope(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        for command in ("RSET", "EHLO client.example"):
            line.ask("MAIL FROM:<a@example.com>")
            line.ask("RCPT TO:<b@example.com>")
            assert line.ask(command) == "250 Ok"
            assert line.ask("RCPT TO:<b@example.com>").startswith("503 ")


def test_the_other_commands(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        assert line.ask("NOOP") == "250 Ok"
        assert line.ask("noop") == "250 Ok"
        assert line.ask("VRFY a@example.com").startswith("252 ")
        assert line.ask("EXPN list").startswith("502 ")
        assert line.ask("HELP").startswith("250 ")
        assert line.ask("FROBNICATE").startswith("500 ")
        assert line.ask("").startswith("500 ")
        assert line.ask("NOOP" + "x" * 600).startswith("500 ")
        assert line.ask("NOOP " + "x" * 200_000).startswith("500 ")
        assert line.ask("QUIT") == "221 Bye"
        assert line.ended()


def test_whoever_speaks_another_language_is_let_go(port: int, account: Account) -> None:
    with smtp.line(port, account) as line:
        for _ in range(4):
            assert line.ask("GET / HTTP/1.1").startswith("500 ")
        assert line.ask("GET / HTTP/1.1").startswith("502 ")
        assert line.ended()
