"""Lists have indexes without what is hidden or deleted.

Revision ID: 0011
Revises: 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# By index: its table, its columns, its condition on PostgreSQL.
_INDEXES = {
    "ix_posts_id_listed": ("posts", ["id"], "hidden_by IS NULL AND deleted_at IS NULL"),
    "ix_posts_author_id_id_listed": ("posts", ["author_id", "id"], "hidden_by IS NULL AND deleted_at IS NULL"),
    "ix_posts_deleted_at": ("posts", ["deleted_at"], "deleted_at IS NOT NULL"),
    "ix_posts_author_id_id_deleted": ("posts", ["author_id", "id"], "deleted_at IS NOT NULL"),
    "ix_comments_id_listed": ("comments", ["id"], "deleted_at IS NULL AND NOT absent"),
    "ix_comments_post_id_id_there": ("comments", ["post_id", "id"], "deleted_at IS NULL"),
    "ix_comments_deleted_at": ("comments", ["deleted_at"], "deleted_at IS NOT NULL"),
    "ix_comments_author_id_id_deleted": ("comments", ["author_id", "id"], "deleted_at IS NOT NULL"),
    "ix_moderation_log_id_there": ("moderation_log", ["id"], "text <> ''"),
}


# Lists are sorted by these. On PostgreSQL only they have the expression, so no list walks the primary key.
_PLACED = {
    "ix_posts_id_listed",
    "ix_posts_author_id_id_listed",
    "ix_comments_id_listed",
    "ix_comments_post_id_id_there",
}


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    with op.get_context().autocommit_block():
        for name, (table, columns, condition) in _INDEXES.items():
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            placed: list[Any] = [*columns[:-1], sa.text("(id + 0)")]
            op.create_index(
                name,
                table,
                placed if is_postgres and name in _PLACED else columns,
                sqlite_where=sa.text(condition.replace("NOT absent", "absent = 0")),
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    for name, (table, *_) in _INDEXES.items():
        op.drop_index(name, table_name=table)
