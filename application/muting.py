"""Muting: mute and block a member, and end that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from application.finding import find_present_member
from application.following import end_follows
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.errors import NotFound
from domain.muting import Mute


@dataclass(frozen=True, kw_only=True, slots=True)
class Muting:
    """All four are idempotent, and raise Forbidden and NotFound."""

    repeat: Repeat
    now: Now
    new_id: NewId

    def mute(self, *, actor_id: int, username: str) -> None:
        """Raises Invalid("", "mute_self") too."""
        self.repeat(self._begin, actor_id, username, Mute.mute)

    def block(self, *, actor_id: int, username: str) -> None:
        """Also ends the follows between the two, in the same commit. Raises Invalid("", "mute_self") too."""
        self.repeat(self._begin, actor_id, username, Mute.block)

    def unmute(self, *, actor_id: int, username: str) -> None:
        self.repeat(_end, actor_id, username, self.now(), Mute.unmute)

    def unblock(self, *, actor_id: int, username: str) -> None:
        self.repeat(_end, actor_id, username, self.now(), Mute.unblock)

    def _begin(self, work: UnitOfWork, owner_id: int, username: str, verb: Callable[[Mute], None]) -> None:
        owner, other = _hold(work, owner_id, username, self.now())
        begun = Mute.between(id=self.new_id(), owner=owner, other=other)
        mute = work.mutes.find(owner.id, other.id) or begun
        verb(mute)
        work.mutes.save(mute)
        if mute.blocked:
            end_follows(work, [(owner.id, other.id), (other.id, owner.id)])
        work.commit()


def _end(work: UnitOfWork, owner_id: int, username: str, at: datetime, verb: Callable[[Mute], None]) -> None:
    owner, other = _hold(work, owner_id, username, at)
    mute = work.mutes.find(owner.id, other.id)
    if mute is not None:
        verb(mute)
        work.mutes.save(mute)
        work.commit()


def _hold(work: UnitOfWork, owner_id: int, username: str, at: datetime) -> tuple[Account, Account]:
    """The owner and the other member. The owner's row is locked, so what the same owner does at the same time comes
    before it or after it. So does a follow between the two, because who follows holds both rows."""
    # Forbidden comes before NotFound, and the smaller id before the greater one.
    work.accounts.get(owner_id).reader_at(at).require_access()
    other_id = find_present_member(work, username).id
    ways = {other_id: work.accounts.actor, owner_id: work.accounts.lock}
    accounts = {id: ways[id](id) for id in sorted(ways)}
    owner, other = accounts[owner_id], accounts[other_id]
    owner.reader_at(at).require_access()
    if other.deleted:
        raise NotFound()
    return owner, other
