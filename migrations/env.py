"""Alembic's entry: runs on the connection that `emulator.store.migration` hands over, in its transaction."""

from alembic import context

from emulator.store import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
