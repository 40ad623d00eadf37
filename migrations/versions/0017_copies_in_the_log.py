"""The index of old copies in the log has nothing else.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_NAME, _TABLE = "ix_moderation_log_id_there", "moderation_log"


def upgrade() -> None:
    _replace("text <> '' AND (subject_kind <> 'person' OR act = 'decline')")


def downgrade() -> None:
    _replace("text <> ''")


def _replace(condition: str) -> None:
    with op.get_context().autocommit_block():
        op.drop_index(_NAME, _TABLE, if_exists=True, postgresql_concurrently=True)
        op.create_index(
            _NAME,
            _TABLE,
            ["id"],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
            postgresql_concurrently=True,
        )
