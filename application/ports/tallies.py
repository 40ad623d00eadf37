"""Counters that are kept in the commit of the write."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from domain.overview import Daily


@dataclass(frozen=True, slots=True)
class Tally:
    """What to add to the counters of an account. Each may be negative."""

    posts: int = 0
    comments: int = 0
    followers: int = 0
    following: int = 0
    picture_bytes: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            posts=self.posts + other.posts,
            comments=self.comments + other.comments,
            followers=self.followers + other.followers,
            following=self.following + other.following,
            picture_bytes=self.picture_bytes + other.picture_bytes,
        )


class Total(Enum):
    """The counters of the whole site."""

    POSTS = "posts"
    COMMENTS = "comments"
    LOG_ENTRIES = "log_entries"
    MEMBERS = "members"  # without those who have left


class Tallies(Protocol):
    """Counters (`n = n + 1`) in the commit of the write. Change them last, so that their rows are locked for a short
    time: a post's, then a comment's, then accounts', then the site's. In one order two units of work cannot
    deadlock."""

    def add(self, changes: Mapping[int, Tally]) -> None:
        """`changes` by account id. They are applied in the order of ids, so that two units of work cannot deadlock."""

    def add_comments(self, post_id: int, count: int) -> None:
        """Adds to the comment counter of a post."""

    def add_likes(self, post_id: int, count: int) -> None:
        """Adds to the like counter of a post."""

    def add_likes_of_comment(self, comment_id: int, count: int) -> None:
        """Adds to the like counter of a comment."""

    def add_to_site(self, changes: Mapping[Total | Daily, int], *, shard_of: int) -> None:
        """Adds to the totals of the site and to the counters of days, in one statement. Each of them is a few rows, so
        that writers do not wait for each other. `shard_of` is any id; it selects the row."""
