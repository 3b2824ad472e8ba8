"""Hosts at the door that are slow, wrong or hostile, and what becomes of them and of all others."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

import emulator
from emulator.context import Contexts
from emulator.outside.clock import Clock
from emulator.outside.dns import Resolver
from emulator.ses import receipt_rule_sets, receipt_rules, receiving
from emulator.smtp import inbound
from emulator.smtp.conversation import Bounds
from emulator.smtp.inbound import RECIPIENTS, Inbound
from emulator.smtp.listener import Listener
from emulator.store import messages as message_rows
from emulator.store.message_filters import Filter
from emulator.store.receipt_rules import ReceiptRule
from tests.support import aws, mail, smtp, workers
from tests.support.aws import Account
from tests.support.smtp import Line

ALICE, BOB = "alice@example.org", "bob@example.com"
HEADER = b"From: alice@example.org\r\nSubject: Hello\r\n"
MESSAGE = HEADER + b"\r\nHi"
GOING = ["421 Service not available, closing transmission channel"]
GRACE_SECONDS = 20


@pytest.fixture
def line(door: int) -> Iterator[Line]:
    """A host in the world at the door."""
    with smtp.visitor(door) as made:
        yield made


@pytest.fixture
def recipient(account: Account) -> str:
    """Somebody whose mail the account receives."""
    return f"bob@{smtp.receives(account)}"


@contextmanager
def listening(url: str, resolver: Resolver | None = None, **bounds: float) -> Iterator[tuple[Listener, Contexts]]:
    """A door in this process, on a database where one account receives all mail."""
    with watching(url, resolver, **bounds) as (listener, door):
        yield listener, door.contexts


@contextmanager
def watching(url: str, resolver: Resolver | None = None, **bounds: float) -> Iterator[tuple[Listener, Inbound]]:
    """The same, with what its sessions share."""
    contexts = workers.contexts(url, Clock(), resolver)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rule_sets.create(ctx, "all")
        rule = ReceiptRule("all", enabled=True, tls_policy="Optional", scan_enabled=False, recipients=(), actions=())
        receipt_rules.create(ctx, "all", rule, None)
        receipt_rule_sets.activate(ctx, "all")
    door = Inbound(contexts, Bounds(**bounds))  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as port:
        listener = Listener(port, door.session)
        listener.start()
        try:
            yield listener, door
        finally:
            listener.stop(0)


def kept(contexts: Contexts) -> int:
    """How many messages were received."""
    with workers.opened(contexts) as ctx:
        return message_rows.count(ctx.tx, Filter(direction="inbound"))


# ---- the end of a mail


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n..\r\n", b"\r\n. \r\n"])
def test_nothing_but_a_dot_alone_between_crlf_ends_a_mail(
    line: Line, account: Account, recipient: str, end: bytes
) -> None:
    smuggled = f"MAIL FROM:<eve@example.org>\r\nRCPT TO:<{recipient}>\r\nDATA\r\nFrom: eve\r\n\r\nEvil".encode()
    reply = smtp.delivers(line, MESSAGE + end + smuggled, ALICE, recipient)
    (message,) = account.messages(direction="inbound")
    assert message["id"] == smtp.received_id(reply)
    assert line.ask("NOOP") == "250 Ok"


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_an_end_that_comes_in_pieces_is_an_end(line: Line, recipient: str, cut: int) -> None:
    message = MESSAGE + b"\r\n.\r\n"
    line.mail(ALICE, recipient)
    line.send(message[:-cut])
    line.send(message[-cut:])
    assert line.reply()[-1].startswith("250 OK ")


def test_a_host_that_vanishes_leaves_nothing(door: int, line: Line, account: Account, recipient: str) -> None:
    line.mail(ALICE, recipient)
    line.send(MESSAGE + b"\r\n.")
    line.vanish()
    with smtp.visitor(door) as other:
        assert smtp.delivers(other, MESSAGE, ALICE, recipient).startswith("250 OK ")
    assert len(account.messages(direction="inbound")) == 1


# ---- too much


def test_a_command_without_an_end_is_refused(line: Line) -> None:
    assert line.ask("NOOP " + "x" * 600) == "500 Command line too long"
    assert line.ask("RCPT TO:<" + "x" * 2**20).startswith("500 ")
    assert line.ask("NOOP") == "250 Ok"


def test_a_line_without_an_end_is_a_line(line: Line, account: Account, recipient: str) -> None:
    body = b"x" * 2**20
    message_id = smtp.received_id(smtp.delivers(line, HEADER + b"X: " + body + b"\r\n\r\n" + body, ALICE, recipient))
    assert mail.shown(account, message_id)["text"] == body.decode() + "\n"


def test_a_header_without_an_end_is_a_message(line: Line, account: Account, recipient: str) -> None:
    message = HEADER + b"X-Number: one\r\n" * 200_000
    message_id = smtp.received_id(smtp.delivers(line, message, ALICE, recipient))
    assert mail.delivered(account, message_id).endswith(message + b"\r\n")


def test_forty_megabytes_are_the_most(line: Line, account: Account, recipient: str) -> None:
    piece = b"x" * 998 + b"\r\n"
    line.mail(ALICE, recipient)
    line.send(HEADER + b"\r\n")
    for _ in range(42):
        line.send(piece * 1024)
    line.send(b".\r\n")
    assert line.reply() == ["552 5.3.4 Message size exceeds fixed limit"]
    assert not account.messages(direction="inbound")
    assert smtp.delivers(line, HEADER + b"\r\n" + piece * 41_000, ALICE, recipient).startswith("250 OK ")


def test_a_hundred_recipients_are_the_most(line: Line, account: Account, recipient: str) -> None:
    domain = recipient.partition("@")[2]
    line.ask(f"MAIL FROM:<{ALICE}>")
    replies = [line.ask(f"RCPT TO:<r{number}@{domain}>") for number in range(RECIPIENTS + 1)]
    assert replies == ["250 Ok"] * RECIPIENTS + ["452 4.5.3 Too many recipients"]
    line.ask("DATA")
    line.send(MESSAGE + b"\r\n.\r\n")
    assert line.reply()[-1].startswith("250 OK ")
    (message,) = account.messages(direction="inbound")
    assert len(message["recipients"]) == RECIPIENTS


def test_whoever_speaks_another_language_is_let_go(line: Line) -> None:
    with suppress(ConnectionError, AssertionError):
        for _ in range(10):
            assert line.ask("GET / HTTP/1.1").startswith("502 ")
    assert line.ended()


def test_there_is_an_end_to_connections(new_database_url: str) -> None:
    with listening(new_database_url, sessions=2) as (listener, _), ExitStack() as stack:
        lines = [stack.enter_context(Line(listener.port)) for _ in range(3)]
        replies = [line.reply()[0] for line in lines]
        assert [reply[:3] for reply in replies[:2]] == ["220", "220"]
        assert replies[2] == "421 Too many concurrent SMTP connections"
        assert lines[2].ended()
        lines[0].ask("QUIT")
        assert lines[0].ended()
        assert stack.enter_context(Line(listener.port)).reply()[0].startswith("220")


@pytest.mark.parametrize("busy_with", ["", "DATA"])
def test_who_falls_silent_is_let_go(new_database_url: str, busy_with: str) -> None:
    with listening(new_database_url, idle_seconds=0.5) as (listener, _), smtp.visitor(listener.port) as line:
        if busy_with:
            line.mail(ALICE, BOB)
            line.send(b"From: a")
        assert line.reply() == ["451 4.4.2 Timeout waiting for data from client."]
        assert line.ended()


def test_a_hundred_hosts_talk_at_once(door: int, account: Account, recipient: str) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(smtp.visitor(door)) for _ in range(100)]
        for line in lines:
            assert line.mail(ALICE, recipient).startswith("354 ")
        for line in lines[:-1]:  # the last one is slow
            line.send(MESSAGE + b"\r\n.\r\n")
        for line in lines[:-1]:
            assert line.reply()[-1].startswith("250 OK ")
        lines[-1].send(MESSAGE + b"\r\n.\r\n")
        assert lines[-1].reply()[-1].startswith("250 OK ")
    assert account.inspect("GET", "/messages", direction="inbound")["total"] == 100


def test_many_mails_at_once_are_a_rush(new_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "RUSH_SECONDS", 3600.0)
    with watching(new_database_url) as (listener, door), smtp.visitor(listener.port) as line:
        for number in range(inbound.RUSH):
            assert not door.is_rushed(), number
            smtp.delivers(line, MESSAGE, ALICE, BOB)
        assert door.is_rushed()
        monkeypatch.setattr(inbound, "RUSH_SECONDS", 0.0)
        assert not door.is_rushed()


# ---- faults that are not the host's


def test_a_fault_of_ours_is_a_temporary_failure_and_keeps_nothing(
    new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(new_database_url) as (listener, contexts), smtp.visitor(listener.port) as line:
        with monkeypatch.context() as patched:
            patched.setattr(receiving, "accept", lambda *_: 1 / 0)
            assert smtp.delivers(line, MESSAGE, ALICE, BOB) == "451 Temporary service failure"
        assert kept(contexts) == 0
        assert smtp.delivers(line, MESSAGE, ALICE, BOB).startswith("250 OK ")
        assert kept(contexts) == 1


class _Silent(Resolver):
    """A resolver whose servers are silent, for as long as it is given."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def ask(self, name: str, record_type: str, seconds: float = 5.0) -> list[str] | None:
        """Nobody answers."""
        self.over.wait(seconds)
        return None


