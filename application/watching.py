"""Watching: watch a post, and stop that."""

from dataclasses import dataclass

from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.watching import Watch


@dataclass(frozen=True, kw_only=True, slots=True)
class Watching:
    repeat: Repeat
    now: Now
    new_id: NewId

    def watch(self, *, actor_id: int, post_id: int) -> None:
        """Idempotent. Raises Forbidden, NotFound."""
        self.repeat(self._watch, actor_id, post_id)

    def _watch(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = work.accounts.actor(actor_id)
        # Forbidden comes before NotFound.
        member.require_part(at=self.now())
        post = work.posts.get(post_id)
        if work.watches.add(Watch.begin(id=self.new_id(), member=member, post=post, at=self.now())):
            work.commit()

    def unwatch(self, *, actor_id: int, post_id: int) -> None:
        """Idempotent, also for a post that this member may not see any more. Raises Forbidden, and NotFound for one
        that never was."""
        self.repeat(self._unwatch, actor_id, post_id)

    def _unwatch(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = work.accounts.actor(actor_id)
        member.require_part(at=self.now())
        if work.watches.remove(post_id, member.id):
            work.commit()
            return
        work.posts.get(post_id).require_seen_by(member.reader)
