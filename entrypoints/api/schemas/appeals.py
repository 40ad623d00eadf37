"""The models of one's record and of appeals."""

from typing import Literal

from pydantic import Field, JsonValue

from application.ports.appeals import AppealCard, RecordCard
from application.ports.moderation import LogCard
from domain.appeals import Verdict
from domain.moderation import REPORTABLE, Act, SubjectKind
from domain.roles import Role, known_end
from entrypoints.api.schemas.examples import COMMENT_ID, ENTRY_ID, POST_ID, SUSAN
from entrypoints.api.schemas.fields import Answer, Id, Instant, Neighbour, Out, Url, Urls

_ACTS = [act.value for act in Act if not act.is_for_moderators]
_KINDS: list[JsonValue] = [kind.value for kind in REPORTABLE]
_OUTCOMES: dict[Verdict, Literal["upheld", "reversed"]] = {Verdict.UPHELD: "upheld", Verdict.REVERSED: "reversed"}


class Appeal(Out):
    text: str
    created_at: Instant
    outcome: Literal["upheld", "reversed"] | None = Field(description="Null while it waits.")
    reason: str | None = Field(description="Of the outcome.")
    decided_at: Instant | None


class RecordEntry(Answer):
    id: Id
    web_url: Url = Field(description="Where it can be appealed.")
    act: str = Field(description="What was done, as one word.", examples=_ACTS)
    subject_kind: str = Field(json_schema_extra={"enum": _KINDS})
    subject_id: Id
    body: str = Field(
        description="The text as it stood then. Of a sanction, the reported text that led to it. Empty when forgotten."
    )
    reason: str
    rule: str | None = Field(description="The number of a rule, or `law`.")
    until: Instant | None = Field(description="Of a sanction. Null for what holds until it is lifted.")
    lifted_at: Instant | None
    timestamp: Instant
    appeal: Appeal | None

    @classmethod
    def example(cls, urls: Urls) -> "RecordEntry":
        entry = LogCard(
            id=ENTRY_ID,
            actor_id=1,
            actor=None,
            act=Act.HIDE,
            subject_kind=SubjectKind.COMMENT,
            subject_id=COMMENT_ID,
            about=SUSAN,
            post_id=POST_ID,
            text="Buy my soup!",
            reason="It sells something.",
            rule="2",
        )
        return record_entry_of(urls, RecordCard(entry=entry, about_id=SUSAN.id, role=Role.USER))


class Record(Answer):
    entries: list[RecordEntry]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "Record":
        return cls(entries=[RecordEntry.example(urls)], prev=None, next=None)


def record_entry_of(urls: Urls, card: RecordCard) -> RecordEntry:
    entry = card.entry
    return RecordEntry(
        id=str(card.id),
        web_url=f"{urls.web}/appeals/{card.id}",
        act=entry.act.value,
        subject_kind=entry.subject_kind.value,
        subject_id=str(entry.subject_id),
        body=_text_of(card),
        reason=entry.reason,
        rule=entry.rule or None,
        until=known_end(card.until),
        lifted_at=card.lifted_at,
        timestamp=entry.created_at,
        appeal=None if card.appeal is None else appeal_of(card.appeal),
    )


def _text_of(card: RecordCard) -> str:
    if card.entry.subject_kind is not SubjectKind.PERSON:
        return card.entry.text
    return "" if card.reported is None else card.reported.text


def appeal_of(appeal: AppealCard) -> Appeal:
    return Appeal(
        text=appeal.text,
        created_at=appeal.created_at,
        outcome=None if appeal.verdict is None else _OUTCOMES[appeal.verdict],
        reason=appeal.reason or None,
        decided_at=appeal.decided_at,
    )
