"""Bookmarks: set one, and remove it."""

from dataclasses import dataclass

from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.bookmarks import Bookmark


@dataclass(frozen=True, kw_only=True, slots=True)
class Bookmarks:
    repeat: Repeat
    now: Now
    new_id: NewId

    def add(self, *, actor_id: int, post_id: int) -> None:
        """Idempotent. Raises Forbidden, NotFound."""
        self.repeat(self._add, actor_id, post_id)

    def _add(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = work.accounts.actor(actor_id)
        # Forbidden comes before NotFound.
        member.require_part(at=self.now())
        post = work.posts.get(post_id)
        if work.bookmarks.add(Bookmark.set(id=self.new_id(), member=member, post=post, at=self.now())):
            work.commit()

    def remove(self, *, actor_id: int, post_id: int) -> None:
        """Idempotent, also for a post that this member may not see any more. Raises Forbidden, and NotFound for one
        that never was."""
        self.repeat(self._remove, actor_id, post_id)

    def _remove(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = work.accounts.actor(actor_id)
        member.require_part(at=self.now())
        if work.bookmarks.remove(member.id, post_id):
            work.commit()
            return
        work.posts.get(post_id).require_seen_by(member.reader)
