"""People as everybody sees them: their public page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from application.ports.posts import PostCard
from domain.ids import time_of
from domain.roles import Reader, Role
from domain.texts import says_something


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person's public page. `followed` and `follows_you` are seen from the reader, False without one."""

    id: int
    username: str
    name: str
    location: str
    about_me: str
    role: Role
    last_seen_at: datetime
    post_count: int
    comment_count: int
    follower_count: int
    following_count: int
    followed: bool
    follows_you: bool

    @property
    def member_since(self) -> datetime:
        return time_of(self.id)

    @property
    def first_line(self) -> str:
        """Of `about_me`, empty when that says nothing."""
        return next((line.strip() for line in self.about_me.splitlines() if says_something(line)), "")


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A person and one page of their posts, newest first."""

    profile: Profile
    posts: Page[PostCard]


class PeopleFeeds(Protocol):
    """`username` is found in any case; a deleted member is NotFound."""

    def page(self, reader: Reader | None, username: str, window: Window) -> ProfilePage:
        """Raises NotFound."""

    def profile(self, reader: Reader | None, username: str) -> Profile:
        """Raises NotFound."""
