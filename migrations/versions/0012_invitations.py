"""Invitations, and who waits for a moderator.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CODE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
_WAITS = sa.text("admission = 'approval' OR admission = 'no_seat'")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["accounts.id"], name=op.f("fk_invitations_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code", name=op.f("uq_invitations_code")),
    )
    op.create_index("ix_invitations_owner_id_id", "invitations", ["owner_id", "id"])
    # Whoever has an account, or registers at a process of the version before, is a member as soon as the address is
    # confirmed.
    op.add_column(
        "accounts", sa.Column("admission", sa.String(20), nullable=False, server_default=sa.text("'admitted'"))
    )
    op.add_column("accounts", sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("accounts", sa.Column("invitation_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_accounts_id", "accounts", ["id"], sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_index("ix_accounts_id", "accounts")
    op.drop_column("accounts", "invitation_id")
    op.drop_column("accounts", "why")
    op.drop_column("accounts", "admission")
    op.drop_table("invitations")
