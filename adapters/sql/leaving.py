"""The export of a member's data from SQL."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Row, Select, case, select

from adapters.sql.comments.feeds import BELOW, card_of
from adapters.sql.engine import Database
from adapters.sql.following import SqlFollowFeeds
from adapters.sql.muted import parameters_of
from adapters.sql.muting import SqlMuteFeeds
from adapters.sql.paging import owned_by
from adapters.sql.posts.feeds import DETAILS, detail_of
from adapters.sql.tables import (
    bookmarks,
    cases,
    comment_likes,
    comments,
    picture_uses,
    pictures,
    post_likes,
    posts,
    reports,
    watches,
)
from adapters.sql.visibility import post_is_visible, visible_posts
from application.ports.cases import OwnReport
from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.leaving import OwnPicture
from application.ports.liking import OwnLike
from application.ports.muting import MuteCard
from application.ports.paging import Window
from application.ports.posts import PostDetail
from domain.bookmarks import Bookmark
from domain.cases import ReportKind
from domain.moderation import SITE_ID, SubjectKind
from domain.roles import Reader
from domain.watching import Watch

BATCH = 200


class SqlArchiveFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def posts(self, reader: Reader) -> Iterator[PostDetail]:
        written = visible_posts(reader, DETAILS).where(owned_by(posts.c.author_id, reader.id))
        rows = self._batches(written.params(parameters_of(reader)), posts.c.author_id, posts.c.id)
        return map(detail_of, rows)

    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        # Also those below a post that the member may not see any more. Its title is not theirs.
        title = case((post_is_visible(reader), posts.c.title), else_="").label("post_title")
        kept = BELOW.add_columns(title).where(comments.c.deleted_at.is_(None))
        written = kept.where(owned_by(comments.c.author_id, reader.id))
        rows = self._batches(written.params(parameters_of(reader)), comments.c.author_id, comments.c.id)
        return (replace(card_of(row, reader, row.post_title), body=row.body, body_html=row.body_html) for row in rows)

    def following(self, reader: Reader) -> Iterator[FollowCard]:
        feeds = SqlFollowFeeds(self._database)
        cursor: int | None = 0
        while cursor is not None:
            page = feeds.following(reader, reader.id, Window(BATCH, after=cursor))
            yield from reversed(page.items)
            cursor = page.after

    def mutes(self, reader: Reader) -> Iterator[MuteCard]:
        feeds = SqlMuteFeeds(self._database)
        cursor: int | None = 0
        while cursor is not None:
            page = feeds.people(reader, Window(BATCH, after=cursor))
            yield from reversed(page.items)
            cursor = page.after

    def likes(self, reader: Reader) -> Iterator[OwnLike]:
        of_posts = select(post_likes.c.id, post_likes.c.post_id).where(owned_by(post_likes.c.account_id, reader.id))
        for row in self._batches(of_posts, post_likes.c.account_id, post_likes.c.id):
            yield OwnLike(row.id, row.post_id, None)
        of_comments = (
            select(comment_likes.c.id, comment_likes.c.comment_id, comments.c.post_id)
            .join_from(comment_likes, comments)
            .where(owned_by(comment_likes.c.account_id, reader.id))
        )
        for row in self._batches(of_comments, comment_likes.c.account_id, comment_likes.c.id):
            yield OwnLike(row.id, row.post_id, row.comment_id)

    def bookmarks(self, reader: Reader) -> Iterator[Bookmark]:
        theirs = select(bookmarks).where(owned_by(bookmarks.c.account_id, reader.id))
        rows = self._batches(theirs, bookmarks.c.account_id, bookmarks.c.id)
        return (Bookmark(id=row.id, account_id=row.account_id, post_id=row.post_id) for row in rows)

    def watches(self, reader: Reader) -> Iterator[Watch]:
        theirs = select(watches).where(owned_by(watches.c.account_id, reader.id))
        rows = self._batches(theirs, watches.c.account_id, watches.c.id)
        return (Watch(id=row.id, post_id=row.post_id, account_id=row.account_id) for row in rows)

    def reports(self, reader: Reader) -> Iterator[OwnReport]:
        theirs = (
            select(reports.c.id, reports.c.kind, reports.c.text, cases.c.subject_kind, cases.c.subject_id)
            .add_columns(cases.c.entry_id.is_not(None).label("settled"))
            .join_from(reports, cases)
            .where(owned_by(reports.c.reporter_id, reader.id))
        )
        return (_report_of(row) for row in self._batches(theirs, reports.c.reporter_id, reports.c.id))

    def pictures(self, reader: Reader) -> Iterator[OwnPicture]:
        listed = select(pictures.c.id, pictures.c.alt, pictures.c.width, pictures.c.height, pictures.c.portrait)
        theirs = listed.where(owned_by(pictures.c.owner_id, reader.id))
        for rows in self._pages(theirs, pictures.c.owner_id, pictures.c.id):
            uses = select(picture_uses.c.picture_id, picture_uses.c.text_id).where(
                picture_uses.c.picture_id.in_([row.id for row in rows]), picture_uses.c.text_id != SITE_ID
            )
            shown_in: defaultdict[int, list[int]] = defaultdict(list)
            for use in self._database.rows(uses.order_by(picture_uses.c.picture_id, picture_uses.c.text_id)):
                shown_in[use.picture_id].append(use.text_id)
            for row in rows:
                yield OwnPicture(
                    id=row.id,
                    alt=row.alt,
                    width=row.width,
                    height=row.height,
                    portrait=row.portrait,
                    shown_in=tuple(shown_in[row.id]),
                )

    def _batches(self, listed: Select[Any], owner: Any, cursor: Any) -> Iterator[Row[Any]]:
        return chain.from_iterable(self._pages(listed, owner, cursor))

    def _pages(self, listed: Select[Any], owner: Any, cursor: Any) -> Iterator[Sequence[Row[Any]]]:
        last = 0
        while rows := self._database.rows(listed.where(cursor > last).order_by(owner, cursor).limit(BATCH)):
            yield rows
            last = rows[-1].id


def _report_of(row: Row[Any]) -> OwnReport:
    return OwnReport(
        id=row.id,
        kind=ReportKind(row.kind),
        text=row.text,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        settled=row.settled,
    )
