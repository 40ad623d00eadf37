"""Sanctions and appeals, and on an account what its sanctions come to.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_WAITS = sa.text("verdict IS NULL")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("silenced_until", _TIME, nullable=True))
    op.add_column("accounts", sa.Column("suspended_until", _TIME, nullable=True))
    op.create_table(
        "sanctions",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("lifted_at", _TIME, nullable=True),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["moderation_log.id"], name=op.f("fk_sanctions_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sanctions_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
    )
    op.create_index("ix_sanctions_account_id_id", "sanctions", ["account_id", "id"])
    op.create_index(
        "ix_sanctions_until_id",
        "sanctions",
        ["until", "id"],
        sqlite_where=sa.text("told = 0"),
        postgresql_where=sa.text("NOT told"),
    )
    op.create_table(
        "appeals",
        sa.Column("entry_id", _ID, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["moderation_log.id"], name=op.f("fk_appeals_entry_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_appeals_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_appeals")),
    )
    op.create_index("ix_appeals_account_id", "appeals", ["account_id"])
    op.create_index("ix_appeals_id", "appeals", ["id"], unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_table("appeals")
    op.drop_table("sanctions")
    op.drop_column("accounts", "silenced_until")
    op.drop_column("accounts", "suspended_until")
