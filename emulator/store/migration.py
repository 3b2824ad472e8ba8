"""The schema of a database in use: made when new, brought up to date when old. Alembic is loaded only then."""

import contextlib
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from emulator.store import schema
from emulator.store.engine import Database, DatabaseUnavailable

HEAD = "0007"


class SchemaError(Exception):
    """The database was written by a newer version of this program."""


def migrate(database: Database, secret: str) -> str:
    """The database has today's tables and its one `instance` row; what was done, in a word or two."""
    try:
        if database.path:
            _create_file(database.path)
        with database.engine.connect() as connection, _alone(database, connection):
            found = _version(connection)
            if found == HEAD:
                return "up to date"
            if found is None:
                _create(connection, secret)
                return "created"
            _upgrade(connection, "head")
            return f"upgraded from {found}"
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
        raise DatabaseUnavailable(f"{database.name}: {reason}") from error


def directory() -> Path:
    """Where the migrations are: in the installed package, or beside it in a checkout."""
    installed = Path(str(resources.files("emulator") / "migrations"))
    return installed if installed.is_dir() else Path(__file__).parents[2] / "migrations"


def upgrade(database: Database, revision: str, secret: str) -> None:
    """The tables of an empty or old database are those of `revision`, by way of the migrations alone."""
    if database.path:
        _create_file(database.path)
    with database.engine.connect() as connection:
        _upgrade(connection, revision)
        if revision in ("head", HEAD) and connection.execute(text("SELECT count(*) FROM instance")).scalar() == 0:
            connection.execute(insert(schema.instance), _instance(secret))


def _create_file(path: Path) -> None:
    if path.exists():
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent}")
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@contextlib.contextmanager
def _alone(database: Database, connection: Connection) -> Iterator[None]:
    """No other process creates or upgrades the tables meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if database.sqlite else "BEGIN")
    if not database.sqlite:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(737370)")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _create(connection: Connection, secret: str) -> None:
    schema.metadata.create_all(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version ("
        "version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
    connection.execute(insert(schema.instance), _instance(secret))


def _instance(secret: str) -> dict[str, object]:
    return {"id": 1, "revision": 1, "secret": secret, "clock_offset_ms": 0}


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command, config, util

    settings = config.Config()
    settings.set_main_option("script_location", str(directory()))
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, revision)
    except util.CommandError as error:
        raise SchemaError(f"the database was written by a newer version of ses-emulator ({error})") from error
