"""Appeals in the storage, and what was decided about a member as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.mailing import ReportedThing
from application.ports.moderation import LogCard
from application.ports.paging import Page, Window
from domain.appeals import Appeal, Verdict
from domain.ids import time_of
from domain.roles import Reader, Role
from domain.sanctions import holds


class Appeals(Protocol):
    def find(self, entry_id: int) -> Appeal | None:
        """The appeal against this entry of the log."""

    def add(self, appeal: Appeal) -> bool:
        """False when there is one against this entry already."""

    def save(self, appeal: Appeal) -> None: ...
    def has_judge(self, roles: Sequence[Role], *, besides: Sequence[int], at: datetime) -> bool:
        """Whether a member with one of these roles may act at this time, besides those with these ids."""

    def empty(self, account_id: int) -> None:
        """Removes what this member wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealCard:
    """The time of `id` is when it was made. `reason` is that of the verdict."""

    id: int
    text: str
    verdict: Verdict | None
    reason: str
    decided_at: datetime | None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """An entry of the log, and what became of it. Only moderators read who acted: for others `entry.actor` is None.
    `case_id` is the case that it settled, if somebody had reported it, and `reported` what that was about. `until` and
    `lifted_at` are those of a sanction, `role` that of the member whom it concerns."""

    entry: LogCard
    about_id: int
    role: Role
    until: datetime | None = None
    lifted_at: datetime | None = None
    reversed: bool = False
    appeal: AppealCard | None = None
    case_id: int | None = None
    reported: ReportedThing | None = None

    @property
    def id(self) -> int:
        return self.entry.id

    def holds(self, at: datetime) -> bool:
        return holds(until=self.until, lifted_at=self.lifted_at, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenComment:
    """The text of a comment that an act hides, for its author and for moderators."""

    id: int
    body: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class AppealFeeds(Protocol):
    def record(self, reader: Reader, window: Window) -> Page[RecordCard]:
        """What was decided about the reader, newest first."""

    def entry(self, reader: Reader, entry_id: int) -> RecordCard:
        """Raises NotFound unless it concerns the reader, or the reader moderates."""

    def hidden_comments(self, reader: Reader, entry_id: int, window: Window) -> Page[HiddenComment]:
        """The comments that this act hides, newest first. It is empty unless the act concerns the reader, or the reader
        moderates. Their author also gets those below a post that is hidden or deleted, as in the export."""

    def waiting(self, reader: Reader | None, window: Window) -> Page[RecordCard]:
        """Entries with an appeal that nobody has decided, the oldest appeal first. The cursor is the id of the appeal.
        For moderators only. The use case checks that."""
