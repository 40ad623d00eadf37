"""The lists of moderators and administrators, and what a member takes home. Use cases in front check who asks."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, exists, or_, select

from adapters.sql.feeds import SqlFeed, SqlPeopleFeeds
from adapters.sql.pages import page_of, windowed
from adapters.sql.records import COMMENTS, FACE, LOG, comment_of, detail_of, entry_of
from adapters.sql.tables import accounts, comments, moderation_log, outbox, posts
from application.feeds import (
    CommentCard,
    FollowCard,
    LogCard,
    MailCard,
    MemberCard,
    Page,
    PostDetail,
    Window,
)
from domain.outbox import Kind, State
from domain.roles import Reader, Role

BATCH = 200


class SqlModerationFeeds(SqlFeed):
    def comments(self, window: Window, reader: Reader) -> Page[CommentCard]:
        rows = self._rows(windowed(COMMENTS, comments.c.id, window))
        return page_of(rows, window, lambda row: comment_of(row, reader, row.post_title))

    def log(self, window: Window) -> Page[LogCard]:
        return page_of(self._rows(windowed(LOG, moderation_log.c.id, window)), window, entry_of)


_MEMBERS = select(accounts).where(~accounts.c.deleted)


class SqlMemberFeeds(SqlFeed):
    def search(self, prefix: str, window: Window) -> Page[MemberCard]:
        listed = _MEMBERS
        if prefix:
            start = prefix.casefold()
            end = start + chr(0x10FFFF)
            listed = listed.where(
                or_(*(column.between(start, end) for column in (accounts.c.username_key, accounts.c.email_key)))
            )
        return page_of(self._rows(windowed(listed, accounts.c.id, window)), window, _member)

    def member(self, username: str) -> MemberCard:
        return _member(self._row(_MEMBERS.where(accounts.c.username_key == username.lower())))

    def is_empty(self) -> bool:
        return not self._rows(select(exists(select(accounts.c.id))))[0][0]


def _member(row: Row[Any]) -> MemberCard:
    return MemberCard(
        id=row.id,
        username=row.username,
        email=row.email,
        name=row.name,
        location=row.location,
        about_me=row.about_me,
        role=Role(row.role),
        confirmed=row.confirmed,
        disabled=row.disabled,
        last_seen_at=row.last_seen_at,
    )


class SqlOutboxFeeds(SqlFeed):
    def latest(self, window: Window) -> Page[MailCard]:
        return page_of(self._rows(windowed(select(outbox), outbox.c.id, window)), window, _mail)


def _mail(row: Row[Any]) -> MailCard:
    return MailCard(
        id=row.id,
        kind=Kind(row.kind),
        address=row.address,
        state=State(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        last_error=row.last_error,
    )


class SqlArchiveFeeds(SqlFeed):
    def posts(self, account_id: int) -> Iterator[PostDetail]:
        listed = (
            select(posts, *FACE)
            .join_from(posts, accounts, posts.c.author_id == accounts.c.id)
            .where(posts.c.author_id == account_id)
        )
        return (detail_of(row) for row in self._batches(listed, posts.c.id))

    def comments(self, account_id: int) -> Iterator[CommentCard]:
        listed = COMMENTS.where(comments.c.author_id == account_id)
        return (comment_of(row, None, row.post_title) for row in self._batches(listed, comments.c.id))

    def following(self, account_id: int) -> Iterator[FollowCard]:
        people = SqlPeopleFeeds(self._database)
        cursor: int | None = 0
        while cursor is not None:
            page = people.following(account_id, Window(BATCH, after=cursor))
            yield from reversed(page.items)
            cursor = page.after

    def _batches(self, listed: Select[Any], cursor: Any) -> Iterator[Row[Any]]:
        last = 0
        while rows := self._rows(listed.where(cursor > last).order_by(cursor).limit(BATCH)):
            yield from rows
            last = rows[-1].id
