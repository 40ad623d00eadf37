"""Reports and cases in the storage, and as moderators see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.cases import Case, Report, ReportKind
from domain.ids import time_of
from domain.moderation import Act, SubjectKind
from domain.roles import Reader, Role


class Cases(Protocol):
    def get(self, case_id: int) -> Case: ...
    def lock(self, case_id: int) -> Case:
        """As `get`. Until the end of this unit of work nobody else can report or settle it."""

    def find_open(self, kind: SubjectKind, subject_id: int) -> Case | None:
        """The case about this thing that waits, locked. A thing has one at most."""

    def find_settled_by(self, entry_id: int) -> Case | None:
        """The case that the act of this log entry has settled."""

    def find_untold(self) -> int | None:
        """The id of a settled case some of whose reporters have not been told."""

    def add(self, case: Case) -> bool:
        """False when there is an open case about this thing already."""

    def save(self, case: Case) -> None: ...


class Reports(Protocol):
    """Whoever puts one has locked its case."""

    def get(self, report_id: int) -> Report: ...
    def find(self, case_id: int, *, reporter_id: int | None, email: str) -> Report | None:
        """That of this member, or of a visitor with this address. None for a visitor without one."""

    def put(self, report: Report) -> None:
        """Adds a report, or stores what its reporter says instead."""

    def some_after(self, case_id: int, number: int, limit: int) -> list[Report]:
        """Some reports of a case with larger numbers, in their order."""


class ReportedTexts(Protocol):
    """The texts of cases and reports, which are forgotten in the end."""

    def old(self, before: datetime, limit: int) -> list[int]:
        """The ids of some cases that still have their texts, and were settled before this time. Where the act was
        appealed against, the appeal was decided before it too."""

    def forget(self, case_ids: Sequence[int]) -> None:
        """Empties the texts, and those of the reports. The cases stay."""

    def forget_some_of(self, account_id: int, limit: int, *, published: bool) -> bool:
        """Empties the texts of some cases about the profile of this member, and of some reports by them; where
        `published`, also of cases about their posts and comments. False when none was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """`by` is None for a visitor, who may have a name and an address, and for a deleted member. Whom the case concerns
    reads none of these. `number` counts the reports of a case from 1. Of the last reports of this member, `of` are
    settled, and `led` to an act."""

    id: int
    number: int
    by: MemberName | None
    by_visitor: bool
    name: str
    email: str
    kind: ReportKind
    text: str
    led: int = 0
    of: int = 0

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """What somebody reported themselves. It says whether that is settled, and never what was decided."""

    id: int
    kind: ReportKind
    text: str
    subject_kind: SubjectKind
    subject_id: int
    settled: bool

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The act that settled a case. `by` is None for the command line, and for a deleted member."""

    entry_id: int
    by: MemberName | None
    act: Act
    reason: str
    rule: str

    @property
    def at(self) -> datetime:
        return time_of(self.entry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """`text` is that of the subject when it was reported first. It is empty when it is not `kept`. `reports` are
    some of them, newest first. `place` is the cursor of the queue."""

    id: int
    place: int
    subject_kind: SubjectKind
    subject_id: int
    post_id: int | None
    about_id: int
    about: MemberName | None
    about_role: Role
    text: str
    kept: bool
    kinds: tuple[ReportKind, ...]
    report_count: int
    settlement: Settlement | None
    reports: tuple[ReportCard, ...]

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    @property
    def is_urgent(self) -> bool:
        return self.place != self.id


class CaseFeeds(Protocol):
    """For moderators only, but for `own`. The use case checks that. `about_id` limits a list to one member. Each case
    has `shown` of its reports, the newest."""

    def waiting(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        """What nobody has settled, urgent ones first, then the oldest. The cursor is the `place`."""

    def settled(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        """What was settled last comes first. The cursor is the id of the entry."""

    def case(self, reader: Reader | None, case_id: int, *, shown: int, up_to: int | None = None) -> CaseCard:
        """With `shown` reports, the newest of those with numbers up to `up_to`. Raises NotFound. Only here reports say
        what the earlier ones of their reporters led to."""

    def next_waiting(self, reader: Reader, place: int) -> int | None:
        """The id of the case after this place in the queue, or else of its first one. Those about the reader are left
        out."""

    def around(
        self, reader: Reader | None, comment_id: int, post_id: int, *, before: int, after: int
    ) -> tuple[CommentCard, ...]:
        """Some comments below this post, oldest first: this one, if it is there, and its neighbours."""

    def own(self, reader: Reader, kind: SubjectKind, subject_id: int) -> Report | None:
        """What the reader has reported of this thing, while nobody has settled it."""
