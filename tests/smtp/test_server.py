"""The SMTP interface as part of a server: limits and outages, its port, its end, and the command that goes with it."""

import os
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

import emulator
from emulator.smtp import credentials
from tests.support import aws, mail, processes, smtp
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.smtp import Line

MESSAGE = f"From: {ANN}\r\nTo: {BOB}\r\n\r\nHello\r\n.\r\n".encode()


@contextmanager
def running(url: str, **settings: object) -> Iterator[tuple[Account, int, int]]:
    """A server of the test's own, on which any sender is verified: an account on it, its SMTP port and its process."""
    given = {"database_url": url, "verified_identities": "*", "log_level": "error"} | settings
    with emulator.running(**given) as server:
        assert server.submission_port
        yield aws.new_account(server.url), server.submission_port, server.pid


def sent(line: Line) -> str:
    """The reply to a message from Ann to Bob."""
    line.mail(ANN, BOB)
    line.send(MESSAGE)
    return line.reply()[-1]


# ---- what accounts may do


def test_quota_and_rate_are_heeded(new_database_url: str) -> None:
    limits = {"enforce_limits": True, "max_24_hour_send": 2, "max_send_rate": 1}
    with running(new_database_url, **limits) as (account, port, _), smtp.line(port, account) as line:
        account.inspect("PUT", "/clock", {"frozen": True})
        assert sent(line).startswith("250 Ok ")
        assert sent(line) == "454 Throttling failure: Maximum sending rate exceeded."
        account.advance("PT2S")
        assert sent(line).startswith("250 Ok ")
        account.advance("PT2S")
        assert sent(line) == "454 Throttling failure: Daily message quota exceeded."
        account.advance("PT25H")
        assert sent(line).startswith("250 Ok ")


def test_a_mail_from_domain_that_is_not_set_up_is_in_the_way(port: int, account: Account) -> None:
    mail.verify(account, "example.com")
    client = account.client()
    domain = {"Identity": "example.com", "MailFromDomain": "bounce.example.com"}
    client.set_identity_mail_from_domain(**domain, BehaviorOnMXFailure="RejectMessage")
    with smtp.line(port, account) as line:
        text = "554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid."
        assert sent(line) == text
        client.set_identity_mail_from_domain(**domain, BehaviorOnMXFailure="UseDefaultValue")
        assert sent(line).startswith("250 Ok ")


def test_an_account_that_is_paused_sends_nothing(port: int, account: Account) -> None:
    client = mail.client(account)
    client.update_account_sending_enabled(Enabled=False)
    with smtp.line(port, account) as line:
        assert sent(line).startswith("554 Transaction failed: ")
        client.update_account_sending_enabled(Enabled=True)
        assert sent(line).startswith("250 Ok ")


def test_recipients_in_the_sandbox_must_be_verified(new_database_url: str) -> None:
    settings = {"verified_identities": ANN, "sandbox": True}
    with running(new_database_url, **settings) as (account, port, _), smtp.line(port, account) as line:
        assert sent(line) == f"554 Message rejected: {mail.unverified(BOB)[1]}"


# ---- outages


def test_a_message_that_cannot_be_kept_is_a_temporary_failure(tmp_path: Path) -> None:
    database = tmp_path / "ses.db"
    with running(f"sqlite:///{database}") as (account, port, _), smtp.line(port, account) as line:
        assert sent(line).startswith("250 Ok ")
        account.drain()
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert sent(line) == "451 Temporary service failure"
            other.execute("ROLLBACK")
        moved = database.rename(tmp_path / "elsewhere.db")
        assert sent(line) == "451 Temporary service failure"
        moved.rename(database)
        assert sent(line).startswith("250 Ok ")
        assert len(account.messages(direction="outbound")) == 2


def test_sessions_outlive_a_process_that_answers_http(new_database_url: str) -> None:
    with running(new_database_url) as (account, port, pid), smtp.line(port, account) as line:
        (child,) = processes.children(pid)
        os.kill(child, signal.SIGKILL)
        assert sent(line).startswith("250 Ok ")
        processes.until(lambda: not processes.exists(child))
        account.drain()  # once another answers
        assert sent(line).startswith("250 Ok ")
        assert line.ask("QUIT") == "221 Bye"
        assert line.ended()  # nobody else holds the connection open


