"""An index has the members who have posts in lists, so a timeline asks nobody else.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_HAS_POSTS = sa.text("post_count <> 0")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_accounts_id_post_count_writes", "accounts", ["id", "post_count"], sqlite_where=_HAS_POSTS)
        return
    with op.get_context().autocommit_block():
        # A deploy that was killed begins again.
        op.drop_index("ix_accounts_id_post_count_writes", "accounts", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            "ix_accounts_id_post_count_writes",
            "accounts",
            ["id", "post_count"],
            postgresql_where=_HAS_POSTS,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_accounts_id_post_count_writes", "accounts")
