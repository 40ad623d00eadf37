"""The index of old copies in the log has nothing else, and the log has the acts of one member in order.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_TABLE = "moderation_log"
_COPIES = "ix_moderation_log_id_there"
_ACTOR, _ACTOR_IN_ORDER = "ix_moderation_log_actor_id", "ix_moderation_log_actor_id_id"


def upgrade() -> None:
    _make(_COPIES, ["id"], "text <> '' AND (subject_kind <> 'person' OR act = 'decline')")
    _make(_ACTOR_IN_ORDER, ["actor_id", "id"])
    _drop(_ACTOR)


def downgrade() -> None:
    _make(_ACTOR, ["actor_id"])
    _drop(_ACTOR_IN_ORDER)
    _make(_COPIES, ["id"], "text <> ''")


def _make(name: str, columns: list[str], condition: str | None = None) -> None:
    """An index of this name that is there already is replaced."""
    _drop(name)
    where = None if condition is None else sa.text(condition)
    with op.get_context().autocommit_block():
        op.create_index(name, _TABLE, columns, sqlite_where=where, postgresql_where=where, postgresql_concurrently=True)


def _drop(name: str) -> None:
    with op.get_context().autocommit_block():
        op.drop_index(name, _TABLE, if_exists=True, postgresql_concurrently=True)
