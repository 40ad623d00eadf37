"""Every username that an account has or had, and when its member last chose one.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "names",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_names_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_names")),
        sa.UniqueConstraint("key", name=op.f("uq_names_key")),
    )
    # Processes of the version before may add accounts until they are restarted. Their usernames are kept at the next
    # save, and the constraint of `accounts` holds until then.
    op.execute("INSERT INTO names (key, account_id) SELECT username_key, id FROM accounts")
    op.add_column("accounts", sa.Column("renamed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "renamed_at")
    op.drop_table("names")
