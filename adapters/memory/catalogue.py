"""Lists of whole objects with their number, for programs."""

from collections.abc import Callable

from adapters.memory.feeds import MemoryFeed, MemoryModerationFeeds, MemoryPeopleFeeds
from adapters.memory.records import cut
from adapters.memory.store import PostRow
from application.feeds import CommentCard, Counted, FollowProfile, LogCard, Mark, PostDetail, Window
from application.ports import Total
from domain.following import Follow
from domain.ids import time_of
from domain.roles import Reader


class MemoryCatalogueFeeds(MemoryFeed):
    def posts(self, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            return self._posts(window, lambda _row: True, self._total(Total.POSTS))

    def posts_of(self, username: str, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            account = self._records.account(username)
            count = self._store.accounts.committed[account.id].tally.posts
            return self._posts(window, lambda row: row.post.author_id == account.id, count)

    def timeline(self, reader_id: int, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            authors = {followed for follower, followed in self._store.follows.committed if follower == reader_id}
            authors.add(reader_id)
            count = sum(row.tally.posts for id, row in self._store.accounts.committed.items() if id in authors)
            return self._posts(window, lambda row: row.post.author_id in authors, count)

    def marks(self, first: int, end: int, limit: int) -> tuple[Mark, ...]:
        with self._store.lock:
            found = sorted(id for id in self._store.posts.committed if first <= id < end)[:limit]
            rows = (self._store.posts.committed[id].post for id in found)
            return tuple(Mark(post.id, post.edited_at or time_of(post.id)) for post in rows)

    def comments(self, window: Window, reader: Reader) -> Counted[CommentCard]:
        with self._store.lock:
            page = MemoryModerationFeeds(self._store).comments(window, reader)
            return Counted(page, self._total(Total.COMMENTS))

    def followers(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        with self._store.lock:
            account = self._records.account(username)
            count = self._store.accounts.committed[account.id].tally.followers
            return self._people(
                window, reader, lambda row: row.followed_id == account.id, lambda row: row.follower_id, count
            )

    def following(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        with self._store.lock:
            account = self._records.account(username)
            count = self._store.accounts.committed[account.id].tally.following
            return self._people(
                window, reader, lambda row: row.follower_id == account.id, lambda row: row.followed_id, count
            )

    def log(self, window: Window) -> Counted[LogCard]:
        with self._store.lock:
            return Counted(MemoryModerationFeeds(self._store).log(window), self._total(Total.LOG_ENTRIES))

    def _total(self, total: Total) -> int:
        return self._store.totals.committed.get(total, 0)

    def _posts(self, window: Window, wanted: Callable[[PostRow], bool], count: int) -> Counted[PostDetail]:
        rows = filter(wanted, self._store.posts.committed.values())
        return Counted(cut(rows, window, lambda row: row.post.id, self._records.detail), count)

    def _people(
        self,
        window: Window,
        reader: Reader,
        wanted: Callable[[Follow], bool],
        shown: Callable[[Follow], int],
        count: int,
    ) -> Counted[FollowProfile]:
        people = MemoryPeopleFeeds(self._store)
        faces = {
            follow.id: face
            for follow in filter(wanted, self._store.follows.committed.values())
            if (face := self._records.face(shown(follow))) is not None
        }
        page = cut(
            faces,
            window,
            lambda follow_id: follow_id,
            lambda follow_id: FollowProfile(follow_id, people.profile(faces[follow_id].username, reader)),
        )
        return Counted(page, count)
