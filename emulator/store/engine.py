"""Connections and transactions, and every difference between SQLite and PostgreSQL but the claiming of jobs.

One thread keeps one connection, in the driver's autocommit mode; a `Transaction` begins at its first query.
On SQLite a writing one takes the write lock at once (`BEGIN IMMEDIATE`): waiting at the start never fails half-way.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Table, create_engine, event, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from emulator.store import database_url, schema
from emulator.store.database_url import DatabaseUrlError
from emulator.store.turnstile import Turnstile

log = logging.getLogger("emulator.store")

BUSY_TIMEOUT_SECONDS = 3.0
LONG_BYTES = 2**20
LOG_PAGES = 1_000
LOG_BYTES = 64 * 1024 * 1024  # a log that was longer once shrinks to this

T = TypeVar("T")


class DatabaseUnavailable(Exception):
    """The store did not answer: locked, full, read-only or gone. Nothing was written."""


class Transaction:
    """One unit of work on this thread's connection; it begins at the first query."""

    def __init__(self, kept: "_Kept", begin: Callable[[], None] | None) -> None:
        self._kept = kept
        self._begin = begin
        self.begun = False
        self.changed_configuration = False
        self.added_jobs = False

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """The statement's result; the transaction has begun."""
        self._ensure_begun()
        return self._kept.connection.execute(statement, parameters)

    def insert(self, table: Table, values: dict[str, Any], *, key: str = "") -> int:
        """The row is there; the number the database gave its `key` column, 0 where none is asked for.

        It goes to the driver without SQLAlchemy's execution machinery, which costs more than the insert.
        """
        self._ensure_begun()
        cursor = self._kept.driver.execute(self._inserting(table, tuple(values), key), tuple(values.values()))
        return int(cursor.fetchone()[0]) if key else 0

    def insert_many(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """These rows, which have the same columns, are there."""
        if rows:
            columns = tuple(rows[0])
            statement = self._inserting(table, columns, "")
            self._many(statement, [tuple(row.values()) for row in rows])

    def insert_long(self, table: Table, key: str, row: int, column: str, value: bytes | bytearray) -> None:
        """The row of that key is there, its column filled: SQLite, which would hold it three times, bit by bit."""
        if self._kept.placeholder != "?" or len(value) < LONG_BYTES:
            self.insert(table, {key: row, column: value})
            return
        self._ensure_begun()
        empty = f"INSERT INTO {table.name} ({key}, {column}) VALUES (?, zeroblob(?))"  # noqa: S608 - of the schema
        self._kept.driver.execute(empty, (row, len(value)))
        with self._kept.driver.blobopen(table.name, column, row) as blob, memoryview(value) as whole:
            for start in range(0, len(value), LONG_BYTES):
                blob.write(whole[start : start + LONG_BYTES])

    def run(self, statement: str, *values: Any) -> Any:
        """The driver's cursor after a statement in SQL that both databases know, with `?` for each value.

        For what every send does: it goes past SQLAlchemy, as `insert` does. ` FOR UPDATE` is for PostgreSQL only, as
        whoever writes to SQLite is alone.
        """
        self._ensure_begun()
        return self._kept.driver.execute(self._spoken(statement), values)

    def run_many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """The same for each row of values; how many rows of the database that concerned in all."""
        return self._many(self._spoken(statement), rows)

    def _many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
        self._ensure_begun()
        cursor = self._kept.driver.cursor()
        try:
            cursor.executemany(statement, rows)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _spoken(self, statement: str) -> str:
        spoken = self._kept.spoken.get(statement)
        if spoken is None:
            placeholder = self._kept.placeholder
            spoken = statement.replace("?", placeholder) if placeholder != "?" else statement.replace(" FOR UPDATE", "")
            self._kept.spoken[statement] = spoken
        return spoken

    def _inserting(self, table: Table, columns: tuple[str, ...], key: str) -> str:
        statement = self._kept.inserts.get((table.name, key, *columns))
        if statement is None:
            statement = _insert_statement(table, columns, key, self._kept.placeholder)
            self._kept.inserts[(table.name, key, *columns)] = statement
        return statement

    def _ensure_begun(self) -> None:
        if not self.begun and self._begin:
            self._begin()
            self.begun = True

    def changed(self) -> None:
        """Every process forgets what it remembered of identities and clock once this commits."""
        if not self.changed_configuration:
            self.changed_configuration = True
            self.execute(update(schema.instance).values(revision=schema.instance.c.revision + 1))

    def remembered(self, key: object, load: Callable[["Transaction"], T]) -> T:
        """`load(tx)`, or what it gave earlier if nothing of the configuration changed since."""
        if self.changed_configuration:
            return load(self)
        memory = self._kept.memory
        if key not in memory:
            if len(memory) >= 10_000:
                memory.clear()
            memory[key] = load(self)
        return memory[key]  # type: ignore[no-any-return]


class _Kept(threading.local):
    """What one thread keeps between transactions."""

    connection: Connection
    driver: Any  # the driver's own connection beneath it
    opened: bool = False
    group: "_Group | None" = None  # whose transactions commit as one
    inode: int | None = None
    revision: int | None = None

    def __init__(self, placeholder: str) -> None:
        self.memory: dict[object, Any] = {}
        self.inserts: dict[tuple[str, ...], str] = {}
        self.spoken: dict[str, str] = {}  # statements as the driver wants them
        self.placeholder = placeholder


class _Group:
    """Transactions that commit as one, each within a savepoint."""

    begun = False
    broken = False
    added_jobs = False


class Database:
    """One database, and this process's connections to it."""

    def __init__(
        self, url: str, on_jobs: Callable[[], None] = lambda: None, turnstile: Turnstile | None = None
    ) -> None:
        self.url = database_url.checked(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database or "").absolute() if self.sqlite else None
        self.name = str(self.path) if self.path else self.url.render_as_string()  # without a password
        self.on_jobs = on_jobs
        self.engine = _engine(self.url, self.path)
        self._turnstile = turnstile if self.sqlite else None
        self._kept = _Kept("?" if self.sqlite else "%s")

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[Transaction]:
        """A transaction that commits at the end and leaves nothing after an exception.

        A reading one sees each query's own instant. DatabaseUnavailable when the store does not answer.
        """
        tx = None
        group = self._kept.group
        try:
            self._connect()
            tx = Transaction(self._kept, self._begin if write else None)
            self._recall()
            yield tx
            if tx.begun:
                self._commit()
        except BaseException as error:
            if tx and tx.begun:
                self._roll_back()
            if _is_outage(error):
                self.disconnect()
                raise DatabaseUnavailable(_reason(error)) from error
            raise
        if tx.changed_configuration:
            self._kept.memory.clear()
        if tx.added_jobs and not group:
            self.on_jobs()
        elif tx.added_jobs and group:
            group.added_jobs = True

    @contextmanager
    def together(self) -> Iterator[None]:
        """This thread's transactions within commit as one at the end, and share what that costs.

        DatabaseUnavailable, and none of them happened, when the store did not answer one of them. On PostgreSQL each
        commits alone: two groups that hold rows for each other, such as counts, would wait without end.
        """
        if not self.sqlite:
            yield
            return
        kept = self._kept
        kept.group = group = _Group()
        try:
            yield
            kept.group = None
            if group.broken:
                raise DatabaseUnavailable("it failed others of the same group")
            if group.begun:
                self._commit()
        except BaseException as error:
            kept.group = None
            if group.begun:
                self._roll_back()
            if _is_outage(error):
                self.disconnect()
                raise DatabaseUnavailable(_reason(error)) from error
            raise
        if group.added_jobs:
            self.on_jobs()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """This thread's transactions within fail as in an outage."""
        self._kept.group = _Group()
        self._kept.group.broken = True
        try:
            yield
        finally:
            self._kept.group = None

    def checkpoint(self) -> None:
        """SQLite's write-ahead log is moved into the file, away from the request path.

        A log that has grown begins anew: writing over an old one takes a third of the time of a longer one. Nearly
        all of the moving is done before others must wait.
        """
        if not self.path:
            return
        with contextlib.suppress(OSError, SQLAlchemyError, DatabaseUnavailable, sqlite3.Error):
            self._connect()
            for _ in range(2):  # the second one moves what came during the first, and leaves little to wait for
                _, pages, _ = self._kept.driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages > LOG_PAGES:
                with self._turnstile or contextlib.nullcontext():
                    self._kept.driver.execute("PRAGMA wal_checkpoint(RESTART)")

    def disconnect(self) -> None:
        """This thread's connection is closed; the next transaction opens a new one."""
        if self._kept.group:
            self._kept.group.broken = True
        if self._kept.opened:
            self._kept.opened = False
            self._kept.revision = None
            with contextlib.suppress(SQLAlchemyError):
                self._kept.connection.invalidate()
                self._kept.connection.close()

    def _begin(self) -> None:
        group = self._kept.group
        if group is None:
            self._begin_alone()
            return
        if not group.begun:
            self._begin_alone()
            group.begun = True
        self._kept.driver.execute("SAVEPOINT one")

    def _begin_alone(self) -> None:
        if self._turnstile:
            self._turnstile.enter()
            try:
                self._kept.driver.execute("BEGIN IMMEDIATE")
            except BaseException:
                self._turnstile.leave()
                raise
        else:
            self._kept.driver.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")

    def _commit(self) -> None:
        if self._kept.group:
            self._kept.driver.execute("RELEASE one")
            return
        self._kept.driver.execute("COMMIT")
        if self._turnstile:
            self._turnstile.leave()

    def _roll_back(self) -> None:
        self._kept.memory.clear()
        group = self._kept.group
        try:
            for statement in ("ROLLBACK TO one", "RELEASE one") if group else ("ROLLBACK",):
                self._kept.driver.execute(statement)
        except Exception as error:  # noqa: BLE001 - the connection is of no use any more
            log.debug("no rollback: %s", error)
            self.disconnect()
        if self._turnstile and not group:
            self._turnstile.leave()

    def _connect(self) -> None:
        if self._kept.group and self._kept.group.broken:
            raise DatabaseUnavailable("it failed others of the same group")
        if self.path:
            try:
                inode = os.stat(self.path).st_ino  # noqa: PTH116 - a quarter of the time, at every call
            except OSError as error:
                self.disconnect()
                raise DatabaseUnavailable(f"{self.path}: {error.strerror}") from error
            if self._kept.opened and inode != self._kept.inode:
                self.disconnect()
            self._kept.inode = inode
        if not self._kept.opened:
            self._kept.connection = self.engine.connect()
            self._kept.driver = self._kept.connection.connection.driver_connection
            self._kept.opened = True

    def _recall(self) -> None:
        """Forgets what this thread remembered if any process changed the configuration since."""
        (revision,) = self._kept.driver.execute("SELECT revision FROM instance").fetchone()
        if revision != self._kept.revision:
            self._kept.memory.clear()
            self._kept.revision = revision


def _engine(url: URL, path: Path | None) -> Engine:
    try:
        if not path:
            return create_engine(
                url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args={"connect_timeout": 3, "options": "-c lock_timeout=3000"},
            )
    except ModuleNotFoundError as error:
        raise DatabaseUrlError(
            f"the driver for {url.drivername} is not installed ({error.name}): pip install 'ses-emulator[postgresql]'"
        ) from None
    # mode=rw: a database that was deleted is an outage, not an invitation to begin an empty one.
    engine = create_engine(
        f"sqlite:///file:{path}?mode=rw&uri=true",
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("synchronous=NORMAL", "wal_autocheckpoint=0", "foreign_keys=ON", f"journal_size_limit={LOG_BYTES}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only


def _insert_statement(table: Table, columns: tuple[str, ...], key: str, placeholder: str) -> str:
    names, values = ", ".join(columns), ", ".join(placeholder for _ in columns)
    returning = f" RETURNING {key}" if key else ""
    return f"INSERT INTO {table.name} ({names}) VALUES ({values}){returning}"  # noqa: S608 - names of the schema


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _is_outage(error: BaseException) -> bool:
    """Whether the store failed, rather than our use of it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return type(original).__module__.partition(".")[0] in ("sqlite3", "psycopg") and type(original).__name__ in {
        "OperationalError", "InterfaceError", "DatabaseError", "LockNotAvailable", "AdminShutdown",
        "ConnectionTimeout", "ConnectionFailure", "ReadOnlySqlTransaction", "DiskFull", "UndefinedTable",
        "InvalidCatalogName", "CrashShutdown", "CannotConnectNow", "QueryCanceled", "DeadlockDetected",
        "SerializationFailure",
    }  # fmt: skip


def _reason(error: BaseException) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
