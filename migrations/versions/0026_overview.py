"""When a worker was seen last, and the counters of the last days.

Revision ID: 0026
Revises: 0025
"""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# As the charts of 30 days and the number of the 30 days before, and today.
_DAYS = 61
_RANDOM_BITS = 20
_A_DAY = 24 * 60 * 60 * 1_000


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    _fill(datetime.now(UTC))


def downgrade() -> None:
    op.execute("DELETE FROM site_totals WHERE name LIKE '____-__-__ %'")
    op.drop_table("heartbeat")


def _fill(now: datetime) -> None:
    """From ids, which are sorted by time, so that only those of the last days are read. A process of the version before
    counts no days, so what it takes meanwhile is missing in them."""
    connection = op.get_bind()
    first = (now - timedelta(days=_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    accounts = sa.table("accounts", _id(), sa.column("confirmed", sa.Boolean), sa.column("admission"))
    posts, comments = sa.table("posts", _id()), sa.table("comments", _id())
    outbox = sa.table("outbox", _id(), sa.column("is_mail", sa.Boolean), sa.column("stage"))
    totals = sa.table("site_totals", *map(sa.column, ("name", "shard", "amount")))
    made = {
        "sign_ups": sa.select(accounts.c.id).where(accounts.c.confirmed, accounts.c.admission == "admitted"),
        "posts": sa.select(posts.c.id),
        "comments": sa.select(comments.c.id),
        # Jobs that ended are kept for seven days. A mail is sent within moments of being asked for.
        "mails": sa.select(outbox.c.id).where(outbox.c.is_mail, outbox.c.stage == "done"),
    }
    for series, ids in made.items():
        each = ids.where(ids.selected_columns.id >= _id_at(first)).subquery()
        day = (each.c.id // sa.literal_column(str(_A_DAY << _RANDOM_BITS), sa.BigInteger)).label("day")
        counted = connection.execute(sa.select(day, sa.func.count()).group_by(day)).all()
        rows = [
            {"name": f"{_day(number).isoformat()} {series}", "shard": 0, "amount": amount} for number, amount in counted
        ]
        if rows:
            connection.execute(sa.insert(totals), rows)


def _id() -> sa.ColumnClause[int]:
    return sa.column("id", sa.BigInteger)


def _id_at(at: datetime) -> int:
    return int(at.timestamp()) * 1_000 << _RANDOM_BITS


def _day(number: int) -> date:
    return datetime.fromtimestamp(number * _A_DAY / 1_000, UTC).date()
