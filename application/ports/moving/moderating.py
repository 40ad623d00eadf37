"""What moves of moderation."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar

from application.ports.moving.fields import EmailText, Id, NameText, Number, Record, RuleText
from domain.appeals import Verdict
from domain.cases import Case, ReportKind
from domain.display import Language
from domain.moderation import Act, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord(Record):
    """What it is about may be gone."""

    record: ClassVar = "moderation_log"
    sorted_by: ClassVar = ("id",)

    id: Id
    actor_id: Id | None
    act: Act
    subject_kind: SubjectKind
    subject_id: Id
    about_id: Id | None
    post_id: Id | None
    text: str
    reason: str
    rule: RuleText


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionRecord(Record):
    record: ClassVar = "sanctions"
    sorted_by: ClassVar = ("id",)

    id: Id
    account_id: Id
    act: Act
    until: datetime | None
    lifted_at: datetime | None
    reversed: bool
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRecord(Record):
    record: ClassVar = "appeals"
    sorted_by: ClassVar = ("entry_id",)

    entry_id: Id
    id: Id
    account_id: Id
    text: str
    verdict: Verdict | None
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord(Record):
    """What it is about may be gone."""

    record: ClassVar = "cases"
    sorted_by: ClassVar = ("id",)

    id: Id
    subject_kind: SubjectKind
    subject_id: Id
    about_id: Id
    post_id: Id | None
    text: str
    kinds: frozenset[ReportKind]
    report_count: Number
    member_count: Number
    entry_id: Id | None
    told: Number
    kept: bool

    @property
    def case(self) -> Case:
        return Case(**{each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecord(Record):
    record: ClassVar = "reports"
    sorted_by: ClassVar = ("id",)

    id: Id
    case_id: Id
    number: Number
    reporter_id: Id | None
    kind: ReportKind
    text: str
    name: NameText
    email: EmailText
    language: Language
