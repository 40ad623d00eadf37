"""Comments answer comments.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_INDEX = "ix_comments_reply_to_id"
_IS_ANSWER = sa.text("reply_to IS NOT NULL AND deleted_at IS NULL")


def upgrade() -> None:
    # Making the index commits what came before it, so the column may be there already.
    if "reply_to" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("comments")}:
        # Not a foreign key: an answer outlives what it answers.
        op.add_column("comments", sa.Column("reply_to", sa.BigInteger()))
    with op.get_context().autocommit_block():
        op.drop_index(_INDEX, "comments", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            _INDEX,
            "comments",
            ["reply_to", "id"],
            sqlite_where=_IS_ANSWER,
            postgresql_where=_IS_ANSWER,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index(_INDEX, "comments")
    op.drop_column("comments", "reply_to")
