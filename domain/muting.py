"""Muting and blocking: a member wants to read no more of another one. A block hides like a mute. It also keeps the two
from following each other, and from commenting on each other's posts."""

from dataclasses import dataclass
from typing import Self

from domain.accounts import Account
from domain.errors import Forbidden, Invalid, NotFound


@dataclass(kw_only=True, slots=True)
class Mute:
    """What a member decided about another one. The time of `id` is when that began. Mute and block are apart: who ends
    a block still mutes whom they muted before."""

    id: int
    owner_id: int
    other_id: int
    muted: bool = False
    blocked: bool = False

    @classmethod
    def between(cls, *, id: int, owner: Account, other: Account) -> Self:
        """Hides nothing yet. It takes an account and no permission, so unconfirmed members may mute and block. Raises
        Forbidden, Invalid("", "mute_self"), and NotFound when the other one has left."""
        if not owner.active:
            raise Forbidden()
        if other.deleted:
            raise NotFound()
        if owner.id == other.id:
            raise Invalid("", "mute_self")
        return cls(id=id, owner_id=owner.id, other_id=other.id)

    def mute(self) -> None:
        self.muted = True

    def unmute(self) -> None:
        self.muted = False

    def block(self) -> None:
        self.blocked = True

    def unblock(self) -> None:
        self.blocked = False

    @property
    def hides(self) -> bool:
        return self.muted or self.blocked
