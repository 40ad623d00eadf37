"""Likes in the storage, and the list of members who like a post."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.liking import Like
from domain.roles import Reader


class Likes(Protocol):
    """The likes of posts, or those of comments. One for each thing and member."""

    def add(self, like: Like) -> bool:
        """False when this member likes it already. Raises NotFound when the thing or the account is gone."""

    def remove(self, thing_id: int, account_id: int) -> bool:
        """False when there is no such like."""

    def some_of(self, account_id: int, limit: int) -> list[Like]:
        """Any likes of this member."""


@dataclass(frozen=True, slots=True)
class LikeCard:
    """One row of the list. `id` is that of the like, and the cursor of the list. `followed` and `refuses` are those of
    a FollowCard."""

    id: int
    member: MemberName
    followed: bool
    refuses: bool = False

    @property
    def since(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class OwnLike:
    """A like in the export of its member. `comment_id` is None for a post."""

    id: int
    post_id: int
    comment_id: int | None


class LikeFeeds(Protocol):
    def of_post(self, reader: Reader | None, post_id: int, window: Window) -> Page[LikeCard]:
        """Newest first, without deleted members and whom the reader mutes. Empty when the reader may not see the
        post."""
