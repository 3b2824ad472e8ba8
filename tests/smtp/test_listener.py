"""Sessions among others: how long they last, how many there may be, and what becomes of them in the end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from emulator.outside.clock import Clock
from emulator.ses import raw_sending
from emulator.smtp.conversation import Bounds
from emulator.smtp.credentials import Credentials
from emulator.smtp.listener import Listener
from emulator.smtp.submission import Submission
from tests.support import mail, smtp, workers
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.smtp import Line

MESSAGE = f"From: {ANN}\r\nTo: {BOB}\r\n\r\nHello\r\n.\r\n".encode()
TIMEOUT = ["451 4.4.2 Timeout waiting for data from client."]
GOING = ["421 Service not available, closing transmission channel"]
GRACE_SECONDS = 20


@contextmanager
def listening(url: str, **bounds: float) -> Iterator[Listener]:
    """A listener in this process, on a database where every sender is verified."""
    credentials = Credentials(["test:test"], workers.ACCOUNT, listed_only=False)
    submission = Submission(workers.contexts(url, Clock()), credentials, Bounds(**bounds))  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as port:
        listener = Listener(port, submission.session)
        listener.start()
        try:
            yield listener
        finally:
            listener.stop(0)


def logged_in(listener: Listener) -> Line:
    """A connection that may send."""
    return smtp.line(listener.port, Account("", workers.ACCOUNT))


def sent(line: Line) -> str:
    """The reply to a message."""
    line.mail(ANN, BOB)
    line.send(MESSAGE)
    return line.reply()[-1]


def test_who_does_not_log_in_is_let_go_soon(new_database_url: str) -> None:
    with listening(new_database_url, anonymous_seconds=0.2) as listener, Line(listener.port) as line:
        line.reply()
        assert line.reply() == TIMEOUT
        assert line.ended()


def test_ten_seconds_are_given_for_logging_in() -> None:
    assert Bounds().anonymous_seconds == 10


@pytest.mark.parametrize("busy_with", ["", "DATA"])
def test_who_falls_silent_is_let_go(new_database_url: str, busy_with: str) -> None:
    with listening(new_database_url, idle_seconds=0.5) as listener, logged_in(listener) as line:
        if busy_with:
            line.mail(ANN, BOB)
            line.send(b"From: a")
        assert line.reply() == TIMEOUT
        assert line.ended()


def test_there_is_an_end_to_connections(new_database_url: str) -> None:
    with listening(new_database_url, sessions=2) as listener, ExitStack() as stack:
        lines = [stack.enter_context(Line(listener.port)) for _ in range(3)]
        replies = [line.reply()[0] for line in lines]
        assert [reply[:3] for reply in replies[:2]] == ["220", "220"]
        assert replies[2] == "421 Too many concurrent SMTP connections"
        assert lines[2].ended()
        lines[0].ask("QUIT")
        assert lines[0].ended()
        assert stack.enter_context(Line(listener.port)).reply()[0].startswith("220")


def test_a_hundred_clients_talk_at_once(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    with ExitStack() as stack:
        lines = [stack.enter_context(smtp.line(port, account)) for _ in range(100)]
        for line in lines:
            assert line.mail(ANN, BOB).startswith("354 ")
        for line in lines[:-1]:  # the last one is slow
            line.send(MESSAGE)
        for line in lines[:-1]:
            assert line.reply()[-1].startswith("250 Ok ")
        lines[-1].send(MESSAGE)
        assert lines[-1].reply()[-1].startswith("250 Ok ")
    assert account.inspect("GET", "/messages", direction="outbound")["total"] == 100


def test_a_fault_of_ours_is_a_temporary_failure_and_keeps_nothing(
    new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(new_database_url) as listener, logged_in(listener) as line:
        with monkeypatch.context() as patched:
            patched.setattr(raw_sending, "send_raw_email", lambda *_: 1 / 0)
            assert sent(line) == "451 Temporary service failure"
        assert sent(line).startswith("250 Ok ")
    assert len(workers.messages(workers.contexts(new_database_url, Clock()))) == 1


# ---- the end


@contextmanager
def stopping(listener: Listener, grace_seconds: float) -> Iterator[None]:
    """The listener is being told to stop; afterwards it has."""
    with Line(listener.port) as idle:
        idle.reply()
        thread = threading.Thread(target=listener.stop, args=(grace_seconds,))
        thread.start()
        assert idle.reply() == GOING  # now it knows
        yield
        thread.join()


def test_a_message_under_way_is_waited_for(new_database_url: str) -> None:
    with listening(new_database_url) as listener, logged_in(listener) as line, logged_in(listener) as other:
        line.mail(ANN, BOB)
        other.ask(f"MAIL FROM:<{ANN}>")
        with stopping(listener, GRACE_SECONDS):
            with pytest.raises(ConnectionRefusedError):
                Line(listener.port)
            line.send(MESSAGE)
            assert line.reply()[-1].startswith("250 Ok ")
            assert line.reply() == GOING
            assert other.ask("RSET") == "250 Ok"
            assert other.reply() == GOING
    assert len(workers.messages(workers.contexts(new_database_url, Clock()))) == 1


def test_a_message_that_does_not_come_is_not_waited_for_for_ever(new_database_url: str) -> None:
    with listening(new_database_url) as listener, logged_in(listener) as line:
        line.mail(ANN, BOB)
        with stopping(listener, 0.1):
            assert line.ended()
