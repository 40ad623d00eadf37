"""Whom members mute and block, in the storage and as lists."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import CountedUpTo, Page, Window
from application.ports.people import Profile
from domain.ids import time_of
from domain.muting import Mute
from domain.roles import Reader


class Mutes(Protocol):
    """One for each owner and other member."""

    def find(self, owner_id: int, other_id: int) -> Mute | None: ...
    def save(self, mute: Mute) -> None:
        """Removes one that hides nothing. Raises NotFound when one of the two accounts is gone."""

    def is_block_between(self, one_id: int, other_id: int) -> bool:
        """Whether one of the two blocks the other."""

    def remove_some_of(self, account_id: int, limit: int) -> int:
        """Removes any of this account, as owner or as the other one. How many that were."""


@dataclass(frozen=True, slots=True)
class MuteCard:
    """One row of the list. `id` is that of the mute, and the cursor of the list."""

    id: int
    member: MemberName
    muted: bool
    blocked: bool

    @property
    def since(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class MutedProfile:
    """One row of a list with profiles. `id` is that of the mute."""

    id: int
    profile: Profile


class MuteFeeds(Protocol):
    """Only their owner sees them. Lists begin with the newest, and have no deleted members. Lists of profiles are for
    the API."""

    def people(self, reader: Reader, window: Window) -> Page[MuteCard]: ...
    def muted_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]: ...
    def blocked_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]: ...
