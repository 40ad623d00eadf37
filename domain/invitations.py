"""Invitations: a member invites some people, by a link that works for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.accounts import Account
from domain.errors import Conflict, Invalid, NotFound

OPEN_AT_MOST = 10
PEOPLE_AT_MOST = 20
LIFETIME = timedelta(days=30)


@dataclass(kw_only=True, slots=True)
class Invitation:
    """`code` is in the link. `taken` counts who came by it and confirmed the address."""

    id: int
    owner_id: int
    code: str
    people: int
    taken: int = 0
    until: datetime
    ended: bool = False

    @classmethod
    def make(cls, *, id: int, owner: Account, code: str, people: int, open_ones: int, at: datetime) -> Self:
        """`open_ones` is how many open invitations the owner has. Raises Forbidden, Invalid, and
        Conflict("too_many_invitations")."""
        owner.require_that(True, at=at)
        require_people(people)
        if open_ones >= OPEN_AT_MOST:
            raise Conflict("too_many_invitations", limit=OPEN_AT_MOST)
        return cls(id=id, owner_id=owner.id, code=code, people=people, until=at + LIFETIME)

    def is_open(self, at: datetime) -> bool:
        return is_open(people=self.people, taken=self.taken, until=self.until, ended=self.ended, at=at)

    def take_seat(self, owner: Account, *, at: datetime) -> bool:
        """False when there is none left, or the invitation is over."""
        if not (self.is_open(at) and may_invite(owner, at=at)):
            return False
        self.taken += 1
        return True

    def end(self, actor_id: int) -> None:
        """Idempotent. Raises NotFound for another one's invitation."""
        if actor_id != self.owner_id:
            raise NotFound()
        self.ended = True


def is_open(*, people: int, taken: int, until: datetime, ended: bool, at: datetime) -> bool:
    return not ended and taken < people and at < until


def may_invite(owner: Account, *, at: datetime) -> bool:
    """Whether the invitations of this member count. Those of a suspended one count again when that ends."""
    return owner.active and owner.reader_at(at).takes_part


def require_people(people: int) -> None:
    """Raises Invalid("people", "number_of_people")."""
    if not 1 <= people <= PEOPLE_AT_MOST:
        raise Invalid("people", "number_of_people", limit=PEOPLE_AT_MOST)
