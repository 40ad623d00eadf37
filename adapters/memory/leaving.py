"""The export of a member's data from memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from adapters.memory.comments import card_of
from adapters.memory.following import MemoryFollowFeeds
from adapters.memory.muting import MemoryMuteFeeds
from adapters.memory.posts import detail_of
from adapters.memory.store import Store
from adapters.memory.visibility import visible_posts
from application.ports.cases import OwnReport
from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.leaving import OwnPicture
from application.ports.liking import OwnLike
from application.ports.muting import MuteCard
from application.ports.paging import Window
from application.ports.posts import PostDetail
from domain.bookmarks import Bookmark
from domain.cases import Case, Report
from domain.moderation import SITE_ID
from domain.pictures import Picture
from domain.roles import Reader
from domain.watching import Watch


class MemoryArchiveFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def posts(self, reader: Reader) -> Iterator[PostDetail]:
        with self._store.lock:
            rows = [row for row in visible_posts(self._store, reader).values() if row.post.author_id == reader.id]
            return iter([detail_of(self._store, row) for row in sorted(rows, key=lambda row: row.post.id)])

    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        with self._store.lock:
            visible, posts = visible_posts(self._store, reader), self._store.posts.committed
            rows = (row for row in self._store.comments.committed.values() if row.author_id == reader.id)
            kept = sorted((row for row in rows if row.deleted_at is None), key=lambda row: row.id)
            cards = [
                replace(card_of(self._store, row, posts[row.post_id], reader), body=row.body, body_html=row.body_html)
                for row in kept
            ]
            # Also those below a post that the member may not see any more. Its title is not theirs.
            return iter([card if card.post_id in visible else replace(card, post_title="") for card in cards])

    def following(self, reader: Reader) -> Iterator[FollowCard]:
        page = MemoryFollowFeeds(self._store).following(reader, reader.id, Window(size=1_000_000))
        return reversed(page.items)

    def mutes(self, reader: Reader) -> Iterator[MuteCard]:
        page = MemoryMuteFeeds(self._store).people(reader, Window(size=1_000_000))
        return reversed(page.items)

    def likes(self, reader: Reader) -> Iterator[OwnLike]:
        with self._store.lock:
            comments = self._store.comments.committed
            of_posts, of_comments = (
                sorted(
                    (like for like in table.committed.values() if like.account_id == reader.id),
                    key=lambda like: like.id,
                )
                for table in (self._store.post_likes, self._store.comment_likes)
            )
            posts = [OwnLike(like.id, like.thing_id, None) for like in of_posts]
            return iter(
                posts + [OwnLike(like.id, comments[like.thing_id].post_id, like.thing_id) for like in of_comments]
            )

    def bookmarks(self, reader: Reader) -> Iterator[Bookmark]:
        with self._store.lock:
            own = (replace(row) for row in self._store.bookmarks.committed.values() if row.account_id == reader.id)
            return iter(sorted(own, key=lambda row: row.id))

    def watches(self, reader: Reader) -> Iterator[Watch]:
        with self._store.lock:
            own = (replace(row) for row in self._store.watches.committed.values() if row.account_id == reader.id)
            return iter(sorted(own, key=lambda row: row.id))

    def reports(self, reader: Reader) -> Iterator[OwnReport]:
        with self._store.lock:
            cases = self._store.cases.committed
            theirs = [row for row in self._store.reports.committed.values() if row.reporter_id == reader.id]
            ordered = sorted(theirs, key=lambda row: row.id)
            return iter([_report_of(report, cases[report.case_id]) for report in ordered])

    def pictures(self, reader: Reader) -> Iterator[OwnPicture]:
        with self._store.lock:
            theirs = [row for row in self._store.pictures.committed.values() if row.owner_id == reader.id]
            shown_in: defaultdict[int, list[int]] = defaultdict(list)
            for text_id, picture_id in sorted(self._store.picture_uses.committed):
                if text_id != SITE_ID:
                    shown_in[picture_id].append(text_id)
            ordered = sorted(theirs, key=lambda row: row.id)
            return iter([_picture_of(row, tuple(shown_in[row.id])) for row in ordered])


def _picture_of(picture: Picture, shown_in: tuple[int, ...]) -> OwnPicture:
    return OwnPicture(
        id=picture.id,
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        portrait=picture.portrait,
        shown_in=shown_in,
    )


def _report_of(report: Report, case: Case) -> OwnReport:
    return OwnReport(
        id=report.id,
        kind=report.kind,
        text=report.text,
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        settled=case.entry_id is not None,
    )
