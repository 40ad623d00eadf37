"""Follows in SQL, and the lists of members that show them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, or_, select

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.members import MEMBER_NAME, counter_named, id_named, name_of
from adapters.sql.paging import counted_page, page_of, place, windowed
from adapters.sql.people import followed_by, person, profile_of
from adapters.sql.tables import accounts, follows, posts
from adapters.sql.visibility import in_order, listed_posts
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
        rows = self._connection.execute(
            select(follows)
            .where(or_(follows.c.follower_id == account_id, follows.c.followed_id == account_id))
            .limit(limit)
        )
        return [Follow(id=row.id, follower_id=row.follower_id, followed_id=row.followed_id) for row in rows]


_AUTHORS = in_order(select(posts.c.author_id))


class SqlFollowFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def followers(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        return self._cards(reader, follows.c.followed_id == account_id, follows.c.follower_id, window)

    def following(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        return self._cards(reader, follows.c.follower_id == account_id, follows.c.followed_id, window)

    def follower_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        listed = _people(follows.c.follower_id, reader).where(follows.c.followed_id == id_named(username))
        count = counter_named(username, accounts.c.follower_count)
        return counted_page(self._database, count, windowed(listed, follows.c.id, window), window, _profile_of)

    def following_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        listed = _people(follows.c.followed_id, reader).where(follows.c.follower_id == id_named(username))
        count = counter_named(username, accounts.c.following_count)
        return counted_page(self._database, count, windowed(listed, follows.c.id, window), window, _profile_of)

    def suggestions(self, reader: Reader, limit: int) -> tuple[Profile, ...]:
        lately = listed_posts(reader, _AUTHORS).order_by(place(posts.c.id).desc()).limit(LATELY)
        followed = exists().where(follows.c.follower_id == reader.id, follows.c.followed_id == accounts.c.id)
        rows = self._database.rows(
            select(*person(reader))
            .where(accounts.c.id.in_(lately), accounts.c.id != reader.id, ~followed)
            .where(~accounts.c.disabled, ~accounts.c.deleted)
            .order_by(accounts.c.follower_count.desc(), accounts.c.id.desc())
            .limit(limit)
        )
        return tuple(map(profile_of, rows))

    def _cards(
        self, reader: Reader | None, whose: ColumnElement[bool], shown: ColumnElement[int], window: Window
    ) -> Page[FollowCard]:
        listed = (
            select(follows.c.id, *MEMBER_NAME, followed_by(reader))
            .join_from(follows, accounts, accounts.c.id == shown)
            .where(whose, ~accounts.c.deleted)
        )
        return page_of(self._database.rows(windowed(listed, follows.c.id, window)), window, _card_of)


def _people(shown: ColumnElement[int], reader: Reader | None) -> Select[Any]:
    return (
        select(follows.c.id, *person(reader))
        .join_from(follows, accounts, accounts.c.id == shown)
        .where(~accounts.c.deleted)
    )


def _card_of(row: Row[Any]) -> FollowCard:
    return FollowCard(row.id, name_of(row), followed=bool(row.followed))


def _profile_of(row: Row[Any]) -> FollowProfile:
    return FollowProfile(row.id, profile_of(row))
