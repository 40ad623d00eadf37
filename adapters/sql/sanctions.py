"""Sanctions in SQL, and those of a member."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from adapters.sql.appeals import RECORD, record_card_of
from adapters.sql.engine import Database
from adapters.sql.paging import counted, owned_by, page_of, windowed
from adapters.sql.tables import moderation_log, sanctions
from application.ports.appeals import RecordCard
from application.ports.paging import COUNTED_AT_MOST, CountedUpTo, Page, Window
from domain.errors import NotFound
from domain.moderation import Act
from domain.roles import Reader
from domain.sanctions import Sanction


class SqlSanctions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, sanction_id: int) -> Sanction:
        row = self._connection.execute(select(sanctions).where(sanctions.c.id == sanction_id)).one_or_none()
        if row is None:
            raise NotFound()
        return _sanction_of(row)

    def add(self, sanction: Sanction) -> None:
        self._connection.execute(
            insert(sanctions).values(
                id=sanction.id,
                account_id=sanction.account_id,
                act=sanction.act.value,
                until=sanction.until,
                **_changing(sanction),
            )
        )

    def save(self, sanction: Sanction) -> None:
        self._connection.execute(update(sanctions).where(sanctions.c.id == sanction.id).values(**_changing(sanction)))

    def holding(self, account_id: int, at: datetime) -> list[Sanction]:
        theirs = select(sanctions).where(
            sanctions.c.account_id == account_id, sanctions.c.lifted_at.is_(None), sanctions.c.until > at
        )
        return [_sanction_of(row) for row in self._connection.execute(theirs.order_by(sanctions.c.id))]

    def some_ended(self, at: datetime, limit: int) -> list[Sanction]:
        ended = select(sanctions).where(~sanctions.c.told, sanctions.c.until <= at)
        ordered = ended.order_by(sanctions.c.until, sanctions.c.id).limit(limit)
        return [_sanction_of(row) for row in self._connection.execute(ordered)]


def _sanction_of(row: Row[Any]) -> Sanction:
    return Sanction(
        id=row.id,
        account_id=row.account_id,
        act=Act(row.act),
        until=row.until,
        lifted_at=row.lifted_at,
        reversed=row.reversed,
        told=row.told,
    )


def _changing(sanction: Sanction) -> dict[str, Any]:
    return {"lifted_at": sanction.lifted_at, "reversed": sanction.reversed, "told": sanction.told}


class SqlSanctionFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_person(self, reader: Reader | None, account_id: int, window: Window) -> CountedUpTo[RecordCard]:
        theirs = RECORD.where(owned_by(sanctions.c.account_id, account_id))
        cut = windowed(theirs, sanctions.c.id, window, owner=sanctions.c.account_id)
        some = select(sanctions.c.id).where(owned_by(sanctions.c.account_id, account_id))
        ordered = some.order_by(sanctions.c.account_id, sanctions.c.id).limit(COUNTED_AT_MOST + 1).subquery("some")
        rows = self._database.rows(counted(select(func.count().label("count_of_all")).select_from(ordered), cut))
        there = [row for row in rows if row.id is not None]
        count = int(rows[0].count_of_all)
        page = page_of(there, window, lambda row: record_card_of(row, reader))
        return CountedUpTo(page, count if count <= COUNTED_AT_MOST else None)

    def about_person(self, reader: Reader | None, account_id: int, window: Window) -> Page[RecordCard]:
        theirs = RECORD.where(owned_by(moderation_log.c.about_id, account_id))
        cut = windowed(theirs, moderation_log.c.id, window, owner=moderation_log.c.about_id)
        return page_of(self._database.rows(cut), window, lambda row: record_card_of(row, reader))

    def sanction(self, reader: Reader | None, sanction_id: int) -> RecordCard:
        return record_card_of(self._database.row(RECORD.where(sanctions.c.id == sanction_id)), reader)
