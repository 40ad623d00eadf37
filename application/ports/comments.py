"""Comments in the store, below their post, and one by one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import Face
from application.ports.paging import Counted, Page, Window
from application.ports.posts import PostDetail
from domain.comments import Comment
from domain.ids import time_of
from domain.roles import Reader


class Comments(Protocol):
    def get(self, comment_id: int) -> Comment: ...
    def add(self, comment: Comment) -> None:
        """Raises NotFound when the post is gone."""

    def save(self, comment: Comment) -> None:
        """As `Posts.save`."""

    def remove(self, comment_id: int) -> bool:
        """False when it was gone already."""

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        """Any comments of this author."""

    def count_by_author(self, post_id: int) -> dict[int, int]:
        """Author ids, each with how many comments below this post are theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCard:
    """A comment as `reader` may see it: both texts are None when it is hidden from them.

    `hidden_reason` is there for its author and for moderators. `post_title` is empty for an untitled post.
    """

    id: int
    post_id: int
    post_title: str
    author: Face | None
    author_id: int
    body: str | None
    body_html: str | None
    edited_at: datetime | None
    version: int
    hidden: bool
    hidden_reason: str | None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class Thread:
    """A post and one page of its comments, oldest first."""

    post: PostDetail
    comments: Page[CommentCard]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands: its post, and how many comments that post has."""

    comment_id: int
    post_id: int
    comment_count: int


class CommentFeeds(Protocol):
    def thread(self, reader: Reader | None, post_id: int, window: Window) -> Thread:
        """Raises NotFound."""

    def latest(self, reader: Reader | None, window: Window) -> Counted[CommentCard]:
        """All, newest first, with their number."""

    def comment(self, reader: Reader | None, comment_id: int) -> CommentCard:
        """Raises NotFound."""

    def place(self, reader: Reader | None, comment_id: int) -> Place:
        """Raises NotFound."""
