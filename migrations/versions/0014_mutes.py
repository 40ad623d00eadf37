"""Whom members mute and block.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_mutes_owner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["accounts.id"], name=op.f("fk_mutes_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner_id", "other_id", name=op.f("pk_mutes")),
    )
    op.create_index("ix_mutes_owner_id_id", "mutes", ["owner_id", "id"])
    for flag in ("muted", "blocked"):
        op.create_index(f"ix_mutes_owner_id_{flag}_id", "mutes", ["owner_id", flag, "id"])
    op.create_index("ix_mutes_other_id", "mutes", ["other_id"])


def downgrade() -> None:
    op.drop_table("mutes")
