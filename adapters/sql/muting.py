"""Mutes and blocks in SQL, and the lists of members that show them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, or_, select, tuple_

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into
from adapters.sql.member_names import MEMBER_NAME, name_of
from adapters.sql.muted import parameters_of
from adapters.sql.paging import counted_page, owned_by, page_of, windowed
from adapters.sql.people import person, profile_of
from adapters.sql.tables import accounts, mutes
from application.ports.muting import MuteCard, MutedProfile
from application.ports.paging import COUNTED_AT_MOST, CountedUpTo, Page, Window
from domain.muting import Mute
from domain.roles import Reader


class SqlMutes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner_id: int, other_id: int) -> Mute | None:
        row = self._connection.execute(select(mutes).where(_of(owner_id, other_id))).one_or_none()
        if row is None:
            return None
        return Mute(id=row.id, owner_id=row.owner_id, other_id=row.other_id, muted=row.muted, blocked=row.blocked)

    def save(self, mute: Mute) -> None:
        if not mute.hides:
            self._connection.execute(delete(mutes).where(_of(mute.owner_id, mute.other_id)))
            return
        flags = {"muted": mute.muted, "blocked": mute.blocked}
        adding = insert_into(self._connection, mutes).values(
            id=mute.id, owner_id=mute.owner_id, other_id=mute.other_id, **flags
        )
        self._connection.execute(adding.on_conflict_do_update(index_elements=["owner_id", "other_id"], set_=flags))

    def is_block_between(self, one_id: int, other_id: int) -> bool:
        either = or_(_of(one_id, other_id), _of(other_id, one_id))
        found = self._connection.execute(select(mutes.c.id).where(either, mutes.c.blocked).limit(1))
        return found.one_or_none() is not None

    def remove_some_of(self, account_id: int, limit: int) -> int:
        key = (mutes.c.owner_id, mutes.c.other_id)
        removed = 0
        # One after the other, each in the order of its index. For an OR all of both would be read.
        for side in key:
            some = select(*key).where(owned_by(side, account_id)).order_by(side).limit(limit - removed)
            removed += int(self._connection.execute(delete(mutes).where(tuple_(*key).in_(some))).rowcount)
        return removed


def _of(owner_id: int, other_id: int) -> ColumnElement[bool]:
    return and_(mutes.c.owner_id == owner_id, mutes.c.other_id == other_id)


class SqlMuteFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def people(self, reader: Reader, window: Window) -> Page[MuteCard]:
        listed = _others(reader, mutes.c.id, *MEMBER_NAME, mutes.c.muted, mutes.c.blocked)
        cut = windowed(listed, mutes.c.id, window, owner=mutes.c.owner_id)
        return page_of(self._database.rows(cut), window, _card_of)

    def muted_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]:
        return self._profiles(reader, mutes.c.muted, window)

    def blocked_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]:
        return self._profiles(reader, mutes.c.blocked, window)

    def _profiles(self, reader: Reader, shown: ColumnElement[bool], window: Window) -> CountedUpTo[MutedProfile]:
        some = _others(reader, mutes.c.id).where(shown).order_by(mutes.c.owner_id, mutes.c.id)
        count = select(func.count().label("count_of_all")).select_from(some.limit(COUNTED_AT_MOST + 1).subquery())
        listed = _others(reader, mutes.c.id, *person(reader)).where(shown)
        cut = windowed(listed, mutes.c.id, window, owner=mutes.c.owner_id)
        found = counted_page(self._database, count, cut, window, _profile_of, parameters=parameters_of(reader))
        return CountedUpTo(found.page, found.count if found.count <= COUNTED_AT_MOST else None)


def _others(reader: Reader, *columns: ColumnElement[Any]) -> Select[Any]:
    """The rows of this reader, with the members whom they are about."""
    return (
        select(*columns)
        .join_from(mutes, accounts, accounts.c.id == mutes.c.other_id)
        .where(owned_by(mutes.c.owner_id, reader.id), ~accounts.c.deleted)
    )


def _card_of(row: Row[Any]) -> MuteCard:
    return MuteCard(row.id, name_of(row), muted=row.muted, blocked=row.blocked)


def _profile_of(row: Row[Any]) -> MutedProfile:
    return MutedProfile(row.id, profile_of(row))
