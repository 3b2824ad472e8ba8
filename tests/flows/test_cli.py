"""The command as its user runs it: processes, their output and exit statuses."""

import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import emulator
from emulator import Running
from emulator.version import VERSION
from tests.support import aws, mail, processes
from tests.support.aws import Account

DONE, REFUSED, WRONG_USE = 0, 1, 2
FREE_PORTS = list(processes.FREE_PORTS)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A server for the commands that ask one."""
    with emulator.running(verification="manual") as started:
        yield started


@pytest.fixture
def account(running: Running) -> Account:
    """An account of the test's own on it."""
    return aws.new_account(running.url)


@pytest.fixture
def command(account: Account) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a command about the account."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return processes.run(*arguments, "--url", account.url, "--account", account.account_id)

    return run


# ---- serve


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_a_banner_and_ends_with_0_when_it_is_told_to_stop(number: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ses.db"
    with processes.serving("--database-url", url) as process:
        lines = process.banner.splitlines()
        assert lines[0] == f"ses-emulator {VERSION}"
        assert lines[-1] == "Ready."
        assert url in process.banner
        assert "verification auto" in process.banner
        assert aws.request(process.url, "GET", "/_emulator/health", None, {}).status == 200
        assert process.end(number) == DONE
        with pytest.raises(OSError):  # noqa: PT011 - whatever the system says when nobody listens
            aws.request(process.url, "GET", "/_emulator/health", None, {})


def test_variables_are_settings_too() -> None:
    with processes.serving(SES_EMULATOR_EPHEMERAL="true", SES_EMULATOR_STRICT="1") as process:
        assert "ephemeral" in process.banner
        assert "strict" in process.banner


def test_serve_ends_a_long_poll_when_it_stops() -> None:
    with processes.serving("--ephemeral") as process:
        host, _, port = process.url.rpartition("/")[2].partition(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /_emulator/messages/wait?timeout=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert process.end(signal.SIGTERM) == DONE


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = processes.run("serve", "--ephemeral", "--smtp-port=0", "--submission-port=0", "--port", str(port))
    assert (found.returncode, found.stdout) == (WRONG_USE, "")
    assert found.stderr == f"ses-emulator: cannot listen on 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.parametrize(
    ("arguments", "variables", "line"),
    [
        (["--prot=1"], {}, "unknown argument --prot=1; did you mean --port?"),
        ([], {"SES_EMULATOR_WORKER": "2"}, "unknown variable SES_EMULATOR_WORKER; did you mean SES_EMULATOR_WORKERS?"),
        ([], {"SES_EMULATOR_PORT": "x"}, "port must be a whole number, not 'x'"),
        (["--database-url=nonsense"], {}, "database-url is not a URL: 'nonsense'"),
        (["--database-url=mysql://localhost/x"], {}, "database-url must name SQLite or PostgreSQL, not mysql"),
        (
            ["--database-url=sqlite://"],
            {},
            "database-url must name a file; for a database that is gone at exit use --ephemeral",
        ),
        (
            ["--database-url=sqlite:////no/such/folder/ses.db"],
            {},
            "/no/such/folder/ses.db: no folder /no/such/folder",
        ),
        (["--database-url=sqlite:////proc/ses.db"], {}, "/proc/ses.db: unable to open database file"),
        (
            ["--database-url=postgresql+asyncpg://localhost/x"],
            {},
            "the driver for postgresql+asyncpg is not installed (asyncpg): pip install 'ses-emulator[postgresql]'",
        ),
        (["--host=256.0.0.1"], {}, "cannot listen on 256.0.0.1:0: Name or service not known"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_line(
    arguments: list[str], variables: dict[str, str], line: str
) -> None:
    ports = FREE_PORTS[1:] if "SES_EMULATOR_PORT" in variables else FREE_PORTS
    found = processes.run("serve", *ports, *arguments, **variables)
    assert (found.returncode, found.stdout, found.stderr) == (WRONG_USE, "", f"ses-emulator: {line}\n")


def test_a_postgresql_that_is_not_there_is_told_in_one_line() -> None:
    url = "postgresql+psycopg://postgres:secret@127.0.0.1:1/x"
    for name in ("serve", "migrate"):
        found = processes.run(name, *(FREE_PORTS if name == "serve" else []), "--database-url", url)
        assert (found.returncode, found.stdout) == (WRONG_USE, "")
        assert len(found.stderr.splitlines()) == 1
        assert "secret" not in found.stderr


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ses.db"
    path.write_text("Dear diary, today I learned that this is not a database. " * 100)
    found = processes.run("serve", *FREE_PORTS, "--database-url", f"sqlite:///{path}")
    assert (found.returncode, found.stdout) == (WRONG_USE, "")
    assert found.stderr == f"ses-emulator: {path}: file is not a database\n"


def test_migrate_makes_a_database_and_leaves_one_that_is_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ses.db"
    for said in ("created", "up to date"):
        found = processes.run("migrate", "--database-url", url)
        assert (found.returncode, found.stdout, found.stderr) == (DONE, f"{url}: {said}\n", "")


# ---- commands that ask a server


Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_health_tells_how_the_server_is(running: Running) -> None:
    found = processes.run("health", "--url", running.url)
    assert (found.returncode, found.stderr) == (DONE, "")
    assert found.stdout.startswith(f"ok (version {VERSION}, ")


def test_messages_are_listed_oldest_first_with_a_line_each(account: Account, command: Command) -> None:
    sender = mail.client(account)
    ids = [mail.send(sender, Message=mail.message(subject=subject)) for subject in ("one", "two\x1b[2J\nX")]
    found = command("messages", "list", "--direction", "outbound")
    assert found.returncode == DONE
    lines = found.stdout.splitlines()
    assert lines[0].endswith("ann@example.com -> bob@example.net  one")
    assert lines[2].endswith("ann@example.com -> bob@example.net  two [2J X")
    assert [lines[1].strip(), lines[3].strip()] == ids
    assert found.stderr == "2 in all\n"
    assert "one" in command("messages", "list", "--subject", "one").stdout
    assert command("messages", "list", "--subject", "three").stdout == ""


def test_messages_are_listed_as_json(account: Account, command: Command) -> None:
    message_id = mail.send(mail.client(account))
    answer = json.loads(command("messages", "list", "--json", "--limit", "1").stdout)
    assert [message["id"] for message in answer["messages"]] == [message_id]


def test_a_message_is_shown_to_be_read_as_json_and_raw(account: Account, command: Command) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message("Grüße", "<p>Hi</p>"))
    shown = command("messages", "show", message_id)
    assert shown.returncode == DONE
    assert "Subject: Hi\n" in shown.stdout
    assert shown.stdout.endswith("\n\nGrüße\n")
    assert json.loads(command("messages", "show", "latest", "--json").stdout)["id"] == message_id
    raw = subprocess.run(
        [sys.executable, "-m", "emulator", "messages", "show", "--raw", message_id, "--url", account.url],
        capture_output=True,
        check=True,
        timeout=processes.SECONDS,
        env=processes.environ(),
    )
    assert raw.stdout == mail.delivered(account, message_id)


def test_a_message_is_shown_on_a_terminal_that_lacks_its_letters(account: Account) -> None:
    mail.send(mail.client(account), Message=mail.message("Grüße"))
    scope = ["--url", account.url, "--account", account.account_id]
    shown = processes.run("messages", "show", "latest", *scope, PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stdout[-7:]) == (DONE, "\nGr??e\n")


def test_a_message_that_is_not_there_ends_with_1(command: Command) -> None:
    found = command("messages", "show", "nobody")
    assert (found.returncode, found.stdout) == (REFUSED, "")
    assert found.stderr == "ses-emulator: There is no message 'nobody'.\n"


def test_waiting_ends_with_0_when_mail_is_there_and_with_1_when_not(account: Account, command: Command) -> None:
    message_id = mail.send(mail.client(account))
    found = command("messages", "wait", "--to", "bob@example.net", "--timeout", "20")
    assert found.returncode == DONE
    assert message_id in found.stdout
    found = command("messages", "wait", "--to", "nobody", "--timeout", "0.1")
    assert (found.returncode, found.stdout) == (REFUSED, "")
    assert found.stderr == "ses-emulator: 0 of 1 messages came within 0.1 seconds.\n"


def test_tail_shows_each_new_message_once(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender)
    scope = ["--url", account.url, "--account", account.account_id]
    tail = subprocess.Popen(
        [sys.executable, "-m", "emulator", "messages", "tail", "--json", *scope],
        stdout=subprocess.PIPE,
        text=True,
        env=processes.environ(),
    )
    assert tail.stdout
    try:
        while not select.select([tail.stdout], [], [], 0.1)[0]:
            mail.send(sender)  # until it has begun
        marker = mail.send(sender)
        while json.loads(tail.stdout.readline())["id"] != marker:
            pass
        tail.send_signal(signal.SIGSTOP)
        ids = [mail.send(sender) for _ in range(70)]  # more than one answer holds
        tail.send_signal(signal.SIGCONT)
        assert [json.loads(tail.stdout.readline())["id"] for _ in ids] == ids
        tail.send_signal(signal.SIGINT)
        assert tail.wait(processes.SECONDS) == DONE
        mail.send(sender)  # ends the poll that the server has not heard the end of
    finally:
        tail.kill()
        tail.wait()
        tail.stdout.close()


def test_an_identity_is_verified(account: Account, command: Command) -> None:
    sender = account.client()
    assert command("verify", "ann@example.com").returncode == REFUSED
    sender.verify_email_identity(EmailAddress="ann@example.com")
    found = command("verify", "ann@example.com")
    assert (found.returncode, found.stdout) == (DONE, "ann@example.com: Success\n")
    mail.send(sender)


def test_an_account_is_shown_and_changed(account: Account, command: Command) -> None:
    shown = command("account")
    assert (shown.returncode, shown.stderr) == (DONE, "")
    lines = shown.stdout.splitlines()
    assert lines[:3] == [f"account={account.account_id}", "region=us-east-1", "sandbox=false"]
    assert {"max-24-hour-send=50000", "max-send-rate=14", "verification=manual", "sent-last-24-hours=0"} <= set(lines)
    changed = command("account", "sandbox=true", "max-send-rate=0.5", "api-rate-limit=off", "max-24-hour-send=-1")
    assert changed.returncode == DONE
    expected = {"sandbox=true", "max-send-rate=0.5", "api-rate-limit=0", "max-24-hour-send=-1"}
    assert expected <= set(changed.stdout.splitlines())
    assert command("account").stdout == changed.stdout
    back = [f"{change.partition('=')[0]}=default" for change in expected]
    assert command("account", *back).stdout == shown.stdout


def test_an_account_is_shown_as_json_and_of_another_region(command: Command) -> None:
    answer = json.loads(command("account", "verification=auto", "--region", "eu-west-1", "--json").stdout)
    assert (answer["region"], answer["verification"]) == ("eu-west-1", "auto")
    assert json.loads(command("account", "--json").stdout)["verification"] == "manual"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("sandbox=perhaps", "sandbox must be of type bool, not 'perhaps'."),
        ("max-send-rate=0", "max_send_rate must be a positive number, not 0.0."),
        ("verification=never", "verification must be auto or manual, not 'never'."),
        ("colour=red", "Unknown member 'colour'; known: "),
    ],
)
def test_a_change_of_an_account_that_makes_no_sense_ends_with_1(command: Command, change: str, said: str) -> None:
    found = command("account", change)
    assert (found.returncode, found.stdout) == (REFUSED, "")
    assert found.stderr.startswith(f"ses-emulator: {said}")


def test_the_clock_is_shown_set_frozen_and_advanced() -> None:
    with emulator.running() as started:

        def clock(*change: str) -> str:
            found = processes.run("clock", *change, "--url", started.url)
            assert found.returncode == DONE, found.stderr
            return found.stdout.strip()

        assert clock().endswith("Z")
        assert clock("set", "2030-01-01T00:00:00Z").startswith("2030-01-01T00:00:0")
        assert clock("freeze").endswith("Z (frozen)")
        before = clock("set", "2030-01-01T00:00:00Z")
        assert before == "2030-01-01T00:00:00.000Z (frozen)"
        assert clock("advance", "1.5") == "2030-01-01T00:00:01.500Z (frozen)"
        assert clock("advance", "PT24H") == "2030-01-02T00:00:01.500Z (frozen)"
        assert clock("run").endswith("Z")
        refused = processes.run("clock", "set", "noon", "--url", started.url)
        assert (refused.returncode, refused.stdout) == (REFUSED, "")
