"""The indexes of posts in lists answer by themselves who wrote what, so a timeline reads only the posts of its page.

Revision ID: 0029
Revises: 0028
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_LISTED = sa.text("hidden_by IS NULL AND deleted_at IS NULL")
_PLACE = sa.text("(id + 0)")
# By index: its columns on SQLite, those on PostgreSQL, and what PostgreSQL keeps beside them. SQLite asks an index for
# the columns of the condition too.
_INDEXES: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "ix_posts_id_listed": (["id", "author_id", "hidden_by", "deleted_at"], [_PLACE], ["id", "author_id"]),
    "ix_posts_author_id_id_listed": (
        ["author_id", "id", "hidden_by", "deleted_at"],
        ["author_id", _PLACE],
        ["id"],
    ),
}
_BEFORE: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "ix_posts_id_listed": (["id"], [_PLACE], []),
    "ix_posts_author_id_id_listed": (["author_id", "id"], ["author_id", _PLACE], []),
}


def upgrade() -> None:
    _exchange(_INDEXES)


def downgrade() -> None:
    _exchange(_BEFORE)


def _exchange(indexes: dict[str, tuple[list[Any], list[Any], list[str]]]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, (columns, _, _) in indexes.items():
            op.drop_index(name, "posts")
            op.create_index(name, "posts", columns, sqlite_where=_LISTED)
        return
    # The site goes on, so at any time there is one of the two. A deploy that was killed begins again.
    with op.get_context().autocommit_block():
        for name, (_, columns, include) in indexes.items():
            made = f"{name}_new"
            op.drop_index(made, "posts", if_exists=True, postgresql_concurrently=True)
            op.create_index(
                made,
                "posts",
                columns,
                postgresql_include=include,
                postgresql_where=_LISTED,
                postgresql_concurrently=True,
            )
            op.drop_index(name, "posts", if_exists=True, postgresql_concurrently=True)
            op.execute(f"ALTER INDEX {made} RENAME TO {name}")
