"""Profiles: the public pages of members."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from application.ports.posts import PostCard
from domain.ids import time_of
from domain.roles import Reader, Role
from domain.texts import says_something


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile. `followed` says whether the reader follows this member, `follows_you` the reverse. `muted` says
    whether the reader mutes this member, `blocked` whether that is a block. `refuses` says whether the reader cannot
    follow: one of the two blocks the other, or the account is disabled. All are False for a visitor."""

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
    muted: bool = False
    blocked: bool = False
    refuses: bool = False
    picture_id: int | None = None

    @property
    def member_since(self) -> datetime:
        return time_of(self.id)

    @property
    def first_line(self) -> str:
        """The first line of `about_me`. Empty when that has no visible character."""
        return next((line.strip() for line in self.about_me.splitlines() if says_something(line)), "")


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A profile and one page of its posts, newest first."""

    profile: Profile
    posts: Page[PostCard]


@dataclass(frozen=True, slots=True)
class ProfileComments:
    """A profile and one page of its comments, newest first."""

    profile: Profile
    comments: Page[CommentCard]


class PeopleFeeds(Protocol):
    """A `username` is found in any case, the present one alone. Methods raise NotFound for a deleted member."""

    def page(self, reader: Reader | None, username: str, window: Window) -> ProfilePage:
        """Raises NotFound."""

    def people(self, reader: Reader | None, pattern: str, window: Window, at: datetime) -> Page[Profile]:
        """Newest member first: those whose `names_text` contains the pattern. An empty pattern finds all. Who is
        suspended at this time is left out, and whom the reader mutes: a page may have fewer than its size."""

    def comments(self, reader: Reader | None, username: str, window: Window) -> ProfileComments:
        """All of theirs, whoever mutes them. Hidden ones are without text, and those below a hidden or deleted post are
        left out. Raises NotFound."""

    def profile(self, reader: Reader | None, username: str) -> Profile:
        """Raises NotFound."""

    def present_username(self, reader: Reader | None, former: str) -> str:
        """Of the member who had this username before. Raises NotFound, also for a username that somebody has now."""
