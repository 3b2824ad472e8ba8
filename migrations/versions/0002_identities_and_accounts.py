"""What identities are set up with (DKIM, MAIL FROM, notifications, policies), and accounts with their counts.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("sending_enabled", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("sandbox", sa.Boolean(), nullable=True),
        sa.Column("enforce_limits", sa.Boolean(), nullable=True),
        sa.Column("max_24_hour_send", sa.Float(), nullable=True),
        sa.Column("max_send_rate", sa.Float(), nullable=True),
        sa.Column("api_rate_limit", sa.Float(), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("verification_delay", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "region", name=op.f("pk_accounts")),
    )
    op.create_table(
        "identity_policies",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("policy_name", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_identity_policies")),
        sa.UniqueConstraint(
            "account_id",
            "region",
            "identity",
            "policy_name",
            name=op.f("uq_identity_policies_account_id_region_identity_policy_name"),
        ),
    )
    op.create_table(
        "send_statistics",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("minute_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quota_used", sa.Integer(), nullable=False),
        sa.Column("delivery_attempts", sa.Integer(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("rejects", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "region", "minute_at", name=op.f("pk_send_statistics")),
    )
    op.create_table(
        "token_buckets",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("refilled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "region", "name", name=op.f("pk_token_buckets")),
    )
    op.create_table(
        "dkim_keys",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("identity_seq", SEQUENCE, nullable=True),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_seq"], ["identities.seq"], name=op.f("fk_dkim_keys_identity_seq"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_dkim_keys")),
        sa.UniqueConstraint("identity_seq", "token", name=op.f("uq_dkim_keys_identity_seq_token")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identity_dkim",
        sa.Column("identity_seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("auto_confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_seq"], ["identities.seq"], name=op.f("fk_identity_dkim_identity_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity_seq", name=op.f("pk_identity_dkim")),
    )
    op.create_table(
        "identity_mail_from",
        sa.Column("identity_seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("mail_from_domain", sa.Text(), nullable=False),
        sa.Column("behavior_on_mx_failure", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("auto_confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_seq"], ["identities.seq"], name=op.f("fk_identity_mail_from_identity_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity_seq", name=op.f("pk_identity_mail_from")),
    )
    op.create_table(
        "identity_notifications",
        sa.Column("identity_seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("forwarding", sa.Boolean(), nullable=False),
        sa.Column("bounce_topic", sa.Text(), nullable=True),
        sa.Column("complaint_topic", sa.Text(), nullable=True),
        sa.Column("delivery_topic", sa.Text(), nullable=True),
        sa.Column("bounce_headers", sa.Boolean(), nullable=False),
        sa.Column("complaint_headers", sa.Boolean(), nullable=False),
        sa.Column("delivery_headers", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_seq"],
            ["identities.seq"],
            name=op.f("fk_identity_notifications_identity_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("identity_seq", name=op.f("pk_identity_notifications")),
    )
    op.add_column("messages", sa.Column("mail_from_domain", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("dkim_key_seq", sa.BigInteger(), nullable=True))
