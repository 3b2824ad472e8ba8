"""Connections and transactions, and every difference between SQLite and PostgreSQL but the claiming of jobs.

One thread keeps one connection, in the driver's autocommit mode; a `Transaction` begins at its first query.
On SQLite a writing one takes the write lock at once (`BEGIN IMMEDIATE`): waiting at the start never fails half-way.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from emulator.store import schema

BUSY_TIMEOUT_SECONDS = 3.0
CHECKPOINT_ABOVE_BYTES = 4 * 1024 * 1024

T = TypeVar("T")


class DatabaseUnavailable(Exception):
    """The store did not answer: locked, full, read-only or gone. Nothing was written."""


class DatabaseUrlError(Exception):
    """The URL names no SQLite or PostgreSQL database, or its driver is not installed."""


class Transaction:
    """One unit of work on this thread's connection; it begins at the first query."""

    def __init__(self, kept: "_Kept", begin: str | None) -> None:
        self._kept = kept
        self._begin = begin
        self.begun = False
        self.changed_configuration = False
        self.added_jobs = False

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """The statement's result; the transaction has begun."""
        if not self.begun and self._begin:
            self.begun = True
            self._kept.connection.exec_driver_sql(self._begin)
        return self._kept.connection.execute(statement, parameters)

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
    opened: bool = False
    inode: int | None = None
    revision: int | None = None
    memory: dict[object, Any]

    def __init__(self) -> None:
        self.memory = {}


class Database:
    """One database, and this process's connections to it."""

    def __init__(self, url: str, on_jobs: Callable[[], None] = lambda: None) -> None:
        self.url = _checked(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database or "").absolute() if self.sqlite else None
        self.on_jobs = on_jobs
        self.engine = _engine(self.url, self.path)
        self._kept = _Kept()
        self._begin = "BEGIN IMMEDIATE" if self.sqlite else "BEGIN"
        self._revision = select(schema.instance.c.revision)

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[Transaction]:
        """A transaction that commits at the end and leaves nothing after an exception.

        A reading one sees each query's own instant. DatabaseUnavailable when the store does not answer.
        """
        tx = None
        try:
            self._connect()
            tx = Transaction(self._kept, self._begin if write else None)
            self._recall()
            yield tx
            if tx.begun:
                self._kept.connection.exec_driver_sql("COMMIT")
        except BaseException as error:
            self._roll_back(tx)
            if isinstance(error, SQLAlchemyError) and not isinstance(error, IntegrityError) and _is_outage(error):
                self.disconnect()
                raise DatabaseUnavailable(_reason(error)) from error
            raise
        if tx.changed_configuration:
            self._kept.memory.clear()
        if tx.added_jobs:
            self.on_jobs()

    def checkpoint(self) -> None:
        """SQLite's write-ahead log is moved into the file when it has grown; kept off the request path."""
        if not self.path:
            return
        with contextlib.suppress(OSError, SQLAlchemyError, DatabaseUnavailable):
            if Path(f"{self.path}-wal").stat().st_size > CHECKPOINT_ABOVE_BYTES:
                self._connect()
                self._kept.connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def disconnect(self) -> None:
        """This thread's connection is closed; the next transaction opens a new one."""
        if self._kept.opened:
            self._kept.opened = False
            self._kept.revision = None
            with contextlib.suppress(SQLAlchemyError):
                self._kept.connection.invalidate()
                self._kept.connection.close()

    def _connect(self) -> None:
        if self.path:
            try:
                inode = self.path.stat().st_ino
            except OSError as error:
                self.disconnect()
                raise DatabaseUnavailable(f"{self.path}: {error.strerror}") from error
            if self._kept.opened and inode != self._kept.inode:
                self.disconnect()
            self._kept.inode = inode
        if not self._kept.opened:
            self._kept.connection = self.engine.connect()
            self._kept.opened = True

    def _recall(self) -> None:
        """Forgets what this thread remembered if any process changed the configuration since."""
        revision = self._kept.connection.execute(self._revision).scalar()
        if revision != self._kept.revision:
            self._kept.memory.clear()
            self._kept.revision = revision

    def _roll_back(self, tx: Transaction | None) -> None:
        if tx and tx.begun:
            with contextlib.suppress(SQLAlchemyError):
                self._kept.connection.exec_driver_sql("ROLLBACK")
            self._kept.memory.clear()


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseUrlError(f"database-url is not a URL: {text!r}") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUrlError(f"database-url must name SQLite or PostgreSQL, not {url.drivername}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseUrlError("database-url must name a file; for a database that is gone at exit use --ephemeral")
    return url


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
    for pragma in ("synchronous=NORMAL", "wal_autocheckpoint=0", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _is_outage(error: SQLAlchemyError) -> bool:
    """Whether the store failed, rather than our use of it."""
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    return kind in {
        "OperationalError", "InterfaceError", "DatabaseError", "LockNotAvailable", "AdminShutdown",
        "ConnectionTimeout", "ConnectionFailure", "ReadOnlySqlTransaction", "DiskFull", "UndefinedTable",
        "InvalidCatalogName", "CrashShutdown", "CannotConnectNow", "QueryCanceled",
    }  # fmt: skip


def _reason(error: SQLAlchemyError) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
