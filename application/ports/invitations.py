"""Invitations in the storage, and as their owners and those whom they invite see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from domain.ids import time_of
from domain.invitations import Invitation, is_open
from domain.roles import Reader


class Invitations(Protocol):
    def add(self, invitation: Invitation) -> None:
        """Raises AlreadyTaken("code")."""

    def lock(self, invitation_id: int) -> Invitation:
        """Keeps others waiting who lock it, until the end of this unit of work. Raises NotFound."""

    def find_by_code(self, code: str) -> Invitation | None: ...
    def count_open(self, owner_id: int, at: datetime) -> int: ...
    def save(self, invitation: Invitation) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """One of a member's own invitations."""

    id: int
    code: str
    people: int
    taken: int
    until: datetime
    ended: bool

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    def is_open(self, at: datetime) -> bool:
        return is_open(people=self.people, taken=self.taken, until=self.until, ended=self.ended, at=at)


class InvitationFeeds(Protocol):
    def of_member(self, reader: Reader, limit: int) -> tuple[InvitationCard, ...]:
        """The newest of the reader's own."""

    def inviter(self, reader: Reader | None, username: str) -> MemberName | None:
        """Who invited this member. None also where whoever did has left. For moderators and administrators; the use
        case checks that."""
