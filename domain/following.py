"""Following: who reads whom. Nobody follows themselves; one's own posts are in one's timeline by rule."""

from dataclasses import dataclass
from typing import Self

from domain.accounts import Account
from domain.errors import Invalid, NotFound
from domain.roles import Permission


@dataclass(kw_only=True, slots=True)
class Follow:
    """`id` tells when it began."""

    id: int
    follower_id: int
    followed_id: int

    @classmethod
    def begin(cls, *, id: int, follower: Account, followed: Account) -> Self:
        """Raises Forbidden, NotFound for someone who left, Invalid("", "follow_self")."""
        follower.require(Permission.FOLLOW)
        if followed.deleted:
            raise NotFound()
        if follower.id == followed.id:
            raise Invalid("", "follow_self")
        return cls(id=id, follower_id=follower.id, followed_id=followed.id)
