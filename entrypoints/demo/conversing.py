"""What the members of the demo like, keep and watch, and what they were told of.

All is told in the order in which it happened, because what happens to one thing is merged while it is unread.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path

from application.notifying import Notifying
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.bookmarks import Bookmark
from domain.comments import Comment
from domain.ids import make_id, time_of
from domain.liking import Like
from domain.moderation import LogEntry
from domain.notifications import Notification
from domain.posts import Post
from domain.watching import Watch

_SCENES = Path(__file__).parent / "content" / "conversation.toml"
# The administrator read all notifications so long ago, and once a week before.
_READ_AGO = timedelta(days=2)
_WEEKS = 52

Tell = Callable[[UnitOfWork, Notifying], object]


class Conversing:
    """Others say what happened, in any order, and `store` carries it out."""

    def __init__(self, *, now: datetime, new_id: Callable[[datetime], int]) -> None:
        self._now = now
        self._new_id = new_id
        self._happened: list[tuple[datetime, Tell]] = []
        self._at = now
        self._notifying = Notifying(now=lambda: self._at, new_id=lambda: new_id(self._at))

    def happened(self, at: datetime, tell: Tell) -> None:
        self._happened.append((at, tell))

    def decided(self, entry: LogEntry) -> None:
        """A moderator decided this about somebody."""
        at = time_of(entry.id)
        told = Notification.of_act(entry, at=at)
        if told is not None:
            self.happened(at, lambda work, _: work.notifications.add([told]))

    def liked(self, member: Account, thing: Post | Comment, at: datetime) -> None:
        def tell(work: UnitOfWork, notifying: Notifying) -> None:
            like = Like.give(id=self._new_id(at), member=member, thing=thing, at=at)
            if isinstance(thing, Comment):
                work.comment_likes.add(like)
                work.tallies.add_likes_of_comment(thing.id, 1)
            else:
                work.post_likes.add(like)
                work.tallies.add_likes(thing.id, 1)
            notifying.of_like(work, like, thing)

        self.happened(at, tell)

    def keep_and_watch(self, accounts: Mapping[str, Account], posts: Mapping[str, Post]) -> None:
        """`posts` are by the key of a conversation."""
        scenes = tomllib.loads(_SCENES.read_text(encoding="utf-8"))
        for scene in scenes["bookmarks"]:
            for key in scene["posts"]:
                self._kept(accounts[scene["member"]], posts[key])
        for scene in scenes["watches"]:
            for key in scene["posts"]:
                self._watched(accounts[scene["member"]], posts[key])

    def _kept(self, member: Account, post: Post) -> None:
        at = self._after(post, timedelta(days=3))
        bookmark = Bookmark.set(id=self._new_id(at), member=member, post=post, at=at)
        self.happened(at, lambda work, _: work.bookmarks.add(bookmark))

    def _watched(self, member: Account, post: Post) -> None:
        at = self._after(post, timedelta(minutes=20))
        watch = Watch.begin(id=self._new_id(at), member=member, post=post, at=at)
        self.happened(at, lambda work, _: work.watches.add(watch))

    def _after(self, post: Post, pause: timedelta) -> datetime:
        """So long after the post, and sooner if that would be in the future."""
        published_at = time_of(post.id)
        return published_at + min(pause, (self._now - published_at) / 2)

    def store(self, work: UnitOfWork, administrator: Account, others: Iterable[Account]) -> None:
        """After all else. What the administrator has not read is due for a mail, which the worker writes. Nobody else
        gets a mail about the year of the demo."""
        for week in range(_WEEKS):
            self._reads(administrator, self._now - _READ_AGO - timedelta(weeks=week))
        for account in others:
            self._reads(account, self._now)
        for at, tell in sorted(self._happened, key=itemgetter(0)):
            self._at = at
            tell(work, self._notifying)

    def _reads(self, account: Account, at: datetime) -> None:
        # An id may be a little above that of its time.
        until = make_id(at + timedelta(hours=1), 0)
        self.happened(at, lambda work, _: work.notifications.read_until(account.id, until))
