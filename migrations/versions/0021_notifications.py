"""Notifications, and what mails of them have come to.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
# By partial index: its columns, and the one that it needs.
_PARTIAL = {
    "ix_notifications_mail_at": (["mail_at"], "mail_at"),
    "ix_notifications_account_id_mail_at": (["account_id", "mail_at"], "mail_at"),
    "ix_notifications_account_id_mail_id_id": (["account_id", "mail_id", "id"], "mail_id"),
    "ix_notifications_post_id": (["post_id"], "post_id"),
    "ix_notifications_comment_id": (["comment_id"], "comment_id"),
}


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("mail_at", _TIME, nullable=True),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "account_id", "kind", "thing_id", "part", name=op.f("uq_notifications_account_id_kind_thing_id_part")
        ),
    )
    op.create_index(
        "ix_notifications_account_id_id_unread",
        "notifications",
        ["account_id", "id"],
        sqlite_where=sa.text("unread = 1"),
        postgresql_where=sa.text("unread"),
    )
    for name, (columns, needed) in _PARTIAL.items():
        is_there = sa.text(f"{needed} IS NOT NULL")
        op.create_index(name, "notifications", columns, sqlite_where=is_there, postgresql_where=is_there)
    op.create_table(
        "correspondence",
        sa.Column("account_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("refused", sa.String(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_correspondence_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_correspondence")),
    )


def downgrade() -> None:
    op.drop_table("correspondence")
    op.drop_table("notifications")
