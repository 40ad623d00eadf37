"""Profiles in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, false, or_, select, true

from adapters.sql.comments.feeds import OF_ONE_FOR, listed_card_of
from adapters.sql.engine import Database
from adapters.sql.kept import WHOLE, kept
from adapters.sql.lookups import has_row
from adapters.sql.member_names import MEMBER_NAME
from adapters.sql.member_search import contains, has_trigrams, people_by_fts, people_by_trigrams
from adapters.sql.muted import READER, block_between, mute_by, mute_of, parameters_of
from adapters.sql.named import ID_NAMED, IS_NAMED, named
from adapters.sql.paging import bounded, owned_by, page_of, place, windowed
from adapters.sql.posts.feeds import CARD_FOR, card_of
from adapters.sql.restrictions import AT
from adapters.sql.tables import accounts, comments, follows, names, posts
from adapters.sql.visibility import IS_LISTED, comments_of_one, listed_people, people_in_order, posts_of_one
from application.ports.paging import Page, Window
from application.ports.people import Profile, ProfileComments, ProfilePage
from domain.errors import NotFound
from domain.identifiers import username_key
from domain.roles import Reader, Role

_CARDS = {signed_in: select(*card) for signed_in, card in CARD_FOR.items()}
_ALL = select(accounts.c.id).where(IS_LISTED)
_PLACE = place(accounts.c.id)
_RENAMED = select(accounts.c.username).join_from(names, accounts).where(~accounts.c.deleted)


class SqlPeopleFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, reader: Reader | None, username: str, window: Window) -> ProfilePage:
        rows = self._rows(_with_posts(reader, window), reader, username, window)
        return ProfilePage(_seen(rows[0]), page_of(rows, window, card_of))

    def people(self, reader: Reader | None, pattern: str, window: Window, at: datetime) -> Page[Profile]:
        listed = listed_people(reader, select(accounts.c.id, *person(reader), refuses(reader)))
        if not pattern:
            cut = bounded(people_in_order(listed), people_in_order(_ALL), _PLACE, window)
        elif self._database.is_sqlite:
            cut = people_by_fts(listed, _ALL, pattern, window)
        elif has_trigrams(pattern):
            cut = people_by_trigrams(listed, pattern, window, text=accounts.c.names_text, cursor=_PLACE)
        else:
            cut = bounded(listed.where(contains(accounts.c.names_text, pattern)), _ALL, _PLACE, window)
        rows = self._database.rows(cut, {**parameters_of(reader, window), AT.key: at})
        return page_of(rows, window, lambda row: profile_of(row, refuses=bool(row.refuses)))

    def comments(self, reader: Reader | None, username: str, window: Window) -> ProfileComments:
        rows = self._rows(_with_comments(reader, window), reader, username, window)
        page = page_of(rows, window, lambda row: listed_card_of(row, reader))
        return ProfileComments(_seen(rows[0]), page)

    def profile(self, reader: Reader | None, username: str) -> Profile:
        return _seen(self._database.kept_row(_alone(reader, WHOLE), {**parameters_of(reader), **named(username)}))

    def present_username(self, reader: Reader | None, former: str) -> str:
        key = username_key(former)
        renamed = _RENAMED.where(names.c.key == key, accounts.c.username_key != key)
        return str(self._database.row(renamed).username)

    def _rows(self, statement: Select[Any], reader: Reader | None, username: str, window: Window) -> Sequence[Row[Any]]:
        rows = self._database.kept_rows(statement, {**parameters_of(reader, window), **named(username)})
        if not rows:
            raise NotFound()
        return rows


@kept
def _alone(reader: Reader | None, _window: Window) -> Select[Any]:
    found = select(*person(reader)).where(IS_NAMED, ~accounts.c.deleted)
    return found.add_columns(mute_by(reader, accounts.c.id), refuses(reader))


@kept
def _with_posts(reader: Reader | None, window: Window) -> Select[Any]:
    return _with(reader, posts_of_one(reader, _CARDS[reader is not None]), posts, window)


@kept
def _with_comments(reader: Reader | None, window: Window) -> Select[Any]:
    return _with(reader, comments_of_one(reader, OF_ONE_FOR[reader is not None]), comments, window)


def _with(reader: Reader | None, written: Select[Any], table: Table, window: Window) -> Select[Any]:
    """The person, beside each row of the page. There is a row even when the page is empty."""
    by_them = written.where(owned_by(table.c.author_id, ID_NAMED))
    page = windowed(by_them, place(table.c.id), window, owner=table.c.author_id)
    who, theirs = _alone(reader, WHOLE).subquery("who"), page.subquery("theirs")
    return select(who, theirs).join_from(who, theirs, true(), isouter=True)


def refuses(reader: Reader | None) -> ColumnElement[bool]:
    """Whether this reader cannot follow the account of the row, as the column `refuses`."""
    unwanted = false() if reader is None else or_(block_between(reader, accounts.c.id), accounts.c.disabled)
    return unwanted.label("refuses")


def _seen(row: Row[Any]) -> Profile:
    return profile_of(row, **mute_of(row), refuses=bool(row.refuses))


def person(reader: Reader | None) -> tuple[ColumnElement[Any], ...]:
    """The columns of a profile. No column has the name of a column of a PostCard or of a comment of
    one author, so one row can hold both."""
    follows_you: ColumnElement[bool] = false()
    if reader is not None:
        pair = follows.alias()
        follows_you = has_row(pair.c.follower_id == accounts.c.id, pair.c.followed_id == READER)
    return (
        *MEMBER_NAME,
        accounts.c.location,
        accounts.c.about_me,
        accounts.c.last_seen_at,
        accounts.c.post_count.label("written_posts"),
        accounts.c.comment_count.label("written_comments"),
        accounts.c.follower_count,
        accounts.c.following_count,
        followed_by(reader),
        follows_you.label("follows_you"),
    )


def followed_by(reader: Reader | None) -> ColumnElement[bool]:
    """Whether this reader follows the account of the row, as the column `followed`."""
    if reader is None:
        return false().label("followed")
    pair = follows.alias()
    return has_row(pair.c.follower_id == READER, pair.c.followed_id == accounts.c.id).label("followed")


def profile_of(row: Row[Any], **standing: bool) -> Profile:
    return Profile(
        id=row.member_id,
        username=row.member_username,
        name=row.member_name,
        location=row.location,
        about_me=row.about_me,
        role=Role(row.member_role),
        last_seen_at=row.last_seen_at,
        post_count=row.written_posts,
        comment_count=row.written_comments,
        follower_count=row.follower_count,
        following_count=row.following_count,
        followed=bool(row.followed),
        follows_you=bool(row.follows_you),
        picture_id=row.member_picture_id,
        **standing,
    )
