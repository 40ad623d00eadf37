"""Invitations: make one, end one, and list one's own."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.invitations import InvitationCard, InvitationFeeds
from application.ports.members import MemberName
from application.ports.sessions import SessionSecrets
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.invitations import Invitation, may_invite
from domain.roles import Permission, Reader

# No member can have more that are open, and of older ones few are of interest.
SHOWN_AT_MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitations:
    repeat: Repeat
    now: Now
    new_id: NewId
    session_secrets: SessionSecrets
    invitation_feeds: InvitationFeeds

    def own(self, *, reader: Reader) -> tuple[InvitationCard, ...]:
        """The reader's own, newest first. Raises Forbidden."""
        reader.require_part()
        return self.invitation_feeds.of_member(reader, SHOWN_AT_MOST)

    def make(self, *, actor_id: int, people: int) -> int:
        """An invitation for this many people. Raises Forbidden, Invalid, and Conflict("too_many_invitations")."""
        return self.repeat(self._make, actor_id, people)

    def _make(self, work: UnitOfWork, owner_id: int, people: int) -> int:
        # Locked, so that two at once cannot make one too many.
        owner = work.accounts.lock(owner_id)
        invitation = Invitation.make(
            id=self.new_id(),
            owner=owner,
            code=self.session_secrets.new(),
            people=people,
            open_ones=work.invitations.count_open(owner_id, self.now()),
            at=self.now(),
        )
        work.invitations.add(invitation)
        work.commit()
        return invitation.id

    def end(self, *, actor_id: int, invitation_id: int) -> None:
        """Whoever confirms from now on has no seat. Idempotent. Raises Forbidden, NotFound."""
        self.repeat(self._end, actor_id, invitation_id)

    def _end(self, work: UnitOfWork, actor_id: int, invitation_id: int) -> None:
        work.accounts.actor(actor_id).require_part(at=self.now())
        invitation = work.invitations.lock(invitation_id)
        invitation.end(actor_id)
        work.invitations.save(invitation)
        work.commit()

    def inviter(self, *, reader: Reader, username: str) -> MemberName | None:
        """Who invited this member. Raises Forbidden."""
        reader.require(Permission.MODERATE)
        return self.invitation_feeds.inviter(reader, username)


def open_invitation(work: UnitOfWork, code: str, at: datetime) -> tuple[Invitation, Account] | None:
    """The invitation with this code and its owner. None when it is over, or when there is none."""
    # Codes are ASCII. Some storages cannot search for other characters.
    invitation = work.invitations.find_by_code(code) if code.isascii() and code.isprintable() else None
    if invitation is None or not invitation.is_open(at):
        return None
    owner = work.accounts.get(invitation.owner_id)
    return (invitation, owner) if may_invite(owner, at=at) else None