def test_a_resolver_that_does_not_answer_holds_nobody_up_for_long(
    new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LOOKUP_SECONDS", 1.0)
    resolver = _Silent()
    with listening(new_database_url, resolver) as (listener, contexts), ExitStack() as stack:
        one, other = (stack.enter_context(smtp.visitor(listener.port)) for _ in range(2))
        one.mail(ALICE, BOB)
        one.send(MESSAGE + b"\r\n.\r\n")
        assert other.ask(f"MAIL FROM:<{ALICE}>") == "250 Ok"
        assert other.ask(f"RCPT TO:<{BOB}>") == "250 Ok"  # while the other one is looked at
        assert kept(contexts) == 0
        assert one.reply()[-1].startswith("250 OK ")
        assert kept(contexts) == 1
        resolver.over.set()


def test_a_mail_that_cannot_be_kept_is_a_temporary_failure(tmp_path: Path) -> None:
    database = tmp_path / "ses.db"
    with emulator.running(database_url=f"sqlite:///{database}", log_level="error") as server:
        account = aws.new_account(server.url)
        assert server.smtp_port
        bob = f"bob@{smtp.receives(account)}"
        with smtp.visitor(server.smtp_port) as line:
            assert smtp.delivers(line, MESSAGE, ALICE, bob).startswith("250 OK ")
            account.drain()
            with closing(sqlite3.connect(database, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                assert smtp.delivers(line, MESSAGE, ALICE, bob) == "451 Temporary service failure"
                other.execute("ROLLBACK")
            moved = database.rename(tmp_path / "elsewhere.db")
            line.ask(f"MAIL FROM:<{ALICE}>")
            assert line.ask(f"RCPT TO:<{bob}>") == "451 Temporary service failure"
            with Line(server.smtp_port) as newcomer:
                assert newcomer.reply()[0].startswith("220 inbound-smtp.us-east-1.amazonaws.com ")
            moved.rename(database)
            line.ask("RSET")
            assert smtp.delivers(line, MESSAGE, ALICE, bob).startswith("250 OK ")
            assert len(account.messages(direction="inbound")) == 2


# ---- the end


def test_a_mail_under_way_is_waited_for(new_database_url: str) -> None:
    with listening(new_database_url) as (listener, contexts), ExitStack() as stack:
        idle, line, nobodys = (stack.enter_context(smtp.visitor(listener.port)) for _ in range(3))
        line.mail("", BOB)  # nobody sends it, and yet it has begun
        nobodys.ask("MAIL FROM:<>")
        thread = threading.Thread(target=listener.stop, args=(GRACE_SECONDS,))
        thread.start()
        assert idle.reply() == GOING
        with pytest.raises(ConnectionRefusedError):
            Line(listener.port)
        line.send(MESSAGE + b"\r\n.\r\n")
        assert line.reply()[-1].startswith("250 OK ")
        assert line.reply() == GOING
        assert nobodys.ask("RSET") == "250 Ok"
        assert nobodys.reply() == GOING
        thread.join()
        assert kept(contexts) == 1
