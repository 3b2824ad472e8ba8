"""Whether somebody looked at a message; lists from an index.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("read_at", sa.BigInteger(), nullable=True))
    op.drop_index(op.f("ix_messages_account_id_region_seq"), table_name="messages")
    op.create_index(
        op.f("ix_messages_account_id_region_direction_seq_read_at"),
        "messages",
        ["account_id", "region", "direction", "seq", "read_at"],
    )
