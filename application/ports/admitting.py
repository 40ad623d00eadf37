"""Who waits to be admitted, in the storage and as moderators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.joining import Admission
from domain.roles import Reader, Role


class WaitingMembers(Protocol):
    """Accounts whose owners wait for a moderator."""

    def some(self, admission: Admission, limit: int) -> list[int]:
        """The ids of some who wait with this admission, oldest first."""

    def moderators(self) -> list[int]:
        """The ids of all who may admit: confirmed, enabled moderators and administrators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCard:
    """Somebody who waits. `inviter` is None also where whoever invited them has left. `has_no_seat`: they wait because
    their invitation was over or full when they confirmed, or because they had none."""

    id: int
    username: str
    name: str
    why: str
    inviter: MemberName | None
    has_no_seat: bool
    role: ClassVar = Role.USER  # who has another one need not wait
    picture_id: ClassVar = None  # who waits shows none of themselves

    @property
    def registered_at(self) -> datetime:
        return time_of(self.id)


class AdmittingFeeds(Protocol):
    def waiting(self, reader: Reader | None, window: Window) -> Page[WaitingCard]:
        """Oldest first. For moderators only. The use case checks that."""
