"""Pictures of members, which posts show them, and how much room they take.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("portrait", sa.Boolean(), nullable=False),
        sa.Column("unused_since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_pictures_owner_id"), ondelete="RESTRICT"),
    )
    op.create_index("ix_pictures_owner_id_id", "pictures", ["owner_id", "id"])
    unused = sa.text("unused_since IS NOT NULL")
    op.create_index(
        "ix_pictures_unused_since_id",
        "pictures",
        ["unused_since", "id"],
        sqlite_where=unused,
        postgresql_where=unused,
    )
    op.create_table(
        "picture_uses",
        sa.Column("text_id", _ID, nullable=False),
        sa.Column("picture_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("text_id", "picture_id", name=op.f("pk_picture_uses")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_picture_uses_picture_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_picture_uses_picture_id", "picture_uses", ["picture_id"])
    op.add_column("accounts", sa.Column("picture_id", sa.BigInteger()))
    op.add_column("accounts", sa.Column("picture_bytes", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("posts", sa.Column("picture_id", sa.BigInteger()))


def downgrade() -> None:
    """The files of the pictures stay where they are."""
    op.drop_column("posts", "picture_id")
    op.drop_column("accounts", "picture_bytes")
    op.drop_column("accounts", "picture_id")
    op.drop_table("picture_uses")
    op.drop_table("pictures")
