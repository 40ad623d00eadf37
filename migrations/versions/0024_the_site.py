"""The site's own words, the announcements that members dismissed, and acts that concern nobody.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("tagline", sa.String(120), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("greeting_html", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_html", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("rules_html", sa.Text(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("privacy_html", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("announcement", sa.String(500), nullable=False),
        sa.Column("registration", sa.String(20), nullable=False),
        sa.Column("html_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index("ix_site_html_version_id", "site", ["html_version", "id"])
    op.add_column("accounts", sa.Column("dismissed", sa.Integer(), nullable=False, server_default=sa.text("0")))
    with op.batch_alter_table("moderation_log") as table:
        table.alter_column("about_id", existing_type=_ID, nullable=True)


def downgrade() -> None:
    """The version before knows no acts that concern nobody."""
    op.execute("DELETE FROM moderation_log WHERE about_id IS NULL")
    with op.batch_alter_table("moderation_log") as table:
        table.alter_column("about_id", existing_type=_ID, nullable=False)
    op.drop_column("accounts", "dismissed")
    op.drop_table("site")
