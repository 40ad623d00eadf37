"""The moderation log carries acts of any kind, on posts, comments and members.

Revision ID: 0009
Revises: 0008
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RENAMED = {
    "moderator_id": "actor_id",
    "author_id": "about_id",
    "action": "act",
    "comment_id": "subject_id",
    "body": "text",
}
_TYPES: dict[str, Any] = {"action": sa.String(20), "comment_id": sa.BigInteger(), "body": sa.Text()}
_KEYS = {"moderator_id": "actor_id", "author_id": "about_id"}


def upgrade() -> None:
    for column in _KEYS:
        op.drop_index(f"ix_moderation_log_{column}", table_name="moderation_log")
    with op.batch_alter_table("moderation_log") as table:
        for old in _KEYS:
            table.drop_constraint(f"fk_moderation_log_{old}", type_="foreignkey")
        for old, new in _RENAMED.items():
            table.alter_column(old, new_column_name=new, existing_type=_TYPES.get(old, _ID), existing_nullable=False)
        table.add_column(sa.Column("subject_kind", sa.String(20), nullable=False, server_default="comment"))
        table.add_column(sa.Column("rule", sa.String(4), nullable=False, server_default=""))
    with op.batch_alter_table("moderation_log") as table:
        table.alter_column("actor_id", existing_type=_ID, nullable=True)
        table.alter_column("post_id", existing_type=sa.BigInteger(), nullable=True)
        table.alter_column("subject_kind", existing_type=sa.String(20), server_default=None)
        table.alter_column("rule", existing_type=sa.String(4), server_default=None)
        for new in _KEYS.values():
            table.create_foreign_key(op.f(f"fk_moderation_log_{new}"), "accounts", [new], ["id"], ondelete="RESTRICT")
    op.create_index("ix_moderation_log_actor_id", "moderation_log", ["actor_id"])
    op.create_index("ix_moderation_log_about_id_id", "moderation_log", ["about_id", "id"])
    op.create_index("ix_moderation_log_subject_id_id", "moderation_log", ["subject_id", "id"])


def downgrade() -> None:
    """The version before knows moderators who hide and restore comments."""
    for name in ("actor_id", "about_id_id", "subject_id_id"):
        op.drop_index(f"ix_moderation_log_{name}", table_name="moderation_log")
    op.execute(
        "DELETE FROM moderation_log WHERE subject_kind IN ('post', 'person') OR actor_id IS NULL OR post_id IS NULL"
    )
    with op.batch_alter_table("moderation_log") as table:
        for new in _KEYS.values():
            table.drop_constraint(f"fk_moderation_log_{new}", type_="foreignkey")
        for old, new in _RENAMED.items():
            table.alter_column(new, new_column_name=old, existing_type=_TYPES.get(old, _ID), nullable=False)
        table.alter_column("post_id", existing_type=sa.BigInteger(), nullable=False)
        table.drop_column("subject_kind")
        table.drop_column("rule")
    with op.batch_alter_table("moderation_log") as table:
        for old in _KEYS:
            table.create_foreign_key(op.f(f"fk_moderation_log_{old}"), "accounts", [old], ["id"], ondelete="RESTRICT")
    for column in _KEYS:
        op.create_index(f"ix_moderation_log_{column}", "moderation_log", [column])
