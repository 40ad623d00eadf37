"""Indexes for acts on all that a member published, and for notes.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# By index: its table, its columns, its condition.
_INDEXES = {
    "ix_posts_hidden_by_id": ("posts", ["hidden_by", "id"], "hidden_by IS NOT NULL"),
    "ix_comments_hidden_by_id": ("comments", ["hidden_by", "id"], "hidden_by IS NOT NULL"),
    "ix_moderation_log_about_id_id_person": (
        "moderation_log",
        ["about_id", "id"],
        "(act = 'hide_all' OR act = 'restore_all' OR act = 'reverse' OR act = 'note')",
    ),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, columns, condition) in _INDEXES.items():
            # A migration that was cut off may have left an index that nothing uses.
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name,
                table,
                columns,
                sqlite_where=sa.text(condition),
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    for name, (table, *_) in _INDEXES.items():
        op.drop_index(name, table_name=table)
