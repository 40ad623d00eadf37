"""Counters that are kept in the commit of the write."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tally:
    """What to add to an account's counters; all may be negative."""

    posts: int = 0
    comments: int = 0
    followers: int = 0
    following: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            posts=self.posts + other.posts,
            comments=self.comments + other.comments,
            followers=self.followers + other.followers,
            following=self.following + other.following,
        )


class Total(Enum):
    """What the whole site counts."""

    POSTS = "posts"
    COMMENTS = "comments"
    LOG_ENTRIES = "log_entries"


class Tallies(Protocol):
    """Counters kept in the commit of the write (`n = n + 1`); touch them last, so that their locks are short."""

    def add(self, changes: Mapping[int, Tally]) -> None:
        """By account id; applied in the order of ids, so that two units of work cannot deadlock."""

    def add_comments(self, post_id: int, count: int) -> None:
        """To the counter of a post."""

    def add_to_site(self, changes: Mapping[Total, int], *, shard_of: int) -> None:
        """To the site's totals. Each is a few counters, so that writers do not wait for one another; `shard_of` is an
        id, any, that picks which of them."""
