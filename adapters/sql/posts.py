"""Posts in SQL, and in lists and pages."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from adapters.sql.engine import Database
from adapters.sql.members import MEMBER_NAME, counter_named, id_named, member_name_of
from adapters.sql.muted import block_between, is_muted, mute_by, mute_of, parameters_of
from adapters.sql.paging import (
    counted,
    counted_page,
    counted_page_of,
    kept_bounded,
    owned_by,
    page_of,
    windowed,
)
from adapters.sql.tables import accounts, posts
from adapters.sql.tallies import total_of
from adapters.sql.timeline import authors_read, timeline_page, timeline_parameters
from application.ports.paging import Counted, Page, Window
from application.ports.posts import PostCard, PostDetail, SitemapEntry
from application.ports.tallies import Total
from domain.errors import Changed, NotFound
from domain.ids import time_of
from domain.posts import Post, PostHtml, PostText
from domain.roles import Reader


class SqlPosts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, post_id: int) -> Post:
        return self._get(post_id, lock=False)

    def lock(self, post_id: int) -> Post:
        return self._get(post_id, lock=True)

    def add(self, post: Post) -> None:
        self._connection.execute(
            insert(posts).values(
                id=post.id, author_id=post.author_id, version=post.version, comment_count=0, **_values(post)
            )
        )

    def save(self, post: Post) -> None:
        saved = self._connection.execute(
            update(posts)
            .where(posts.c.id == post.id, posts.c.version == post.version)
            .values(version=post.version + 1, **_values(post))
        )
        if not saved.rowcount:
            raise Changed()
        post.version += 1

    def remove(self, post_id: int) -> None:
        self._connection.execute(delete(posts).where(posts.c.id == post_id))

    def some_of(self, author_id: int, limit: int) -> list[int]:
        found = self._connection.execute(select(posts.c.id).where(posts.c.author_id == author_id).limit(limit))
        return list(found.scalars())

    def _get(self, post_id: int, *, lock: bool) -> Post:
        statement = select(posts).where(posts.c.id == post_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NotFound()
        return post_of(row)


def post_of(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        author_id=row.author_id,
        text=PostText(title=row.title, body=row.body),
        html=PostHtml(body_html=row.body_html, excerpt_html=row.excerpt_html, cut=row.cut, version=row.html_version),
        edited_at=row.edited_at,
        version=row.version,
    )


def _values(post: Post) -> dict[str, Any]:
    return {
        "title": post.text.title,
        "body": post.text.body,
        "edited_at": post.edited_at,
        **html_values(post.html),
    }


def html_values(html: PostHtml) -> dict[str, Any]:
    return {
        "body_html": html.body_html,
        "excerpt_html": html.excerpt_html,
        "cut": html.cut,
        "html_version": html.version,
    }


def visible_posts(reader: Reader | None, listed: Select[Any]) -> Select[Any]:  # noqa: ARG001 - unused so far
    """Limits `listed`, which selects from `posts`, to the posts that this reader may see. Everything that shows posts
    starts here. So far every reader sees all posts."""
    return listed


def listed_posts(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    found = visible_posts(reader, listed)
    return _unmuted(found) if reader is not None and reader.mutes else found


@lru_cache(maxsize=64)
def _unmuted(listed: Select[Any]) -> Select[Any]:
    return listed.where(~is_muted(posts.c.author_id))


# No column has the name of a column of a profile, so one row can hold both.
CARD = (
    posts.c.id,
    posts.c.title,
    posts.c.excerpt_html,
    posts.c.cut,
    posts.c.edited_at,
    posts.c.comment_count,
)
_CARDS = select(*CARD, *MEMBER_NAME).join_from(posts, accounts, posts.c.author_id == accounts.c.id)
DETAILS = select(
    posts.c.id,
    posts.c.title,
    posts.c.body,
    posts.c.body_html,
    posts.c.edited_at,
    posts.c.version,
    posts.c.comment_count,
    *MEMBER_NAME,
).join_from(posts, accounts, posts.c.author_id == accounts.c.id)
_IDS = select(posts.c.id)
_SITEMAP = select(posts.c.id, posts.c.edited_at)


class SqlPostFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def post(self, reader: Reader | None, post_id: int) -> PostDetail:
        asked = visible_posts(reader, DETAILS).where(posts.c.id == post_id).add_columns(*standing(reader))
        row = self._database.row(asked, parameters_of(reader))
        return detail_of(row, **standing_of(row))

    def latest(self, reader: Reader | None, window: Window) -> Page[PostCard]:
        rows = self._database.rows(_latest(reader, _CARDS, window), parameters_of(reader, window))
        return page_of(rows, window, card_of)

    def timeline(self, reader: Reader, window: Window) -> Page[PostCard]:
        listed = timeline_page(visible_posts(reader, _CARDS), listed_posts(reader, _IDS), window, mutes=reader.mutes)
        return page_of(self._database.rows(listed, timeline_parameters(reader, window)), window, card_of)

    def whole_latest(self, reader: Reader | None, window: Window) -> Counted[PostDetail]:
        rows = self._database.rows(
            counted(total_of(Total.POSTS), _latest(reader, DETAILS, window)), parameters_of(reader, window)
        )
        return counted_page_of(rows, window, detail_of)

    def whole_timeline(self, reader: Reader, window: Window) -> Counted[PostDetail]:
        listed = timeline_page(visible_posts(reader, DETAILS), listed_posts(reader, _IDS), window, mutes=reader.mutes)
        rows = self._database.rows(_counted_timeline(listed), timeline_parameters(reader, window))
        return counted_page_of(rows, window, detail_of)

    def whole_by(self, reader: Reader | None, username: str, window: Window) -> Counted[PostDetail]:
        theirs = visible_posts(reader, DETAILS).where(owned_by(posts.c.author_id, id_named(username)))
        cut = windowed(theirs, posts.c.id, window, owner=posts.c.author_id)
        return counted_page(self._database, counter_named(username, accounts.c.post_count), cut, window, detail_of)

    def sitemap(self, reader: Reader | None, first: int, end: int, limit: int) -> tuple[SitemapEntry, ...]:
        found = visible_posts(reader, _SITEMAP).where(posts.c.id >= first, posts.c.id < end)
        rows = self._database.rows(found.order_by(posts.c.id).limit(limit))
        return tuple(SitemapEntry(row.id, row.edited_at or time_of(row.id)) for row in rows)


def _latest(reader: Reader | None, constant: Select[Any], window: Window) -> Select[Any]:
    listed = listed_posts(reader, constant)
    if reader is None or not reader.mutes:
        return windowed(listed, posts.c.id, window)
    return kept_bounded(listed, listed_posts(None, _IDS), posts.c.id, window)


@lru_cache(maxsize=32)
def _counted_timeline(listed: Select[Any]) -> Select[Any]:
    written = select(func.sum(accounts.c.post_count).label("count_of_all"))
    return counted(written.where(accounts.c.id.in_(select(authors_read().c.id))), listed)


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
    )


def standing(reader: Reader | None) -> tuple[ColumnElement[Any], ...]:
    """How the reader stands to the author of the row."""
    return mute_by(reader, posts.c.author_id), block_between(reader, posts.c.author_id).label("refuses")


def standing_of(row: Row[Any]) -> dict[str, bool]:
    return {**mute_of(row), "refuses": bool(row.refuses)}


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
        **standing,
    )
