"""Liking: a member likes a post or a comment of another member, once. Everybody may read who likes a post."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from domain.accounts import Account
from domain.errors import Forbidden, Invalid
from domain.roles import Permission, Reader


@dataclass(kw_only=True, slots=True)
class Like:
    """The time of `id` is when the member liked it. `thing_id` is that of the post or of the comment."""

    id: int
    thing_id: int
    account_id: int

    @classmethod
    def give(cls, *, id: int, member: Account, thing: "TakesLikes", at: datetime, refused: bool = False) -> Self:
        """`refused` says whether its author and this member block each other, or the post above it takes no likes.
        Raises Forbidden, whose code is one for all of it, and Invalid("", "like_self")."""
        member.require(Permission.FOLLOW, at=at)
        if thing.author_id == member.id:
            raise Invalid("", "like_self")
        if refused or thing.hidden:
            raise Forbidden("no_like")
        return cls(id=id, thing_id=thing.id, account_id=member.id)


class TakesLikes(Protocol):
    """A post or a comment, as an entity or as a reader sees it."""

    @property
    def id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def hidden(self) -> bool: ...


def is_offered_liking(reader: Reader | None, *, author_id: int, liked: bool = False, hidden: bool = False) -> bool:
    """Whether pages have the button. Nobody likes their own, or what is hidden. Who likes it already may always take
    that back."""
    if reader is None or not reader.takes_part:
        return False
    return liked or (reader.can(Permission.FOLLOW) and reader.id != author_id and not hidden)
