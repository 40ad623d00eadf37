"""Posts are hidden and closed, posts and comments are deleted, and stay for a while.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("posts", sa.Column("hidden_by", sa.BigInteger()))
    op.add_column("posts", sa.Column("hidden_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("posts", sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("posts", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.add_column("posts", sa.Column("deleted_by", sa.BigInteger()))
    op.add_column("comments", sa.Column("hidden_by", sa.BigInteger()))
    op.add_column("comments", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.add_column("comments", sa.Column("deleted_by", sa.BigInteger()))
    op.add_column("comments", sa.Column("absent", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """The version before knows neither, so what is hidden or deleted is seen again."""
    op.execute("DELETE FROM moderation_log WHERE act IN ('close', 'reopen', 'delete', 'undelete')")
    for column in ("absent", "deleted_by", "deleted_at", "hidden_by"):
        op.drop_column("comments", column)
    for column in ("deleted_by", "deleted_at", "closed", "hidden_reason", "hidden_by"):
        op.drop_column("posts", column)
