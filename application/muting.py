"""Muting: mute and block a member, and end that."""

from dataclasses import dataclass, replace

from application.following import end_follows
from application.members import find_present_member
from application.ports.work import NewId, UnitOfWork
from application.repeating import Repeat
from domain.errors import Forbidden
from domain.muting import Mute


@dataclass(frozen=True, kw_only=True, slots=True)
class Muting:
    """All four are idempotent. They raise Forbidden, NotFound and Invalid("", "mute_self")."""

    repeat: Repeat
    new_id: NewId

    def mute(self, *, actor_id: int, username: str) -> None:
        self.repeat(self._change, actor_id, username, muted=True)

    def unmute(self, *, actor_id: int, username: str) -> None:
        self.repeat(self._change, actor_id, username, muted=False)

    def block(self, *, actor_id: int, username: str) -> None:
        """Also ends the follows between the two, in the same commit."""
        self.repeat(self._change, actor_id, username, blocked=True)

    def unblock(self, *, actor_id: int, username: str) -> None:
        self.repeat(self._change, actor_id, username, blocked=False)

    def _change(
        self,
        work: UnitOfWork,
        owner_id: int,
        username: str,
        *,
        muted: bool | None = None,
        blocked: bool | None = None,
    ) -> None:
        """None leaves as it is."""
        present = self._held(work, owner_id, username)
        mute = replace(
            present,
            muted=present.muted if muted is None else muted,
            blocked=present.blocked if blocked is None else blocked,
        )
        if mute == present:
            return
        work.mutes.save(mute)
        if mute.blocked:
            end_follows(work, [(mute.owner_id, mute.other_id), (mute.other_id, mute.owner_id)])
        work.commit()

    def _held(self, work: UnitOfWork, owner_id: int, username: str) -> Mute:
        """What the owner decided so far. The owner's row is locked, so the four cannot overtake each other, and no
        follow between the two begins meanwhile: who follows holds both rows."""
        # Forbidden comes before NotFound, and the smaller id before the greater one.
        if not work.accounts.get(owner_id).active:
            raise Forbidden()
        other_id = find_present_member(work, username).id
        ways = {other_id: work.accounts.actor, owner_id: work.accounts.lock}
        accounts = {id: ways[id](id) for id in sorted(ways)}
        begun = Mute.between(id=self.new_id(), owner=accounts[owner_id], other=accounts[other_id])
        return work.mutes.find(owner_id, other_id) or begun
