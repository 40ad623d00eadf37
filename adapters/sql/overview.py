"""What the overview of administrators is made of, in SQL."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Select, func, literal_column, select, true

from adapters.sql.admitting import WAITS
from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into
from adapters.sql.site import total
from adapters.sql.tables import (
    APPEAL_WAITS,
    CASE_WAITS,
    accounts,
    appeals,
    cases,
    comments,
    heartbeat,
    posts,
    site_totals,
)
from adapters.sql.tallies import daily_named, name_of
from application.ports.overview import Queue, Standing
from application.ports.paging import COUNTED_AT_MOST
from application.ports.tallies import Total
from domain.ids import RANDOM_BITS
from domain.joining import Admission
from domain.overview import Daily, Series

_ONE = 1
_MILLISECONDS_OF_A_DAY = 24 * 60 * 60 * 1_000
# Written into the statement, because PostgreSQL takes two placeholders for two expressions.
_IDS_OF_A_DAY = literal_column(str(_MILLISECONDS_OF_A_DAY << RANDOM_BITS), BigInteger)


class SqlHeartbeat:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, at: datetime) -> None:
        added = insert_into(self._connection, heartbeat)
        self._connection.execute(
            added.on_conflict_do_update(index_elements=["id"], set_={"seen_at": added.excluded.seen_at}),
            {"id": _ONE, "seen_at": at},
        )


def _queue(name: str, waiting: Select[Any]) -> FromClause:
    """How many wait, up to COUNTED_AT_MOST, and the smallest id of these. The select has the order of an index."""
    some = waiting.limit(COUNTED_AT_MOST).subquery()
    return select(func.count().label("count"), func.min(some.c.id).label("oldest_id")).select_from(some).subquery(name)


_CASES = _queue("cases_waiting", select(cases.c.id).where(CASE_WAITS).order_by(cases.c.place))
_APPEALS = _queue("appeals_waiting", select(appeals.c.id).where(APPEAL_WAITS).order_by(appeals.c.id))
_PEOPLE = _queue("people_waiting", select(accounts.c.id).where(*WAITS).order_by(accounts.c.id))
_QUEUES = {"cases": _CASES, "appeals": _APPEALS, "people": _PEOPLE}
_TOTALS = (Total.MEMBERS, Total.POSTS, Total.COMMENTS)


def _standing(*, is_sqlite: bool) -> Select[Any]:
    version: ColumnElement[Any] = func.sqlite_version() if is_sqlite else func.current_setting("server_version")
    return select(
        *(total(each) for each in _TOTALS),
        *(
            queue.c[column].label(f"{name}_{column}")
            for name, queue in _QUEUES.items()
            for column in ("count", "oldest_id")
        ),
        select(heartbeat.c.seen_at).where(heartbeat.c.id == _ONE).scalar_subquery().label("worker_seen_at"),
        version.label("version"),
        _size(is_sqlite=is_sqlite).label("bytes"),
    ).select_from(_CASES.join(_APPEALS, true()).join(_PEOPLE, true()))


def _size(*, is_sqlite: bool) -> ColumnElement[Any]:
    if not is_sqlite:
        return func.pg_database_size(func.current_database())
    pages = func.pragma_page_count().table_valued("page_count", name="pages")
    size = func.pragma_page_size().table_valued("page_size", name="sizes")
    return select(pages.c.page_count * size.c.page_size).select_from(pages.join(size, true())).scalar_subquery()


class SqlOverviewFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._standing = _standing(is_sqlite=database.is_sqlite)

    def standing(self) -> Standing:
        row = self._database.row(self._standing)
        name = "SQLite" if self._database.is_sqlite else "PostgreSQL"
        return Standing(
            members=int(row.members),
            posts=int(row.posts),
            comments=int(row.comments),
            cases=Queue(row.cases_count, row.cases_oldest_id),
            appeals=Queue(row.appeals_count, row.appeals_oldest_id),
            people=Queue(row.people_count, row.people_oldest_id),
            worker_seen_at=row.worker_seen_at,
            # Distributions of PostgreSQL say more behind the number.
            storage=f"{name} {row.version.partition(' ')[0]}",
            storage_bytes=int(row.bytes),
        )

    def days(self, first: date, last: date) -> Mapping[Daily, int]:
        # The names of the counters of a day begin with it, and no other name begins with a digit.
        begin, end = first.isoformat(), (last + timedelta(days=1)).isoformat()
        named = (site_totals.c.name >= begin, site_totals.c.name < end)
        amounts = select(site_totals.c.name, func.sum(site_totals.c.amount).label("amount"))
        rows = self._database.rows(amounts.where(*named).group_by(site_totals.c.name))
        return {daily_named(row.name): int(row.amount) for row in rows}


def days_counted(connection: Connection) -> Iterator[dict[str, Any]]:
    """The counters of days anew, from what is there. A sign-up is counted on the day when somebody registered."""
    signed_up = select(accounts.c.id).where(accounts.c.confirmed, accounts.c.admission == Admission.ADMITTED.value)
    made = {Series.SIGN_UPS: signed_up, Series.POSTS: select(posts.c.id), Series.COMMENTS: select(comments.c.id)}
    for series, ids in made.items():
        each = ids.subquery()
        day = (each.c.id // _IDS_OF_A_DAY).label("day")
        for number, amount in connection.execute(select(day, func.count()).group_by(day)):
            yield {"name": name_of(Daily(series, _day(number))), "amount": amount}


def _day(number: int) -> date:
    """The day that is so many days after the first one of 1970."""
    return datetime.fromtimestamp(number * _MILLISECONDS_OF_A_DAY / 1_000, UTC).date()
