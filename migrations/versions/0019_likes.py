"""Likes, bookmarks, and who watches what.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# By table: the columns of its primary key, and those of each index.
_TABLES = {
    "post_likes": (("post_id", "account_id"), (("post_id", "id"), ("account_id", "id"))),
    "comment_likes": (("comment_id", "account_id"), (("comment_id", "id"), ("account_id", "id"))),
    "bookmarks": (("account_id", "post_id"), (("account_id", "id"), ("post_id",))),
    "watches": (("post_id", "account_id"), (("post_id", "id"), ("account_id", "id"))),
}
_OWNERS = {"post_id": "posts", "comment_id": "comments", "account_id": "accounts"}


def upgrade() -> None:
    for table in ("posts", "comments"):
        op.add_column(table, sa.Column("like_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for table, (key, indexes) in _TABLES.items():
        op.create_table(
            table,
            sa.Column("id", _ID, nullable=False),
            *(sa.Column(column, _ID, nullable=False) for column in key),
            *(
                sa.ForeignKeyConstraint(
                    [column], [f"{_OWNERS[column]}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
                )
                for column in key
            ),
            sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        )
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for table in ("comments", "posts"):
        op.drop_column(table, "like_count")
