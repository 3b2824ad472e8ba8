"""Rules, filters and receipts of received mail; lanes from an index.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "receipt_filters",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("cidr", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_receipt_filters")),
        sa.UniqueConstraint("account_id", "region", "name", name=op.f("uq_receipt_filters_account_id_region_name")),
    )
    op.create_table(
        "receipt_rule_sets",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_receipt_rule_sets")),
        sa.UniqueConstraint("account_id", "region", "name", name=op.f("uq_receipt_rule_sets_account_id_region_name")),
    )
    op.create_table(
        "receipt_rules",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("rule_set_seq", SEQUENCE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("tls_policy", sa.Text(), nullable=False),
        sa.Column("scan_enabled", sa.Boolean(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_set_seq"], ["receipt_rule_sets.seq"], name=op.f("fk_receipt_rules_rule_set_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_receipt_rules")),
        sa.UniqueConstraint("rule_set_seq", "name", name=op.f("uq_receipt_rules_rule_set_seq_name")),
    )
    op.create_table(
        "receipts",
        sa.Column("message_seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("added_headers", sa.Text(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_seq"], ["messages.seq"], name=op.f("fk_receipts_message_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_seq", name=op.f("pk_receipts")),
    )
    # Each received message has a lane of its own.
    there = sa.text("lane IS NOT NULL")
    op.create_index(
        op.f("ix_jobs_lane_state_run_at"),
        "jobs",
        ["lane", "state", "run_at"],
        sqlite_where=there,
    )
