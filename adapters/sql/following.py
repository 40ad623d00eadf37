"""Follows in SQL, and the lists of members that show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, or_, select

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.lookups import has_row
from adapters.sql.member_names import MEMBER_NAME, name_of
from adapters.sql.muted import READER, block_between, is_muted, parameters_of
from adapters.sql.named import ID_NAMED, counter_named, named
from adapters.sql.paging import bounded, counted_page, owned_by, page_of, place, windowed
from adapters.sql.people import followed_by, person, profile_of, refuses
from adapters.sql.restrictions import AT
from adapters.sql.tables import accounts, follows, posts
from adapters.sql.visibility import in_order, listed_people, posts_of_one
from application.ports.following import LATELY, FollowCard, FollowProfile
from application.ports.paging import Counted, Page, Window
from application.ports.people import Profile
from domain.following import Follow
from domain.roles import Reader


class SqlFollows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, follow: Follow) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, follows, "follower_id", "followed_id").values(
                id=follow.id, follower_id=follow.follower_id, followed_id=follow.followed_id
            )
        )
        return bool(added.rowcount)

    def remove(self, follower_id: int, followed_id: int) -> bool:
        removed = self._connection.execute(
            delete(follows).where(follows.c.follower_id == follower_id, follows.c.followed_id == followed_id)
        )
        return bool(removed.rowcount)

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        # One after the other, each in the order of its index. For an OR all of both would be read.
        found = list[Follow]()
        for side in (follows.c.follower_id, follows.c.followed_id):
            theirs = select(follows).where(owned_by(side, account_id)).order_by(side, follows.c.id)
            rows = self._connection.execute(theirs.limit(limit - len(found)))
            found += [Follow(id=row.id, follower_id=row.follower_id, followed_id=row.followed_id) for row in rows]
        return found


_AUTHORS = in_order(select(posts.c.author_id))


@dataclass(frozen=True, slots=True)
class _Side:
    """The column that says whose list it is, and the column of the members on it."""

    owner: ColumnElement[int]
    shown: ColumnElement[int]


_FOLLOWERS = _Side(owner=follows.c.followed_id, shown=follows.c.follower_id)
_FOLLOWED = _Side(owner=follows.c.follower_id, shown=follows.c.followed_id)


class SqlFollowFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def followers(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        return self._cards(reader, _FOLLOWERS, account_id, window)

    def following(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        return self._cards(reader, _FOLLOWED, account_id, window)

    def follower_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        count = counter_named(accounts.c.follower_count)
        return self._profiles(reader, _FOLLOWERS, count, username, window)

    def following_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        count = counter_named(accounts.c.following_count)
        return self._profiles(reader, _FOLLOWED, count, username, window)

    def suggestions(self, reader: Reader, limit: int, at: datetime) -> tuple[Profile, ...]:
        lately = posts_of_one(reader, _AUTHORS).order_by(place(posts.c.id).desc()).limit(LATELY)
        followed = has_row(follows.c.follower_id == reader.id, follows.c.followed_id == accounts.c.id)
        # Whom the reader mutes is left out of the authors, not of the posts: no more posts are read than LATELY.
        some = (
            listed_people(reader, select(*person(reader)))
            .where(accounts.c.id.in_(lately), accounts.c.id != reader.id, ~followed)
            .where(~block_between(reader, accounts.c.id))
            .order_by(accounts.c.follower_count.desc(), accounts.c.id.desc())
            .limit(limit)
        )
        rows = self._database.rows(some, {**parameters_of(reader), AT.key: at})
        return tuple(map(profile_of, rows))

    def _cards(self, reader: Reader | None, side: _Side, account_id: int, window: Window) -> Page[FollowCard]:
        columns = (*MEMBER_NAME, followed_by(reader), refuses(reader))
        cut = _cut(reader, columns, side, side.owner == account_id, window)
        return page_of(self._database.rows(cut, parameters_of(reader, window)), window, _card_of)

    def _profiles(
        self, reader: Reader | None, side: _Side, count: Select[Any], username: str, window: Window
    ) -> Counted[FollowProfile]:
        cut = _cut(reader, person(reader), side, side.owner == ID_NAMED, window)
        parameters = {**parameters_of(reader, window), **named(username)}
        return counted_page(self._database, count, cut, window, _profile_of, parameters=parameters)


def _cut(
    reader: Reader | None,
    columns: Iterable[ColumnElement[Any]],
    side: _Side,
    whose: ColumnElement[bool],
    window: Window,
) -> Select[Any]:
    """It leaves out whom the reader mutes, but not on the reader's own lists."""
    listed = (
        select(follows.c.id, *columns)
        .join_from(follows, accounts, accounts.c.id == side.shown)
        .where(whose, ~accounts.c.deleted)
    )
    if reader is None or not reader.mutes:
        return windowed(listed, follows.c.id, window)
    unmuted = listed.where(or_(side.owner == READER, ~is_muted(side.shown)))
    return bounded(unmuted, select(follows.c.id).where(whose), follows.c.id, window)


def _card_of(row: Row[Any]) -> FollowCard:
    return FollowCard(row.id, name_of(row), followed=bool(row.followed), refuses=bool(row.refuses))


def _profile_of(row: Row[Any]) -> FollowProfile:
    return FollowProfile(row.id, profile_of(row))
