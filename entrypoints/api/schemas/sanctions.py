"""The models of sanctions."""

from pydantic import ConfigDict, Field, JsonValue

from application.ports.appeals import RecordCard
from application.ports.moderation import LogCard
from domain.moderation import REASON_LIMIT, RULE_PATTERN, Act, SubjectKind
from domain.roles import Role, known_end
from domain.sanctions import DAYS_AT_MOST, SANCTIONS
from entrypoints.api.schemas.appeals import Appeal, appeal_of
from entrypoints.api.schemas.examples import ENTRY_ID, MARY, SUSAN, THEN
from entrypoints.api.schemas.fields import (
    SOMETHING,
    Answer,
    Id,
    In,
    Instant,
    Neighbour,
    Url,
    Urls,
    Whole,
    missing,
    name_of,
    text,
)

_ACTS: list[JsonValue] = [act.value for act in SANCTIONS]


class NewSanction(In):
    model_config = ConfigDict(json_schema_extra={"required": ["act", "reason"]})

    act: str = missing("What is done.", {"enum": _ACTS}, "silence")
    days: Whole | None = Field(
        None,
        description="For how many days. Null: until it is lifted. A warning has none.",
        json_schema_extra={"anyOf": [{"type": "integer", "minimum": 1, "maximum": DAYS_AT_MOST}, {"type": "null"}]},
        examples=[7],
    )
    reason: str = missing("Kept in the log, and mailed to the member.", text(REASON_LIMIT, SOMETHING), "Insults.")
    rule: str = Field(
        "",
        description="The number of the rule that was broken, or `law`. Empty without one.",
        json_schema_extra={"pattern": RULE_PATTERN},
        examples=["2"],
    )


class Sanction(Answer):
    id: Id
    url: Url
    act: str = Field(json_schema_extra={"enum": _ACTS})
    about: str | None = Field(description="The member. Null when they have left.")
    about_url: Url | None
    by: str | None = Field(description="Who decided it. Null for the command line and for a deleted member.")
    reason: str
    rule: str | None = Field(description="The number of a rule, or `law`.")
    until: Instant | None = Field(description="Null for a warning, and for what holds until it is lifted.")
    created_at: Instant
    lifted_at: Instant | None
    appeal: Appeal | None

    @classmethod
    def example(cls, urls: Urls) -> "Sanction":
        entry = LogCard(
            id=ENTRY_ID,
            actor_id=MARY.id,
            actor=MARY,
            act=Act.SILENCE,
            subject_kind=SubjectKind.PERSON,
            subject_id=SUSAN.id,
            about=SUSAN,
            post_id=None,
            text="",
            reason="Insults.",
            rule="2",
        )
        return sanction_of(urls, RecordCard(entry=entry, about_id=SUSAN.id, role=Role.USER, until=THEN))


class SanctionList(Answer):
    sanctions: list[Sanction]
    prev: Neighbour
    next: Neighbour
    count: int | None = Field(description="How many there are in all; null for more than 100.", ge=0)

    @classmethod
    def example(cls, urls: Urls) -> "SanctionList":
        return cls(sanctions=[Sanction.example(urls)], prev=None, next=None, count=1)


def sanction_of(urls: Urls, card: RecordCard) -> Sanction:
    entry = card.entry
    return Sanction(
        id=str(card.id),
        url=f"{urls.api}/sanctions/{card.id}",
        act=entry.act.value,
        about=name_of(entry.about),
        about_url=urls.user(entry.about),
        by=name_of(entry.actor),
        reason=entry.reason,
        rule=entry.rule or None,
        until=known_end(card.until),
        created_at=entry.created_at,
        lifted_at=card.lifted_at,
        appeal=None if card.appeal is None else appeal_of(card.appeal),
    )