def test_a_stop_waits_for_a_message_under_way(new_database_url: str) -> None:
    with processes.serving("--database-url", new_database_url, "--verified-identities=*") as server:
        found = re.search(r"SMTP +127\.0\.0\.1:([0-9]+) ", server.banner)
        assert found
        with ExitStack() as stack:
            line, idle = (stack.enter_context(smtp.line(int(found[1]), aws.new_account(server.url))) for _ in "ab")
            line.mail(ANN, BOB)
            server.popen.send_signal(signal.SIGTERM)
            assert idle.reply() == ["421 Service not available, closing transmission channel"]
            line.send(MESSAGE)
            assert line.reply()[-1].startswith("250 Ok ")
        assert server.popen.wait(processes.SECONDS) == 0


# ---- the port


def test_the_port_can_be_switched_off() -> None:
    with processes.serving("--ephemeral", "--submission-port=off") as server:
        assert "SMTP" not in server.banner
    with emulator.running(submission_port="off") as running_without:
        assert running_without.submission_port is None


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = processes.run("serve", "--ephemeral", "--port=0", "--smtp-port=0", "--submission-port", str(port))
    assert found.returncode == 2
    assert found.stderr == f"ses-emulator: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert not found.stdout


@pytest.mark.parametrize("port", ["70000", "-1", "many"])
def test_a_port_that_is_none_is_wrong_use(port: str) -> None:
    found = processes.run("serve", "--ephemeral", "--port=0", f"--submission-port={port}")
    assert found.returncode == 2
    assert found.stderr.startswith("ses-emulator: submission-port must be ")


@pytest.mark.parametrize("url", ["localhost:25", "http://localhost", "smtp://", "smtp://a:b@c:port", "smtp://a/b"])
def test_a_relay_that_is_none_is_wrong_use(url: str) -> None:
    found = processes.run("serve", "--ephemeral", "--port=0", "--relay-url", url)
    assert found.returncode == 2
    assert found.stderr == "ses-emulator: relay-url must be like smtp://user:password@host:port\n"


# ---- smtp-credentials


def shown(*arguments: str, **variables: str) -> dict[str, str]:
    """What `ses-emulator smtp-credentials` says."""
    found = processes.run("smtp-credentials", *arguments, **variables)
    assert found.returncode == 0, found.stderr
    return dict(line.split() for line in found.stdout.splitlines())


def test_credentials_are_those_of_the_settings() -> None:
    password = credentials.password("test", "us-east-1")
    assert shown() == {"host": "127.0.0.1", "port": "2587", "user": "test", "password": password}
    changed = shown(
        "--region=eu-west-1", SES_EMULATOR_CREDENTIALS="AKIA1:secret,AKIA2:other", SES_EMULATOR_SUBMISSION_PORT="off"
    )
    assert changed["user"] == "AKIA1"
    assert changed["password"] == credentials.password("secret", "eu-west-1")
    assert changed["port"] == "off"
    other = shown("--credentials=AKIA1:secret,AKIA2:other", "--access-key-id=AKIA2")
    assert other["password"] == credentials.password("other", "us-east-1")


def test_credentials_can_be_made_of_any_secret_key() -> None:
    given = ["--access-key-id=AKIAEXAMPLE", "--secret-access-key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"]
    assert shown(*given, "--region=us-west-2") == {
        "host": "127.0.0.1",
        "port": "2587",
        "user": "AKIAEXAMPLE",
        "password": "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
    }


def test_a_key_without_a_secret_has_no_password() -> None:
    found = processes.run("smtp-credentials", "--access-key-id=AKIAEXAMPLE")
    assert found.returncode == 2
    assert found.stderr.startswith("ses-emulator: no secret of AKIAEXAMPLE in credentials")


def test_what_is_printed_opens_the_door(new_database_url: str) -> None:
    with running(new_database_url, credentials="AKIAEXAMPLE:secret", account_id="111111111111") as (account, port, _):
        printed = shown("--credentials=AKIAEXAMPLE:secret", "--region=eu-north-1")
        with Line(port) as line:
            assert line.log_in(printed["user"], printed["password"]) == "235 Authentication successful."
            message_id = smtp.message_id(sent(line))
        message = Account(account.url, "111111111111").inspect("GET", f"/messages/{message_id}")
        assert (message["account"], message["region"]) == ("111111111111", "eu-north-1")
