"""The models of moderation."""

from typing import Literal

from pydantic import ConfigDict, Field

from application.ports.moderation import LogCard
from domain.moderation import REASON_LIMIT, Action
from entrypoints.api.schemas.examples import ALONE, COMMENT_ID, ENTRY_ID, MARY, POST_ID, SUSAN
from entrypoints.api.schemas.fields import (
    SOMETHING,
    Answer,
    Id,
    In,
    Instant,
    Length,
    Neighbour,
    Url,
    Urls,
    missing,
    name_of,
    text,
)


class Hiding(In):
    model_config = ConfigDict(json_schema_extra={"required": ["reason"]})

    reason: str = missing("Kept in the log.", text(REASON_LIMIT, SOMETHING), "It attacks a person.")


class LogEntry(Answer):
    id: Id
    action: Literal["hide", "restore"]
    reason: str
    body: str = Field(description="The text as it stood then.")
    timestamp: Instant
    moderator: str | None
    moderator_url: Url | None
    author: str | None
    author_url: Url | None
    comment_url: Url = Field(description="May be gone.")
    post_url: Url = Field(description="May be gone.")

    @classmethod
    def example(cls, urls: Urls) -> "LogEntry":
        return log_entry_of(
            urls,
            LogCard(
                id=ENTRY_ID,
                moderator=MARY,
                author=SUSAN,
                action=Action.HIDE,
                comment_id=COMMENT_ID,
                post_id=POST_ID,
                body="Buy my soup!",
                reason="It sells something.",
            ),
        )


class LogList(Answer):
    entries: list[LogEntry]
    prev: Neighbour
    next: Neighbour
    count: Length

    @classmethod
    def example(cls, urls: Urls) -> "LogList":
        return cls(entries=[LogEntry.example(urls)], **ALONE)


def log_entry_of(urls: Urls, entry: LogCard) -> LogEntry:
    return LogEntry(
        id=str(entry.id),
        action=entry.action.value,
        reason=entry.reason,
        body=entry.body,
        timestamp=entry.created_at,
        moderator=name_of(entry.moderator),
        moderator_url=urls.user(entry.moderator),
        author=name_of(entry.author),
        author_url=urls.user(entry.author),
        comment_url=f"{urls.api}/comments/{entry.comment_id}",
        post_url=f"{urls.api}/posts/{entry.post_id}",
    )
