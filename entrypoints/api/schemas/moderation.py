"""The models of moderation."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from application.ports.moderation import LogCard
from domain.moderation import REASON_LIMIT, RULE_PATTERN, Act, SubjectKind
from entrypoints.api.schemas.examples import ALONE, COMMENT_ID, ENTRY_ID, MARY, POST_ID, SUSAN
from entrypoints.api.schemas.fields import (
    SOMETHING,
    Answer,
    Count,
    Id,
    In,
    Instant,
    Neighbour,
    Url,
    Urls,
    missing,
    name_of,
    text,
)

_ACTIONS: dict[Act, Literal["hide", "restore"]] = {Act.HIDE: "hide", Act.RESTORE: "restore"}
_RULE = "The number of the rule that it breaks, or `law`. Empty without one."
_KINDS: list[JsonValue] = [kind.value for kind in SubjectKind]


class Hiding(In):
    model_config = ConfigDict(json_schema_extra={"required": ["reason"]})

    reason: str = missing("Kept in the log.", text(REASON_LIMIT, SOMETHING), "It attacks a person.")
    rule: str = Field("", description=_RULE, json_schema_extra={"pattern": RULE_PATTERN}, examples=["2"])


class LogEntry(Answer):
    id: Id
    act: str = Field(description="What was done, as one word.", examples=[act.value for act in Act])
    subject_kind: str = Field(description="What it is about.", json_schema_extra={"enum": _KINDS})
    subject_id: Id = Field(description="Of the post, the comment or the member. 1 for the site.")
    actor: str | None = Field(description="Who did it. Null for the command line and for a deleted member.")
    actor_url: Url | None
    about: str | None = Field(description="The member whom it concerns.")
    about_url: Url | None
    rule: str | None = Field(description="The number of a rule, or `law`.")
    reason: str
    body: str = Field(
        description="The text as it stood then. Empty after half a year. Of an act on a member: its end, role or note. "
        "Of one on the site: the names of what was changed."
    )
    timestamp: Instant
    action: Literal["hide", "restore"] | None = Field(description="As `act`, where it is one of these.")
    moderator: str | None = Field(description="As `actor`.")
    moderator_url: Url | None
    author: str | None = Field(description="As `about`, where the subject is a text.")
    author_url: Url | None
    comment_url: Url | None = Field(description="May be gone.")
    post_url: Url | None = Field(description="May be gone.")

    @classmethod
    def example(cls, urls: Urls) -> "LogEntry":
        return log_entry_of(
            urls,
            LogCard(
                id=ENTRY_ID,
                actor_id=MARY.id,
                actor=MARY,
                act=Act.HIDE,
                subject_kind=SubjectKind.COMMENT,
                subject_id=COMMENT_ID,
                about=SUSAN,
                post_id=POST_ID,
                text="Buy my soup!",
                reason="It sells something.",
                rule="2",
            ),
        )


class LogList(Answer):
    entries: list[LogEntry]
    prev: Neighbour
    next: Neighbour
    count: Annotated[Count | None, Field(description="How many there are in all; null for the acts of one member.")]

    @classmethod
    def example(cls, urls: Urls) -> "LogList":
        return cls(entries=[LogEntry.example(urls)], **ALONE)


def log_entry_of(urls: Urls, entry: LogCard) -> LogEntry:
    author = None if entry.subject_kind in (SubjectKind.PERSON, SubjectKind.SITE) else entry.about
    is_comment = entry.subject_kind is SubjectKind.COMMENT
    return LogEntry(
        id=str(entry.id),
        act=entry.act.value,
        subject_kind=entry.subject_kind.value,
        subject_id=str(entry.subject_id),
        actor=name_of(entry.actor),
        actor_url=urls.user(entry.actor),
        about=name_of(entry.about),
        about_url=urls.user(entry.about),
        rule=entry.rule or None,
        reason=entry.reason,
        body=entry.text,
        timestamp=entry.created_at,
        action=_ACTIONS.get(entry.act),
        moderator=name_of(entry.actor),
        moderator_url=urls.user(entry.actor),
        author=name_of(author),
        author_url=urls.user(author),
        comment_url=f"{urls.api}/comments/{entry.subject_id}" if is_comment else None,
        post_url=None if entry.post_id is None else f"{urls.api}/posts/{entry.post_id}",
    )
