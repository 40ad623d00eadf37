"""Lists of whole objects with their number, for programs. Each is one statement: the number beside every row."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select, true, union_all

from adapters.sql.feeds import SqlFeed
from adapters.sql.pages import page_of, windowed
from adapters.sql.records import COMMENTS, FACE, LOG, comment_of, detail_of, entry_of, person, profile_of
from adapters.sql.tables import accounts, comments, follows, moderation_log, posts, site_totals
from application.feeds import CommentCard, Counted, FollowProfile, LogCard, Mark, PostDetail, Window
from application.ports import Total
from domain.errors import NotFound
from domain.ids import time_of
from domain.roles import Reader

T = TypeVar("T")

_DETAILS = select(
    posts.c.id,
    posts.c.title,
    posts.c.body,
    posts.c.body_html,
    posts.c.edited_at,
    posts.c.version,
    posts.c.comment_count,
    *FACE,
).join_from(posts, accounts, posts.c.author_id == accounts.c.id)


class SqlCatalogueFeeds(SqlFeed):
    def posts(self, window: Window) -> Counted[PostDetail]:
        return self._counted(_total(Total.POSTS), _DETAILS, posts.c.id, window, detail_of)

    def posts_of(self, username: str, window: Window) -> Counted[PostDetail]:
        whose = posts.c.author_id == _id_of(username)
        return self._counted(_of(username, accounts.c.post_count), _DETAILS.where(whose), posts.c.id, window, detail_of)

    def timeline(self, reader_id: int, window: Window) -> Counted[PostDetail]:
        followed = select(follows.c.followed_id).where(follows.c.follower_id == reader_id)
        authors = accounts.c.id.in_(union_all(select(literal(reader_id, accounts.c.id.type)), followed))
        count = select(func.sum(accounts.c.post_count).label("count_of_all")).where(authors)
        listed = _DETAILS.where(_read_by(reader_id))
        return self._counted(count, listed, posts.c.id, window, detail_of)

    def marks(self, first: int, end: int, limit: int) -> tuple[Mark, ...]:
        rows = self._rows(
            select(posts.c.id, posts.c.edited_at)
            .where(posts.c.id >= first, posts.c.id < end)
            .order_by(posts.c.id)
            .limit(limit)
        )
        return tuple(Mark(row.id, row.edited_at or time_of(row.id)) for row in rows)

    def comments(self, window: Window, reader: Reader) -> Counted[CommentCard]:
        return self._counted(
            _total(Total.COMMENTS),
            COMMENTS,
            comments.c.id,
            window,
            lambda row: comment_of(row, reader, row.post_title),
        )

    def followers(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        which = follows.c.followed_id == _id_of(username)
        listed = _people(follows.c.follower_id, reader).where(which)
        return self._counted(_of(username, accounts.c.follower_count), listed, follows.c.id, window, _follow_profile)

    def following(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        which = follows.c.follower_id == _id_of(username)
        listed = _people(follows.c.followed_id, reader).where(which)
        return self._counted(_of(username, accounts.c.following_count), listed, follows.c.id, window, _follow_profile)

    def log(self, window: Window) -> Counted[LogCard]:
        return self._counted(_total(Total.LOG_ENTRIES), LOG, moderation_log.c.id, window, entry_of)

    def _counted(
        self,
        count: Select[Any],
        listed: Select[Any],
        cursor: ColumnElement[int],
        window: Window,
        record: Callable[[Row[Any]], T],
    ) -> Counted[T]:
        """Raises NotFound where `count` has no row: whose list it is, is not there."""
        counted, page = count.subquery("counted"), windowed(listed, cursor, window).subquery("page")
        rows = self._rows(select(counted, page).join_from(counted, page, true(), isouter=True))
        if not rows:
            raise NotFound()
        there = [row for row in rows if row.id is not None]
        return Counted(page_of(there, window, record), int(rows[0].count_of_all or 0))


def _total(total: Total) -> Select[Any]:
    return select(func.sum(site_totals.c.amount).label("count_of_all")).where(site_totals.c.name == total.value)


def _of(username: str, counter: ColumnElement[int]) -> Select[Any]:
    return select(counter.label("count_of_all")).where(accounts.c.username_key == username.lower(), ~accounts.c.deleted)


def _id_of(username: str) -> ColumnElement[int]:
    return select(accounts.c.id).where(accounts.c.username_key == username.lower()).scalar_subquery()


def _read_by(reader_id: int) -> ColumnElement[bool]:
    followed = exists().where(follows.c.follower_id == reader_id, follows.c.followed_id == posts.c.author_id)
    return or_(posts.c.author_id == reader_id, followed)


def _people(shown: ColumnElement[int], reader: Reader) -> Select[Any]:
    return (
        select(follows.c.id, *person(reader.id))
        .join_from(follows, accounts, accounts.c.id == shown)
        .where(~accounts.c.deleted)
    )


def _follow_profile(row: Row[Any]) -> FollowProfile:
    return FollowProfile(row.id, profile_of(row))
