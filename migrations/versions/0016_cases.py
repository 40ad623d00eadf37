"""Reports and cases.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = "entry_id IS NULL"
_SETTLED = "entry_id IS NOT NULL"
# By partial index: its table, its columns, its condition on each database.
_PARTIAL = {
    "ix_cases_subject_kind_subject_id_open": ("cases", ["subject_kind", "subject_id"], _OPEN, _OPEN),
    "ix_cases_place_open": ("cases", ["place"], _OPEN, _OPEN),
    "ix_cases_about_id_place_open": ("cases", ["about_id", "place"], _OPEN, _OPEN),
    "ix_cases_entry_id_untold": ("cases", ["entry_id"], "told < report_count", "told < report_count"),
    "ix_cases_entry_id_kept": ("cases", ["entry_id"], "kept = 1", "kept"),
    "ix_cases_entry_id": ("cases", ["entry_id"], _SETTLED, _SETTLED),
    "ix_cases_about_id_entry_id": ("cases", ["about_id", "entry_id"], _SETTLED, _SETTLED),
    "ix_cases_about_id_there": ("cases", ["about_id"], "text <> ''", "text <> ''"),
    "ix_reports_case_id_email": ("reports", ["case_id", "email"], "email <> ''", "email <> ''"),
}
_UNIQUE = ("ix_cases_subject_kind_subject_id_open", "ix_cases_entry_id", "ix_reports_case_id_email")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("about_id", _ID, nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kinds", sa.String(40), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("entry_id", _ID, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["accounts.id"], name=op.f("fk_cases_about_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["moderation_log.id"], name=op.f("fk_cases_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_table(
        "reports",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reporter_id", _ID, nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reports_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["accounts.id"], name=op.f("fk_reports_reporter_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_reports_case_id_number")),
        sa.UniqueConstraint("reporter_id", "case_id", name=op.f("uq_reports_reporter_id_case_id")),
    )
    op.create_index("ix_reports_reporter_id_id", "reports", ["reporter_id", "id"])
    for name, (table, columns, on_sqlite, on_postgresql) in _PARTIAL.items():
        op.create_index(
            name,
            table,
            columns,
            unique=name in _UNIQUE,
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(on_postgresql),
        )


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_table("cases")
