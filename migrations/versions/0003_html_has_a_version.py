"""Posts and comments know which version of the renderer made their HTML.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for table in ("posts", "comments"):
        # Processes of the version before may add rows until they are restarted. Theirs are 0 too.
        op.add_column(table, sa.Column("html_version", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.create_index(f"ix_{table}_html_version_id", table, ["html_version", "id"])


def downgrade() -> None:
    for table in ("comments", "posts"):
        op.drop_index(f"ix_{table}_html_version_id", table_name=table)
        op.drop_column(table, "html_version")
