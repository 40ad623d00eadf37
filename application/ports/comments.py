"""Comments in the storage, below their post, and one by one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from application.ports.posts import PostDetail, PostLink
from domain.comments import Comment
from domain.ids import time_of
from domain.roles import Reader


class Comments(Protocol):
    def get(self, comment_id: int) -> Comment: ...
    def lock(self, comment_id: int) -> Comment:
        """As `get`. Until the end of this unit of work nobody else can change the comment."""

    def add(self, comment: Comment) -> None:
        """Raises NotFound when the post is gone."""

    def save(self, comment: Comment) -> None:
        """Stores the next version and puts its number on `comment`. Raises Changed when another one was stored
        first."""

    def remove(self, comment_id: int) -> bool:
        """False when there is no such comment."""

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        """Any comments of this author."""

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        """The ids of the newest comments of this author before this id that are not hidden. They may be deleted."""

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        """The ids of some comments that this act hides."""

    def count_by_author(self, post_id: int) -> dict[int, int]:
        """The number of comments below this post that are not deleted, by author id."""

    def relist(self, post_id: int, *, listed: bool) -> None:
        """Their post has left the lists, or come back."""


# A thread leads on to so many other posts of the author.
OTHERS_SHOWN = 3
# A comment in a thread names so many of its answers.
ANSWERS_SHOWN = 10
# The fields of a CommentCard that only a thread fills.
ANSWERS_IN_THREAD = frozenset({"answered", "answered_gone", "answers", "more_answers"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment that answers another one. `username` is its author's, and empty for a deleted member."""

    id: int
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCard:
    """A comment as `reader` may see it: both texts are None when it is hidden from them.

    Only its author and moderators get `hidden_reason`, and `hidden_by`, the log entry of the act. `post_title` is empty
    for an untitled post. `muted` says whether the reader mutes its author, `blocked` whether that is a block, and
    `liked` whether the reader likes it. `reply_to` is the comment that this one answers.

    Only a thread fills what follows. `answered` is the author of the answered comment, or None for a deleted member and
    where that comment is gone, which `answered_gone` says. `answers` are the first ones to this comment, oldest first,
    without deleted ones and those by whom the reader mutes. `more_answers`: there are more.
    """

    id: int
    post_id: int
    post_title: str
    author: MemberName | None
    author_id: int
    body: str | None
    body_html: str | None
    edited_at: datetime | None
    version: int
    hidden: bool
    hidden_reason: str | None
    hidden_by: int | None
    like_count: int
    reply_to: int | None
    muted: bool = False
    blocked: bool = False
    liked: bool = False
    answered: MemberName | None = None
    answered_gone: bool = False
    answers: tuple[Answer, ...] = ()
    more_answers: bool = False

    def __hash__(self) -> int:
        # It is enough for a key of a cache, and cheap. Equality compares all fields.
        return hash(self.id)

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class Thread:
    """A post and one page of its comments, oldest first. `others` are the newest posts of its author beside it."""

    post: PostDetail
    comments: Page[CommentCard]
    others: tuple[PostLink, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentPosition:
    """The position of a comment: its post, and the number of comments of that post."""

    comment_id: int
    post_id: int
    comment_count: int


class CommentFeeds(Protocol):
    def thread(self, reader: Reader | None, post_id: int, window: Window) -> Thread:
        """Raises NotFound."""

    def latest(self, reader: Reader | None, window: Window) -> Counted[CommentCard]:
        """All comments, newest first, with a count."""

    def comment(self, reader: Reader | None, comment_id: int) -> CommentCard:
        """Raises NotFound."""

    def position(self, reader: Reader | None, comment_id: int) -> CommentPosition:
        """Raises NotFound."""
