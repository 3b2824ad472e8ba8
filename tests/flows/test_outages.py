"""While the database does not answer, neither does SES: 503, nothing half-written, and it recovers by itself."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import emulator
from tests.support import aws, inspection, mail, processes, xml
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

FORM = {
    "Source": ANN,
    "Destination.ToAddresses.member.1": BOB,
    "Message.Subject.Data": "Hi",
    "Message.Body.Text.Data": "Hello",
}
LONGEST_ANSWER_SECONDS = 8


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of a database."""
    return tmp_path / "ses.db"


@pytest.fixture
def account(database: Path) -> Iterator[Account]:
    """An account on a server on that database, in which Ann is verified."""
    with emulator.running(database_url=f"sqlite:///{database}", verification="manual", log_level="error") as running:
        made = aws.new_account(running.url)
        mail.verify(made, ANN)
        made.drain()
        yield made


def assert_unavailable(account: Account) -> None:
    """A send is answered with 503 soon."""
    begun = time.monotonic()
    answer = account.query("SendEmail", FORM)
    assert time.monotonic() - begun < LONGEST_ANSWER_SECONDS
    status, code, _ = xml.refusal(answer)
    assert (status, code) == (503, "ServiceUnavailable")
    assert "<Type>Receiver</Type>" in answer.text


def assert_recovered(account: Account, kept: int) -> None:
    """The next send is accepted and delivered; of those before, nothing is left but what was acknowledged."""
    assert account.query("SendEmail", FORM).status == 200
    account.drain()
    messages = account.messages(direction="outbound")
    assert len(messages) == kept + 1
    assert all(message["recipients"][0]["status"] == "delivered" for message in messages)
    assert inspection.ask(account, "GET", "/health").status == 200


def test_a_database_that_another_program_locks_is_an_outage_until_it_is_free(account: Account, database: Path) -> None:
    assert account.query("SendEmail", FORM).status == 200
    account.drain()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_unavailable(account)
        inspection.problem(inspection.ask(account, "POST", "/reset"), 503)
        assert account.client().list_identities()["Identities"] == [ANN]  # reading does not wait for a writer
        other.execute("ROLLBACK")
    assert_recovered(account, 1)


def test_calls_of_one_moment_are_each_told_of_the_outage_and_leave_nothing(account: Account, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other, ThreadPoolExecutor(8) as callers:
        other.execute("BEGIN EXCLUSIVE")
        for answer in callers.map(lambda _: account.query("SendEmail", FORM), range(8)):
            assert xml.refusal(answer)[:2] == (503, "ServiceUnavailable")
        other.execute("ROLLBACK")
    assert_recovered(account, 0)


def test_a_database_file_that_is_moved_away_is_an_outage_until_it_is_back(account: Account, database: Path) -> None:
    assert account.query("SendEmail", FORM).status == 200
    account.drain()
    aside = database.with_suffix(".aside")
    database.rename(aside)
    assert_unavailable(account)
    assert_unavailable(account)
    inspection.problem(inspection.ask(account, "GET", "/health"), 503)
    inspection.problem(inspection.ask(account, "GET", "/messages"), 503)
    assert not database.exists()
    aside.rename(database)
    assert_recovered(account, 1)


def test_a_database_without_its_tables_is_an_outage(account: Account, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("ALTER TABLE messages RENAME TO aside")
        assert_unavailable(account)
        other.execute("ALTER TABLE aside RENAME TO messages")
    assert_recovered(account, 0)


def test_a_postgresql_that_lets_nobody_in_is_an_outage_until_it_does(postgresql_url: str) -> None:
    import psycopg

    url = postgresql_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE outage")
        own = postgresql_url.rpartition("/")[0] + "/outage"
        with emulator.running(database_url=own, verification="manual", log_level="error") as running:
            account = aws.new_account(running.url)
            mail.verify(account, ANN)
            assert account.query("SendEmail", FORM).status == 200
            account.drain()
            admin.execute("ALTER DATABASE outage ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'outage'")
            assert_unavailable(account)
            inspection.problem(inspection.ask(account, "GET", "/health"), 503)
            admin.execute("ALTER DATABASE outage ALLOW_CONNECTIONS true")
            assert_recovered(account, 1)


def test_work_that_an_outage_interrupts_is_done_afterwards(account: Account, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        assert account.query("SendEmail", FORM).status == 200
        other.execute("PRAGMA busy_timeout = 5000")
        other.execute("BEGIN EXCLUSIVE")
        assert_unavailable(account)
        other.execute("ROLLBACK")
    processes.until(lambda: account.messages(direction="outbound")[0]["recipients"][0]["status"] == "delivered")
    assert_recovered(account, 1)
