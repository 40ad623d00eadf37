"""Who follows whom, in the store and as lists of people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import Face
from application.ports.paging import Counted, Page, Window
from application.ports.people import Profile
from domain.following import Follow
from domain.ids import time_of
from domain.roles import Reader

# Who wrote one of this many newest posts wrote lately. A number and not a time: a quiet site has somebody to suggest,
# and a loud one walks no further.
LATELY = 200


class Follows(Protocol):
    """Who reads whom; a pair is there once."""

    def add(self, follow: Follow) -> bool:
        """False when the pair is there already. Raises NotFound when one of the two is not."""

    def remove(self, follower_id: int, followed_id: int) -> bool:
        """False when there was no such pair."""

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        """Any follows in which the account takes part, on either side."""


@dataclass(frozen=True, slots=True)
class FollowCard:
    """One row of a follower list; `id` is the follow's own (its time is when it began) and the cursor of the list."""

    id: int
    face: Face

    @property
    def since(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class FollowProfile:
    """One row of a follower list with all that is public about the person; `id` is the follow's own."""

    id: int
    profile: Profile


class FollowFeeds(Protocol):
    """Lists are newest follow first. Those of profiles are for programs and know their length; their `username` is
    found in any case."""

    def followers(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]: ...
    def following(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]: ...
    def follower_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        """Raises NotFound."""

    def following_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        """Raises NotFound."""

    def suggestions(self, reader: Reader, limit: int) -> tuple[Profile, ...]:
        """Others who wrote lately (`LATELY`) and whom this member does not follow yet: most followers first, then the
        newest member. Nobody who is disabled or deleted."""
