"""What the storage keeps beside the rows that it follows from: counters, and the texts that searches look in."""

from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Counter(Enum):
    """A number that is kept in the commit of each write. The value is how an operator reads it."""

    POSTS_OF_MEMBER = "posts of a member"
    COMMENTS_OF_MEMBER = "comments of a member"
    FOLLOWERS = "followers of a member"
    FOLLOWING = "members whom a member follows"
    PICTURE_BYTES = "bytes of the pictures of a member"
    COMMENTS_OF_POST = "comments on a post"
    LIKES_OF_POST = "likes of a post"
    LIKES_OF_COMMENT = "likes of a comment"
    POSTS_OF_TAG = "posts of a tag"
    POSTS = "posts of the site"
    COMMENTS = "comments of the site"
    LOG_ENTRIES = "entries of the moderation log"
    MEMBERS = "members of the site"


@dataclass(frozen=True, slots=True)
class Drift:
    """A counter that differs from what it counts. `owner_id` is the member, the post, the comment or the tag, and 0
    for the site."""

    counter: Counter
    owner_id: int
    stored: int
    counted: int


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Some rows in the order of their ids: how many, what is wrong with them, and the last id. None after the last."""

    size: int
    wrong: tuple[T, ...]
    last_id: int | None


class Counters(Protocol):
    """A comparison reads counter and rows at one moment, so a write that is under way is no drift."""

    def owners(self) -> int:
        """The number of members, posts, comments and tags."""

    def of_members(self, after: int, limit: int) -> Part[Drift]: ...
    def of_posts(self, after: int, limit: int) -> Part[Drift]: ...
    def of_comments(self, after: int, limit: int) -> Part[Drift]: ...
    def of_tags(self, after: int, limit: int) -> Part[Drift]: ...
    def of_site(self, counter: Counter) -> Drift | None: ...
    def recount(self, counter: Counter, owner_id: int) -> None:
        """Locks the counter, then counts, then stores. Who has counted and not committed yet ends first, and who has
        written and not counted yet counts on top. It locks one counter, so do nothing else in this unit of work."""


class SearchTexts(Protocol):
    """`domain.members.search_text`, where the storage keeps it."""

    def stale(self, after: int, limit: int) -> Part[int]:
        """The ids of members whose text is another one."""

    def store(self, account_id: int) -> None:
        """Makes the text of a member anew."""

    def is_index_behind(self) -> bool:
        """Whether some of the oldest and newest members are not found by their own text."""

    def fill_index(self) -> None:
        """Makes the index of all texts anew."""
