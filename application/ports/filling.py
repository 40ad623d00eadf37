"""What fills an empty database with very many rows at once, to measure the site by.

The rows are columns of numbers, so that millions of them fit into memory and need no object each. The texts are few,
and rows refer to them by their place. What a storage keeps beside a row (search, counters of members, tags, days and
the site) it makes itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.moving.records import AccountRecord
from application.ports.moving.tags import TagRecord
from domain.notifications import NotificationKind
from domain.posts import PostHtml, PostText


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentText:
    body: str
    body_html: str
    html_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRows:
    """Sorted by id, as are the rows of all other kinds. `text` is the place of the text."""

    id: Sequence[int]
    author_id: Sequence[int]
    text: Sequence[int]
    comment_count: Sequence[int]
    like_count: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRows:
    """`reply_to` is 0 for a comment that answers none."""

    id: Sequence[int]
    post_id: Sequence[int]
    author_id: Sequence[int]
    reply_to: Sequence[int]
    text: Sequence[int]
    like_count: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRows:
    id: Sequence[int]
    follower_id: Sequence[int]
    followed_id: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeRows:
    """`thing_id` is that of the post or of the comment."""

    id: Sequence[int]
    thing_id: Sequence[int]
    account_id: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRows:
    """Notifications of one kind. `post_id` and `comment_id` are 0 for none. `unread` is 1 or 0."""

    id: Sequence[int]
    account_id: Sequence[int]
    thing_id: Sequence[int]
    part: Sequence[int]
    post_id: Sequence[int]
    comment_id: Sequence[int]
    first_id: Sequence[int]
    last_id: Sequence[int]
    unread: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A community of any size. Each text of a post is under the tags with these ids. Nothing is hidden, deleted or
    edited, and every member is listed."""

    accounts: Sequence[AccountRecord]
    tags: Sequence[TagRecord]
    post_texts: Sequence[tuple[PostText, PostHtml]]
    comment_texts: Sequence[CommentText]
    posts: PostRows
    comments: CommentRows
    follows: FollowRows
    post_likes: LikeRows
    comment_likes: LikeRows
    told: Mapping[NotificationKind, ToldRows]


# What is being written, how much of it is, and how much there is.
Progress = Callable[[str, int, int], None]


class Filling(Protocol):
    def fill(self, crowd: Crowd, progress: Progress) -> None:
        """Stores all of it or nothing, also when the process is killed. Nobody else may use the database meanwhile.
        Raises NotEmpty when there is an account, and StorageFault."""
