"""Following: a member subscribes to an author. A member cannot follow themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.accounts import Account
from domain.errors import Forbidden, Invalid, NotFound
from domain.roles import Permission


@dataclass(kw_only=True, slots=True)
class Follow:
    """The time of `id` is when it began."""

    id: int
    follower_id: int
    followed_id: int

    @classmethod
    def begin(cls, *, id: int, follower: Account, followed: Account, at: datetime, blocked: bool = False) -> Self:
        """`blocked` says whether one of the two blocks the other. Raises Forbidden, whose code does not tell a block
        from a disabled account, Invalid("", "follow_self"), and NotFound when the author has left."""
        follower.require(Permission.FOLLOW, at=at)
        if followed.deleted:
            raise NotFound()
        if follower.id == followed.id:
            raise Invalid("", "follow_self")
        if blocked or followed.disabled:
            raise Forbidden("no_follow")
        return cls(id=id, follower_id=follower.id, followed_id=followed.id)
