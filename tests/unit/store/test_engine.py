"""Transactions: all or nothing, and memories that another process can end."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.store import identities, instance, migration
from emulator.store import jobs as job_rows
from emulator.store.engine import Database, DatabaseUnavailable, Transaction
from emulator.store.turnstile import Turnstile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME = ("123456789012", "us-east-1")


@pytest.fixture
def database(new_database_url: str) -> Database:
    """A database of the test's own."""
    made = Database(new_database_url)
    migration.migrate(made, "s" * 64)
    return made


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    """One of SQLite, on which alone transactions share a commit."""
    made = Database(f"sqlite:///{tmp_path / 'ses.db'}")
    migration.migrate(made, "s" * 64)
    return made


def _add(tx: Transaction, name: str) -> None:
    identities.insert(tx, *ME, name, "Domain", NOW)


def _names(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [row.identity for row in identities.after(tx, *ME, None)]


def test_an_exception_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction(write=True) as tx:
        _add(tx, "a.example")
        raise KeyError
    assert _names(database) == []


def test_what_committed_is_there(database: Database) -> None:
    with database.transaction(write=True) as tx:
        _add(tx, "a.example")
    assert _names(database) == ["a.example"]


def test_a_change_by_another_process_is_seen_by_the_next_transaction(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    with database.transaction() as tx:
        assert identities.get(tx, *ME, "a.example") is None
    with other.transaction(write=True) as tx:
        _add(tx, "a.example")
    with database.transaction() as tx:
        assert identities.get(tx, *ME, "a.example") is not None


def test_what_is_remembered_is_not_read_again_until_something_changes(database: Database) -> None:
    loads: list[int] = []

    def load(_tx: Transaction) -> int:
        loads.append(1)
        return len(loads)

    for _ in range(2):
        with database.transaction() as tx:
            assert tx.remembered("key", load) == 1
    with database.transaction(write=True) as tx:
        instance.set_clock(tx, instance.get(tx).clock_offset, None)
        assert tx.remembered("key", load) == 2  # within the change, nothing is remembered
    with database.transaction() as tx:
        assert tx.remembered("key", load) == 3


def test_what_was_read_of_a_change_that_was_rolled_back_is_forgotten(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction(write=True) as tx:
        _add(tx, "a.example")
        assert identities.get(tx, *ME, "a.example") is not None
        raise KeyError
    with database.transaction() as tx:
        assert identities.get(tx, *ME, "a.example") is None


def test_the_worker_is_woken_after_the_commit_and_only_then(new_database_url: str) -> None:
    woken: list[int] = []
    made = Database(new_database_url, lambda: woken.append(_pending(made)))
    migration.migrate(made, "s" * 64)
    with made.transaction(write=True) as tx:
        job_rows.add(tx, *ME, "DeliverMessage", "{}", NOW, NOW)
        assert woken == []
    assert woken == [1]
    with pytest.raises(KeyError), made.transaction(write=True) as tx:
        job_rows.add(tx, *ME, "DeliverMessage", "{}", NOW, NOW)
        raise KeyError
    assert woken == [1]


def _pending(database: Database) -> int:
    with Database(database.url.render_as_string(hide_password=False)).transaction() as tx:
        return job_rows.pending(tx)


def test_a_turnstile_is_free_again_after_a_failure(new_database_url: str) -> None:
    turnstile = Turnstile()
    database = Database(new_database_url, turnstile=turnstile)
    migration.migrate(database, "s" * 64)
    with pytest.raises(KeyError), database.transaction(write=True) as tx:
        _add(tx, "a.example")
        raise KeyError
    with database.transaction(write=True) as tx:
        _add(tx, "b.example")
    assert _names(database) == ["b.example"]


def test_a_database_that_was_deleted_is_an_outage_and_not_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "ses.db"
    database = Database(f"sqlite:///{file}")
    migration.migrate(database, "s" * 64)
    assert _names(database) == []
    moved = file.rename(tmp_path / "elsewhere.db")
    with pytest.raises(DatabaseUnavailable):
        _names(database)
    assert not file.exists()
    moved.rename(file)
    assert _names(database) == []


def test_the_log_of_a_busy_database_stays_short(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'ses.db'}", turnstile=Turnstile())
    migration.migrate(database, "s" * 64)
    for number in range(600):
        with database.transaction(write=True) as tx:
            job_rows.add(tx, *ME, "DeliverMessage", "x" * 4000, NOW, NOW)
        if number % 100 == 99:
            database.checkpoint()
    database.checkpoint()
    log = Path(f"{tmp_path / 'ses.db'}-wal")
    assert log.stat().st_size < 600 * 4 * 4096 / 2


# ---- transactions that commit together


def test_what_is_done_together_is_there_for_others_at_the_end_and_on_postgresql_at_once(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    with database.together():
        for name in ("a.example", "b.example"):
            with database.transaction(write=True) as tx:
                _add(tx, name)
        assert _names(database) == ["a.example", "b.example"]
        assert _names(other) == ([] if database.sqlite else ["a.example", "b.example"])
    assert _names(other) == ["a.example", "b.example"]


def test_one_that_is_refused_leaves_nothing_and_the_others_stay(database: Database) -> None:
    with database.together():
        with database.transaction(write=True) as tx:
            _add(tx, "a.example")
        with pytest.raises(KeyError), database.transaction(write=True) as tx:
            _add(tx, "b.example")
            raise KeyError
        with database.transaction(write=True) as tx:
            _add(tx, "c.example")
    assert _names(database) == ["a.example", "c.example"]


def test_an_outage_of_one_undoes_them_all(sqlite: Database) -> None:
    with pytest.raises(DatabaseUnavailable), sqlite.together():
        with sqlite.transaction(write=True) as tx:
            _add(tx, "a.example")
        with pytest.raises(DatabaseUnavailable), sqlite.transaction(write=True) as tx:
            _add(tx, "b.example")
            raise sqlite3.OperationalError("database or disk is full")
        with pytest.raises(DatabaseUnavailable), sqlite.transaction():
            pytest.fail("a group that broke takes no more")
    assert _names(sqlite) == []
    with sqlite.transaction(write=True) as tx:
        _add(tx, "d.example")
    assert _names(sqlite) == ["d.example"]


def test_a_group_that_was_left_half_way_leaves_nothing(sqlite: Database) -> None:
    with pytest.raises(KeyError), sqlite.together():
        with sqlite.transaction(write=True) as tx:
            _add(tx, "a.example")
        raise KeyError
    assert _names(sqlite) == []


def test_the_worker_is_woken_once_for_a_group(sqlite: Database) -> None:
    woken: list[int] = []
    made = Database(sqlite.url.render_as_string(), lambda: woken.append(_pending(made)))
    with made.together():
        for _ in range(3):
            with made.transaction(write=True) as tx:
                job_rows.add(tx, *ME, "DeliverMessage", "{}", NOW, NOW)
    assert woken == [3]
