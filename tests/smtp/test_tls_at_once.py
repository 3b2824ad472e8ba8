"""The port on which TLS begins with the first byte, as it does on ports 465 and 2465 of SES."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.outside.clock import Clock
from emulator.smtp.conversation import Bounds
from emulator.smtp.credentials import Credentials
from emulator.smtp.listener import Listener
from emulator.smtp.submission import Submission
from tests.support import mail, processes, smtp, workers
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.smtp import Line

CREDENTIALS = Credentials(["test:test"], workers.ACCOUNT, listed_only=False)


@contextmanager
def listening(url: str, **bounds: float) -> Iterator[Listener]:
    """A listener in this process, on a database where every sender is verified."""
    chosen = Bounds(**bounds)  # type: ignore[arg-type]
    submission = Submission(workers.contexts(url, Clock()), CREDENTIALS, chosen, tls_at_once=True)
    with socket.create_server(("127.0.0.1", 0)) as port:
        listener = Listener(port, submission.session, submission.tls_at_once)
        listener.start()
        try:
            yield listener
        finally:
            listener.stop(0)


@contextmanager
def line(listener: Listener) -> Iterator[Line]:
    """A connection, encrypted, on which the server has greeted."""
    with Line(listener.port) as made:
        made.shake_hands()
        made.greeting = made.reply()[0]
        yield made


def test_tls_comes_before_the_greeting_and_is_not_offered_again(new_database_url: str) -> None:
    with listening(new_database_url) as listener, line(listener) as client:
        assert client.greeting.startswith("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-")
        assert client.asked("EHLO client.example") == [
            "250-email-smtp.amazonaws.com",
            "250-8BITMIME",
            "250-AUTH PLAIN LOGIN",
            "250 Ok",
        ]
        assert client.ask("STARTTLS") == "503 TLS already active"
        assert client.ask(f"MAIL FROM:<{ANN}>") == "530 Authentication required"


def test_a_message_is_sent_as_on_the_other_port(new_database_url: str) -> None:
    with listening(new_database_url) as listener, line(listener) as client:
        client.ask("EHLO client.example")
        account = Account("", workers.ACCOUNT)
        said = client.ask(f"AUTH PLAIN {smtp.plain(workers.ACCOUNT, smtp.password(account))}")
        assert said == "235 Authentication successful."
        assert client.mail(ANN, BOB) == "354 End data with <CR><LF>.<CR><LF>"
        client.send(f"From: {ANN}\r\nTo: {BOB}\r\n\r\nHello\r\n.\r\n".encode())
        message_id = smtp.message_id(client.reply()[-1])
        assert client.ask("QUIT") == "221 Bye"
    assert [each.id for each in workers.messages(workers.contexts(new_database_url, Clock()))] == [message_id]


@pytest.mark.parametrize("words", [b"EHLO client.example\r\n", b"\0" * 100])
def test_who_does_not_begin_with_tls_is_told_nothing(new_database_url: str, words: bytes) -> None:
    with listening(new_database_url) as listener:
        with Line(listener.port) as client:
            client.send(words)
            assert not re.search("[0-9]{3} ", client.rest())
        with line(listener) as other:
            assert other.ask("NOOP") == "250 Ok"


def test_who_does_not_log_in_is_let_go_soon(new_database_url: str) -> None:
    with listening(new_database_url, anonymous_seconds=0.2) as listener, line(listener) as client:
        assert client.reply() == ["451 4.4.2 Timeout waiting for data from client."]


def test_there_is_an_end_to_connections(new_database_url: str) -> None:
    with listening(new_database_url, sessions=1) as listener, line(listener), line(listener) as second:
        assert second.greeting == "421 Too many concurrent SMTP connections"


def test_whoever_is_connected_when_the_server_stops_is_told_so(new_database_url: str) -> None:
    with listening(new_database_url) as listener, line(listener) as client:
        listener.stop(1)
        assert client.reply() == ["421 Service not available, closing transmission channel"]


# ---- the setting


def test_the_port_is_open_where_it_is_wanted_and_the_banner_says_so() -> None:
    with processes.serving("--ephemeral", "--submission-tls-port=0") as server:
        found = re.search(r"^  SMTP TLS   127\.0\.0\.1:([0-9]+)   ", server.banner, re.MULTILINE)
        assert found
        account = Account(server.url, workers.ACCOUNT)
        mail.verify(account, ANN)
        with smtplib.SMTP_SSL("127.0.0.1", int(found[1]), context=smtp.unverified()) as client:
            client.login(account.account_id, smtp.password(account))
            message = f"From: {ANN}\r\nTo: {BOB}\r\n\r\nHello\r\n".encode()
            message_id = smtp.message_id(smtp.sent(client, ANN, [BOB], message))
        assert [each["id"] for each in account.messages(direction="outbound")] == [message_id]
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
            smtplib.SMTP_SSL("127.0.0.1", int(found[1]), context=ssl.create_default_context())


def test_the_port_can_be_the_only_one() -> None:
    with processes.serving("--ephemeral", "--submission-port=off", "--submission-tls-port=0") as server:
        assert re.findall(r"^  (SMTP.*?)  ", server.banner, re.MULTILINE) == ["SMTP TLS"]


def test_the_port_is_off_unless_it_is_wanted() -> None:
    with processes.serving("--ephemeral") as server:
        assert "SMTP TLS" not in server.banner
        assert "SMTP  " in server.banner


def test_a_port_that_is_none_is_wrong_use() -> None:
    found = processes.run("serve", "--ephemeral", "--port=0", "--submission-tls-port=70000")
    assert found.returncode == 2
    assert found.stderr == "ses-emulator: submission-tls-port must be between 0 and 65535, not 70000\n"
