"""Posts in SQL, and in lists and pages."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from adapters.sql.engine import Database
from adapters.sql.liked import liked_and_bookmarked, liked_and_bookmarked_of, watched
from adapters.sql.members import MEMBER_NAME, counter_named, id_named, member_name_of
from adapters.sql.muted import block_between, mute_by, mute_of, parameters_of
from adapters.sql.paging import (
    counted,
    counted_page,
    counted_page_of,
    kept_bounded,
    owned_by,
    page_of,
    place,
    windowed,
)
from adapters.sql.searching.columns import added_post, saved_post
from adapters.sql.tables import accounts, posts
from adapters.sql.tallies import total_of
from adapters.sql.timeline import authors_read, timeline_page, timeline_parameters
from adapters.sql.visibility import absence, in_order, listed_posts, posts_of_one, visible_posts
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
                id=post.id,
                author_id=post.author_id,
                version=post.version,
                comment_count=0,
                **_values(post),
                **added_post(post),
            )
        )

    def save(self, post: Post) -> None:
        saved = self._connection.execute(
            update(posts)
            .where(posts.c.id == post.id, posts.c.version == post.version)
            .values(version=post.version + 1, **_values(post), **saved_post(post))
        )
        if not saved.rowcount:
            raise Changed()
        post.version += 1

    def remove(self, post_id: int) -> None:
        self._connection.execute(delete(posts).where(posts.c.id == post_id))

    def listed_among(self, post_ids: Sequence[int]) -> set[int]:
        if not post_ids:
            return set()
        found = listed_posts(None, IDS).where(posts.c.id.in_(post_ids))
        return set(self._connection.execute(found).scalars())

    def some_of(self, author_id: int, limit: int) -> list[int]:
        found = self._connection.execute(select(posts.c.id).where(posts.c.author_id == author_id).limit(limit))
        return list(found.scalars())

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        found = select(posts.c.id).where(
            posts.c.author_id == author_id, posts.c.id < before_id, posts.c.hidden_by.is_(None)
        )
        newest_first = found.order_by(posts.c.author_id.desc(), posts.c.id.desc()).limit(limit)
        return list(self._connection.execute(newest_first).scalars())

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        found = select(posts.c.id).where(posts.c.hidden_by == entry_id, posts.c.hidden_by.is_not(None))
        return list(self._connection.execute(found.order_by(posts.c.hidden_by, posts.c.id).limit(limit)).scalars())

    def _get(self, post_id: int, *, lock: bool) -> Post:
        statement = select(*POST).where(posts.c.id == post_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NotFound()
        return post_of(row)


# Without what is kept for the search, which is as long as the text.
POST = tuple(column for column in posts.c if not column.name.startswith("search_"))


def post_of(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        author_id=row.author_id,
        text=PostText(title=row.title, body=row.body, tags=tags_of(row)),
        html=PostHtml(body_html=row.body_html, excerpt_html=row.excerpt_html, cut=row.cut, version=row.html_version),
        edited_at=row.edited_at,
        version=row.version,
        hidden_by=row.hidden_by,
        hidden_reason=row.hidden_reason,
        closed=row.closed,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
    )


def tags_of(row: Row[Any]) -> tuple[str, ...]:
    return tuple(row.tags.split())


def _values(post: Post) -> dict[str, Any]:
    return {
        "title": post.text.title,
        "body": post.text.body,
        "tags": " ".join(post.tags),
        "edited_at": post.edited_at,
        "hidden_by": post.hidden_by,
        "hidden_reason": post.hidden_reason,
        "closed": post.closed,
        "deleted_at": post.deleted_at,
        "deleted_by": post.deleted_by,
        **html_values(post.html),
    }


def html_values(html: PostHtml) -> dict[str, Any]:
    return {
        "body_html": html.body_html,
        "excerpt_html": html.excerpt_html,
        "cut": html.cut,
        "html_version": html.version,
    }


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

    def post(self, reader: Reader | None, post_id: int) -> PostDetail:
        asked = visible_posts(reader, DETAILS).where(posts.c.id == post_id).add_columns(*standing(reader))
        rows = self._database.rows(asked, parameters_of(reader))
        if not rows:
            raise absence(self._database, post_id)
        return detail_of(rows[0], **standing_of(rows[0]))

    def latest(self, reader: Reader | None, window: Window) -> Page[PostCard]:
        rows = self._database.rows(
            _latest(reader, _ALL_CARDS[reader is not None], window), parameters_of(reader, window)
        )
        return page_of(rows, window, card_of)

    def timeline(self, reader: Reader, window: Window) -> Page[PostCard]:
        listed = timeline_page(
            listed_posts(reader, CARDS_FOR[True]), listed_posts(reader, IDS), window, mutes=reader.mutes
        )
        return page_of(self._database.rows(listed, timeline_parameters(reader, window)), window, card_of)

    def whole_latest(self, reader: Reader | None, window: Window) -> Counted[PostDetail]:
        page = counted(total_of(Total.POSTS), _latest(reader, _ALL_DETAILS[reader is not None], window))
        rows = self._database.rows(page, parameters_of(reader, window))
        return counted_page_of(rows, window, listed_detail_of)

    def whole_timeline(self, reader: Reader, window: Window) -> Counted[PostDetail]:
        listed = timeline_page(
            listed_posts(reader, DETAILS_FOR[True]), listed_posts(reader, IDS), window, mutes=reader.mutes
        )
        rows = self._database.rows(_counted_timeline(listed), timeline_parameters(reader, window))
        return counted_page_of(rows, window, listed_detail_of)

    def whole_by(self, reader: Reader | None, username: str, window: Window) -> Counted[PostDetail]:
        theirs = posts_of_one(reader, DETAILS_FOR[reader is not None]).where(
            owned_by(posts.c.author_id, id_named(username))
        )
        cut = windowed(theirs, _PLACE, window, owner=posts.c.author_id)
        count = counter_named(username, accounts.c.post_count)
        parameters = parameters_of(reader)
        return counted_page(self._database, count, cut, window, listed_detail_of, parameters=parameters)

    def sitemap(self, reader: Reader | None, first: int, end: int, limit: int) -> tuple[SitemapEntry, ...]:
        found = listed_posts(reader, _SITEMAP).where(first <= _PLACE, end > _PLACE)
        rows = self._database.rows(found.order_by(_PLACE).limit(limit), parameters_of(reader))
        return tuple(SitemapEntry(row.id, row.edited_at or time_of(row.id)) for row in rows)


def _latest(reader: Reader | None, constant: Select[Any], window: Window) -> Select[Any]:
    listed = listed_posts(reader, constant)
    if reader is None or not reader.mutes:
        return windowed(listed, _PLACE, window)
    return kept_bounded(listed, listed_posts(None, _ALL_IDS), _PLACE, window)


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
        like_count=row.like_count,
        tags=tags_of(row),
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
        **standing,
    )
