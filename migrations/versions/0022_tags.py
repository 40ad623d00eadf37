"""Tags.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = sa.String(30).with_variant(sa.String(30, collation="C"), "postgresql")
_IS_USED, _IS_MOVED = sa.text("post_count > 0 AND leads_to = 0"), sa.text("leads_to > 0")


def upgrade() -> None:
    op.add_column("posts", sa.Column("tags", sa.String(154), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "tags",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("post_count", sa.Integer(), nullable=False),
        sa.Column("leads_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    for name, columns, condition in (
        ("ix_tags_post_count_id_used", ["post_count", "id"], _IS_USED),
        ("ix_tags_leads_to_moved", ["leads_to"], _IS_MOVED),
    ):
        op.create_index(name, "tags", columns, sqlite_where=condition, postgresql_where=condition)
    op.create_table(
        "post_tags",
        sa.Column("tag_id", _ID, nullable=False),
        sa.Column("post_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_post_tags_tag_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag_id", "post_id", name=op.f("pk_post_tags")),
    )
    op.create_index("ix_post_tags_post_id", "post_tags", ["post_id"])


def downgrade() -> None:
    op.drop_table("post_tags")
    op.drop_table("tags")
    op.drop_column("posts", "tags")
