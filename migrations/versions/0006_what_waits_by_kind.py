"""What waits in the outbox is found by its kind, for monitoring.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_index("ix_outbox_kind_due_at", "outbox", ["kind", "due_at"], sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_index("ix_outbox_kind_due_at", table_name="outbox")
