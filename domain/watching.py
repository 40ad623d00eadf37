"""Watching: a member wants to be told of new comments below a post. Nobody else learns of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.accounts import Account
from domain.posts import Post


@dataclass(kw_only=True, slots=True)
class Watch:
    """The time of `id` is when it began."""

    id: int
    post_id: int
    account_id: int

    @classmethod
    def begin(cls, *, id: int, member: Account, post: Post, at: datetime) -> Self:
        """A silenced member may, because nobody else sees it. Raises Forbidden, and NotFound for a post that this
        member may not see."""
        member.require_part(at=at)
        post.require_seen_by(member.reader)
        return cls(id=id, post_id=post.id, account_id=member.id)
