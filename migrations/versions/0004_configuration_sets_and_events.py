"""Configuration sets, what they publish and where, and lanes of work.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "configuration_sets",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sending_enabled", sa.Boolean(), nullable=False),
        sa.Column("reputation_metrics_enabled", sa.Boolean(), nullable=False),
        sa.Column("last_fresh_start_at", sa.BigInteger(), nullable=True),
        sa.Column("custom_redirect_domain", sa.Text(), nullable=True),
        sa.Column("tls_policy", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_configuration_sets")),
        sa.UniqueConstraint("account_id", "region", "name", name=op.f("uq_configuration_sets_account_id_region_name")),
    )
    op.create_table(
        "sns_certificate",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sns_certificate")),
    )
    op.create_table(
        "sns_subscriptions",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("topic_arn", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("unsubscribed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sns_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_sns_subscriptions_token")),
        sa.UniqueConstraint("topic_arn", "endpoint", name=op.f("uq_sns_subscriptions_topic_arn_endpoint")),
    )
    op.create_table(
        "configuration_set_statistics",
        sa.Column("configuration_set_seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("minute_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_set_seq"],
            ["configuration_sets.seq"],
            name=op.f("fk_configuration_set_statistics_configuration_set_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("configuration_set_seq", "minute_at", name=op.f("pk_configuration_set_statistics")),
    )
    op.create_table(
        "event_destinations",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("configuration_set_seq", SEQUENCE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("matching_event_types", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_set_seq"],
            ["configuration_sets.seq"],
            name=op.f("fk_event_destinations_configuration_set_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_destinations")),
        sa.UniqueConstraint(
            "configuration_set_seq", "name", name=op.f("uq_event_destinations_configuration_set_seq_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "publications",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_seq"], ["events.seq"], name=op.f("fk_publications_event_seq"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_seq"], ["messages.seq"], name=op.f("fk_publications_message_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_publications")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_publications_event_seq"), "publications", ["event_seq"], unique=False)
    op.create_index(op.f("ix_publications_message_seq"), "publications", ["message_seq"], unique=False)
    op.add_column("identities", sa.Column("configuration_set", sa.Text(), nullable=True))
    # SQLite must make the table anew to never give a number again.
    recreate = "always" if op.get_context().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("jobs", recreate=recreate, table_kwargs={"sqlite_autoincrement": True}) as jobs:
        jobs.add_column(sa.Column("lane", sa.Text(), nullable=True))
        jobs.add_column(sa.Column("message_seq", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("source_text", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("source_arn", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("source_ip", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("caller_identity", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("tracking", sa.Text(), nullable=True))
    op.execute("UPDATE jobs SET lane = task WHERE task NOT IN ('DeliverMessage', 'RenderMessage')")
