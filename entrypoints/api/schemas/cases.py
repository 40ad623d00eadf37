"""The models of reports and cases."""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from application.ports.cases import CaseCard, ReportCard, Settlement
from domain.cases import TEXT_LIMIT, ReportKind, settling_acts
from domain.moderation import REASON_LIMIT, REPORTABLE, RULE_PATTERN, Act, SubjectKind
from domain.roles import Role
from domain.sanctions import DAYS_AT_MOST
from entrypoints.api.schemas.examples import ENTRY_ID, MARY, POST_ID, SUSAN
from entrypoints.api.schemas.fields import (
    ANYTHING,
    Answer,
    Count,
    Id,
    In,
    Instant,
    Neighbour,
    Out,
    Url,
    Urls,
    Whole,
    missing,
    name_of,
    text,
)

REPORTS_AT_MOST = 10

_KINDS: list[JsonValue] = [kind.value for kind in ReportKind]
_SUBJECT_KINDS: list[JsonValue] = [kind.value for kind in REPORTABLE]
_BY_NAME = settling_acts(SubjectKind.POST)
_ACTS: list[JsonValue] = [*_BY_NAME]
_NAMES = {act: name for name, act in _BY_NAME.items()}


class NewReport(In):
    model_config = ConfigDict(json_schema_extra={"required": ["kind"]})

    kind: str = missing("What is wrong.", {"enum": _KINDS}, "abuse")
    text: str = Field("", json_schema_extra=text(TEXT_LIMIT, ANYTHING), examples=["It attacks a person."])


class Settling(In):
    model_config = ConfigDict(json_schema_extra={"required": ["act"]})

    act: str = missing("What is done. Nobody can hide a person.", {"enum": _ACTS}, "hide")
    days: Whole | None = Field(
        None,
        description="For how many days somebody is silenced or suspended. Null: until it is lifted.",
        json_schema_extra={"anyOf": [{"type": "integer", "minimum": 1, "maximum": DAYS_AT_MOST}, {"type": "null"}]},
    )
    rule: str = Field(
        "",
        description="The number of the rule that was broken, or `law`. Empty without one.",
        json_schema_extra={"pattern": RULE_PATTERN},
        examples=["2"],
    )
    reason: str = Field(
        "",
        description="Kept in the log, and mailed to whom it concerns. Only `none` needs no reason.",
        json_schema_extra=text(REASON_LIMIT, ANYTHING),
        examples=["It attacks a person."],
    )


class Report(Out):
    by: str | None = Field(description="Null for a visitor and for a deleted member.")
    kind: str = Field(json_schema_extra={"enum": _KINDS})
    text: str = Field(description="Empty once it is forgotten.")
    created_at: Instant


class Case(Answer):
    id: Id
    url: Url
    state: Literal["open", "settled"]
    subject_kind: str = Field(description="What it is about.", json_schema_extra={"enum": _SUBJECT_KINDS})
    subject_url: Url | None = Field(description="Of the post, comment or user. May be gone. Null for a deleted member.")
    about: str | None = Field(description="The member whom it concerns. Null when they have left.")
    kinds: list[str] = Field(
        description="What anybody said is wrong.", json_schema_extra={"items": {"type": "string", "enum": _KINDS}}
    )
    report_count: Count
    reports: list[Report] = Field(description=f"The newest, newest first: {REPORTS_AT_MOST} at most.")
    settled_by: str | None = Field(
        description="Null while it is open, and where the command line or a deleted member settled it."
    )
    act: str | None = Field(
        description="What settled it, as one word. `none` left everything as it is. Null while it is open.",
        examples=[*_BY_NAME, Act.DELETE.value],
    )
    reason: str | None = Field(description="Of that act. Null while it is open.")
    rule: str | None = Field(description="The number of a rule, or `law`.")
    created_at: Instant
    settled_at: Instant | None

    @classmethod
    def example(cls, urls: Urls) -> "Case":
        report = ReportCard(
            id=ENTRY_ID,
            number=1,
            by=SUSAN,
            by_visitor=False,
            name="",
            email="",
            kind=ReportKind.ABUSE,
            text="It attacks a person.",
        )
        card = CaseCard(
            id=ENTRY_ID,
            place=ENTRY_ID,
            subject_kind=SubjectKind.POST,
            subject_id=POST_ID,
            post_id=POST_ID,
            about_id=MARY.id,
            about=MARY,
            about_role=Role.MODERATOR,
            text="",
            kept=True,
            kinds=(ReportKind.ABUSE,),
            report_count=1,
            settlement=None,
            reports=(report,),
        )
        return case_of(urls, card)


class CaseList(Answer):
    cases: list[Case]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "CaseList":
        return cls(cases=[Case.example(urls)], prev=None, next=None)


def case_of(urls: Urls, card: CaseCard) -> Case:
    settled = card.settlement
    return Case(
        id=str(card.id),
        url=f"{urls.api}/moderation/cases/{card.id}",
        state="open" if settled is None else "settled",
        subject_kind=card.subject_kind.value,
        subject_url=_subject_url(urls, card),
        about=name_of(card.about),
        kinds=[kind.value for kind in card.kinds],
        report_count=card.report_count,
        reports=[_report_of(report) for report in card.reports[:REPORTS_AT_MOST]],
        settled_by=None if settled is None else name_of(settled.by),
        act=None if settled is None else _act_named(settled),
        reason=None if settled is None else settled.reason,
        rule=None if settled is None else settled.rule or None,
        created_at=card.created_at,
        settled_at=None if settled is None else settled.at,
    )


def _subject_url(urls: Urls, card: CaseCard) -> str | None:
    match card.subject_kind:
        case SubjectKind.POST:
            return f"{urls.api}/posts/{card.subject_id}"
        case SubjectKind.COMMENT:
            return f"{urls.api}/comments/{card.subject_id}"
        case _:
            return urls.user(card.about)


def _act_named(settled: Settlement) -> str:
    """As somebody names it who settles a case. A case is also settled by who deletes the text."""
    return _NAMES.get(settled.act, settled.act.value)


def _report_of(card: ReportCard) -> Report:
    return Report(by=name_of(card.by), kind=card.kind.value, text=card.text, created_at=card.created_at)
