"""What was brought from another site.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_KEY = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
_USERS = sa.text("kind = 'user'")


def upgrade() -> None:
    op.create_table(
        "flasky",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("followed", sa.BigInteger(), nullable=False),
        sa.Column("made_id", sa.BigInteger(), nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", "followed", name=op.f("pk_flasky")),
    )
    for column in ("made_id", "name"):
        op.create_index(f"ix_flasky_{column}", "flasky", [column], sqlite_where=_USERS, postgresql_where=_USERS)


def downgrade() -> None:
    op.drop_table("flasky")
