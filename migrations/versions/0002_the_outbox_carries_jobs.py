"""The outbox carries jobs: what they are about, a key, progress, and mails before the rest.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_KEY_WAITS = sa.text("state = 'waiting' AND key <> ''")


def upgrade() -> None:
    # Processes of the version before may add rows until they are restarted. Their removals then count as mails.
    op.add_column("outbox", sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("outbox", sa.Column("subject_id", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("key", sa.String(length=300), server_default=sa.text("''"), nullable=False))
    op.add_column("outbox", sa.Column("progress", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("outbox", sa.Column("again_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbox SET priority = 1 WHERE kind IN ('unfollow_all', 'erase_all')")
    op.drop_index("ix_outbox_state_due_at_id", table_name="outbox")
    op.create_index("ix_outbox_state_priority_due_at_id", "outbox", ["state", "priority", "due_at", "id"])
    op.create_index(
        "ix_outbox_key", "outbox", ["key"], unique=True, sqlite_where=_KEY_WAITS, postgresql_where=_KEY_WAITS
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_key", table_name="outbox")
    op.drop_index("ix_outbox_state_priority_due_at_id", table_name="outbox")
    op.create_index("ix_outbox_state_due_at_id", "outbox", ["state", "due_at", "id"])
    for column in ("again_at", "progress", "key", "subject_id", "priority"):
        op.drop_column("outbox", column)
