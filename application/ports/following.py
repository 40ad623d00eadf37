"""Who follows whom, in the storage and as lists of people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from application.ports.people import Profile
from domain.following import Follow
from domain.ids import time_of
from domain.roles import Reader

# Authors of this many newest posts are suggested. A number and not a time: a site with few posts still has suggestions,
# and a busy one reads no more rows.
LATELY = 200


class Follows(Protocol):
    """Pairs of follower and author. Each pair is stored once."""

    def add(self, follow: Follow) -> bool:
        """False when the pair is stored already. Raises NotFound when one of the two accounts is gone."""

    def remove(self, follower_id: int, followed_id: int) -> bool:
        """False when there is no such pair."""

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        """Any follows of this account, as follower or as author."""


@dataclass(frozen=True, slots=True)
class FollowCard:
    """One row of a follower list. `id` is that of the follow, and the cursor of the list. Its time is when the follow
    began. `followed` says whether the reader follows this member, `refuses` is that of a Profile. Both are False for a
    visitor."""

    id: int
    member: MemberName
    followed: bool
    refuses: bool = False

    @property
    def since(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class FollowProfile:
    """One row of a follower list, with the profile. `id` is that of the follow."""

    id: int
    profile: Profile


class FollowFeeds(Protocol):
    """Lists begin with the newest follow. Lists of profiles are for the API and have a count. A `username` is found in
    any case."""

    def followers(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]: ...
    def following(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]: ...
    def follower_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        """Raises NotFound."""

    def following_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        """Raises NotFound."""

    def suggestions(self, reader: Reader, limit: int, at: datetime) -> tuple[Profile, ...]:
        """Authors of recent posts (`LATELY`) whom this member does not follow yet. Most followers first, then the
        newest member. Only listed accounts, and none that is suspended at this time."""
