"""Templates, custom verification templates, the suppression list, standing outcomes of addresses.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "custom_verification_templates",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("template_name", sa.Text(), nullable=False),
        sa.Column("from_email_address", sa.Text(), nullable=False),
        sa.Column("template_subject", sa.Text(), nullable=False),
        sa.Column("template_content", sa.Text(), nullable=False),
        sa.Column("success_redirection_url", sa.Text(), nullable=False),
        sa.Column("failure_redirection_url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_custom_verification_templates")),
        sa.UniqueConstraint(
            "account_id",
            "region",
            "template_name",
            name=op.f("uq_custom_verification_templates_account_id_region_template_name"),
        ),
    )
    op.create_table(
        "recipient_outcomes",
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "region", "address", name=op.f("pk_recipient_outcomes")),
    )
    op.create_table(
        "suppressed_destinations",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("feedback_id", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_suppressed_destinations")),
        sa.UniqueConstraint(
            "account_id", "region", "address", name=op.f("uq_suppressed_destinations_account_id_region_address")
        ),
    )
    op.create_table(
        "templates",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.String(length=12), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("template_name", sa.Text(), nullable=False),
        sa.Column("subject_part", sa.Text(), nullable=False),
        sa.Column("text_part", sa.Text(), nullable=True),
        sa.Column("html_part", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_templates")),
        sa.UniqueConstraint(
            "account_id", "region", "template_name", name=op.f("uq_templates_account_id_region_template_name")
        ),
    )
