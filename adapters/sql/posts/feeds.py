"""Posts in lists and pages."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, bindparam, func, select

from adapters.sql.engine import Database
from adapters.sql.kept import WHOLE, kept
from adapters.sql.liked import liked_and_bookmarked, liked_and_bookmarked_of, watched
from adapters.sql.member_names import MEMBER_NAME, member_name_of
from adapters.sql.muted import block_between, mute_by, mute_of, parameters_of
from adapters.sql.named import ID_NAMED, counter_named, named
from adapters.sql.paging import (
    counted,
    counted_page_of,
    kept_bounded,
    owned_by,
    page_of,
    place,
    windowed,
)
from adapters.sql.posts.storing import tags_of
from adapters.sql.tables import accounts, posts
from adapters.sql.tallies import total_of
from adapters.sql.timeline import authors_read, timeline_page, timeline_parameters
from adapters.sql.visibility import absence, in_order, listed_posts, posts_of_one, visible_posts
from application.ports.paging import Counted, Page, Window
from application.ports.posts import PostCard, PostDetail, SitemapEntry
from application.ports.tallies import Total
from domain.ids import time_of
from domain.roles import Reader

# No column has the name of a column of a profile, so one row can hold both.
CARD = (
    posts.c.id,
    posts.c.title,
    posts.c.excerpt_html,
    posts.c.cut,
    posts.c.edited_at,
    posts.c.comment_count,
    posts.c.like_count,
    posts.c.tags,
    posts.c.picture_id,
)
# By whether a reader is signed in.
CARD_FOR = {signed_in: (*CARD, *liked_and_bookmarked(signed_in=signed_in)) for signed_in in (False, True)}
CARDS_FOR = {
    signed_in: select(*card, *MEMBER_NAME).join_from(posts, accounts, posts.c.author_id == accounts.c.id)
    for signed_in, card in CARD_FOR.items()
}
DETAILS = select(
    posts.c.id,
    posts.c.title,
    posts.c.body,
    posts.c.body_html,
    posts.c.edited_at,
    posts.c.version,
    posts.c.comment_count,
    posts.c.like_count,
    posts.c.tags,
    posts.c.picture_id,
    posts.c.hidden_by,
    posts.c.hidden_reason,
    posts.c.closed,
    *MEMBER_NAME,
).join_from(posts, accounts, posts.c.author_id == accounts.c.id)
DETAILS_FOR = {
    signed_in: DETAILS.add_columns(*liked_and_bookmarked(signed_in=signed_in)) for signed_in in (False, True)
}
IDS = select(posts.c.id)
_PLACE = place(posts.c.id)
_ALL_CARDS, _ALL_DETAILS = (
    {signed_in: in_order(listed) for signed_in, listed in lists.items()} for lists in (CARDS_FOR, DETAILS_FOR)
)
_ALL_IDS = in_order(IDS)
_SITEMAP = in_order(select(posts.c.id, posts.c.edited_at))


class SqlPostFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._on_postgres = not database.is_sqlite

    def post(self, reader: Reader | None, post_id: int) -> PostDetail:
        rows = self._database.kept_rows(_one(reader, WHOLE), {**parameters_of(reader), "post_id": post_id})
        if not rows:
            raise absence(self._database, post_id)
        return detail_of(rows[0], **standing_of(rows[0]))

    def latest(self, reader: Reader | None, window: Window) -> Page[PostCard]:
        rows = self._database.kept_rows(_latest_cards(reader, window), parameters_of(reader, window))
        return page_of(rows, window, card_of)

    def timeline(self, reader: Reader, window: Window) -> Page[PostCard]:
        listed = timeline_page(reader, CARDS_FOR[True], window, on_postgres=self._on_postgres)
        parameters = timeline_parameters(reader, window, on_postgres=self._on_postgres)
        rows = self._database.kept_rows(listed, parameters)
        return page_of(rows, window, card_of)

    def whole_latest(self, reader: Reader | None, window: Window) -> Counted[PostDetail]:
        rows = self._database.kept_rows(_latest_details(reader, window), parameters_of(reader, window))
        return counted_page_of(rows, window, listed_detail_of)

    def whole_timeline(self, reader: Reader, window: Window) -> Counted[PostDetail]:
        listed = timeline_page(reader, DETAILS_FOR[True], window, on_postgres=self._on_postgres)
        parameters = timeline_parameters(reader, window, on_postgres=self._on_postgres)
        rows = self._database.kept_rows(_counted_timeline(listed), parameters)
        return counted_page_of(rows, window, listed_detail_of)

    def whole_by(self, reader: Reader | None, username: str, window: Window) -> Counted[PostDetail]:
        parameters = {**parameters_of(reader, window), **named(username)}
        return counted_page_of(self._database.kept_rows(_by(reader, window), parameters), window, listed_detail_of)

    def sitemap(self, reader: Reader | None, first: int, end: int, limit: int) -> tuple[SitemapEntry, ...]:
        found = listed_posts(reader, _SITEMAP).where(first <= _PLACE, end > _PLACE)
        rows = self._database.rows(found.order_by(_PLACE).limit(limit), parameters_of(reader))
        return tuple(SitemapEntry(row.id, row.edited_at or time_of(row.id)) for row in rows)


@kept
def _one(reader: Reader | None, _window: Window) -> Select[Any]:
    there = posts.c.id == bindparam("post_id", type_=BigInteger())
    return visible_posts(reader, DETAILS).where(there).add_columns(*standing(reader))


@kept
def _latest_cards(reader: Reader | None, window: Window) -> Select[Any]:
    return _latest(reader, _ALL_CARDS[reader is not None], window)


@kept
def _latest_details(reader: Reader | None, window: Window) -> Select[Any]:
    return counted(total_of(Total.POSTS), _latest(reader, _ALL_DETAILS[reader is not None], window))


@kept
def _by(reader: Reader | None, window: Window) -> Select[Any]:
    theirs = posts_of_one(reader, DETAILS_FOR[reader is not None]).where(owned_by(posts.c.author_id, ID_NAMED))
    cut = windowed(theirs, _PLACE, window, owner=posts.c.author_id)
    return counted(counter_named(accounts.c.post_count), cut)


def _latest(reader: Reader | None, constant: Select[Any], window: Window) -> Select[Any]:
    listed = listed_posts(reader, constant)
    if reader is None or not reader.mutes:
        return windowed(listed, _PLACE, window)
    return kept_bounded(listed, listed_posts(None, _ALL_IDS), _PLACE, window)


@lru_cache(maxsize=32)
def _counted_timeline(listed: Select[Any]) -> Select[Any]:
    authors = authors_read(accounts.c.post_count)
    return counted(select(func.sum(authors.c.post_count).label("count_of_all")), listed)


def card_of(row: Row[Any]) -> PostCard:
    return PostCard(
        id=row.id,
        author=member_name_of(row),
        author_id=row.member_id,
        title=row.title,
        excerpt_html=row.excerpt_html,
        cut=row.cut,
        edited_at=row.edited_at,
        comment_count=row.comment_count,
        like_count=row.like_count,
        tags=tags_of(row),
        picture_id=row.picture_id,
        **liked_and_bookmarked_of(row),
    )


def standing(reader: Reader | None) -> tuple[ColumnElement[Any], ...]:
    """How the reader stands to the post of the row, and to its author."""
    signed_in = reader is not None
    return (
        mute_by(reader, posts.c.author_id),
        block_between(reader, posts.c.author_id).label("refuses"),
        *liked_and_bookmarked(signed_in=signed_in),
        watched(signed_in=signed_in),
    )


def standing_of(row: Row[Any]) -> dict[str, bool]:
    return {**mute_of(row), **liked_and_bookmarked_of(row), "refuses": bool(row.refuses), "watched": bool(row.watched)}


def listed_detail_of(row: Row[Any]) -> PostDetail:
    return detail_of(row, **liked_and_bookmarked_of(row))


def detail_of(row: Row[Any], **standing: bool) -> PostDetail:
    return PostDetail(
        id=row.id,
        author=member_name_of(row),
        author_id=row.member_id,
        title=row.title,
        body=row.body,
        body_html=row.body_html,
        edited_at=row.edited_at,
        version=row.version,
        comment_count=row.comment_count,
        like_count=row.like_count,
        hidden_by=row.hidden_by,
        hidden_reason=row.hidden_reason,
        closed=row.closed,
        tags=tags_of(row),
        picture_id=row.picture_id,
        **standing,
    )
