"""The migrations build the schema, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from emulator.store import migration, schema
from emulator.store.database_url import DatabaseUrlError
from emulator.store.engine import Database
from emulator.store.migration import SchemaError

SECRET = "0" * 64


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))


def test_the_migrations_alone_build_todays_tables(new_database_url: str) -> None:
    database = Database(new_database_url)
    migration.upgrade(database, "head", SECRET)
    assert _differences(database) == []
    assert migration.migrate(database, SECRET) == "up to date"


def test_a_new_database_is_created_at_once_and_then_left_alone(new_database_url: str) -> None:
    database = Database(new_database_url)
    assert migration.migrate(database, SECRET) == "created"
    assert _differences(database) == []
    assert migration.migrate(database, "1" * 64) == "up to date"
    with database.engine.connect() as connection:
        assert connection.execute(schema.instance.select()).one().secret == SECRET


def test_a_database_of_a_newer_version_is_refused_in_words(new_database_url: str) -> None:
    database = Database(new_database_url)
    migration.migrate(database, SECRET)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer version"):
        migration.migrate(database, SECRET)


def test_only_sqlite_files_and_postgresql_are_databases() -> None:
    for url in ("mysql://host/name", "sqlite://", "sqlite:///:memory:", "nonsense"):
        with pytest.raises(DatabaseUrlError):
            Database(url)


def test_a_database_of_the_first_version_is_brought_up_to_date_with_what_is_in_it(new_database_url: str) -> None:
    database = Database(new_database_url)
    migration.upgrade(database, "0001", SECRET)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO instance VALUES (1, 7, 'kept', 0, NULL)")
        connection.exec_driver_sql(
            "INSERT INTO identities (account_id, region, identity, identity_type, created_at, started_at) "
            "VALUES ('123456789012', 'us-east-1', 'ann@example.com', 'EmailAddress', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO messages (id, account_id, region, direction, operation, source, headers, recipients, "
            "addressed, tags, size_bytes, created_at) "
            "VALUES ('0100', '123456789012', 'us-east-1', 'outbound', 'SendEmail', 'ann@example.com', '{}', '[]', '', "
            "'[]', 5, 1)"
        )
    assert migration.migrate(database, SECRET) == "upgraded from 0001"
    assert _differences(database) == []
    with database.engine.connect() as connection:
        assert connection.execute(schema.instance.select()).one().secret == "kept"
        assert connection.execute(schema.identities.select()).one().identity == "ann@example.com"
        message = connection.execute(schema.messages.select()).one()
        assert (message.id, message.mail_from_domain, message.dkim_key_seq) == ("0100", None, None)
