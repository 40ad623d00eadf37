"""What moderators did, in the store and as the record shows it; and every comment, for them to look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.members import Face
from application.ports.paging import Counted, Page, Window
from domain.ids import time_of
from domain.moderation import Action, LogEntry
from domain.roles import Reader


class ModerationLog(Protocol):
    def add(self, entry: LogEntry) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCard:
    """One act of moderation, with its own copy of what it was about. `post_id` may not exist any more."""

    id: int
    moderator: Face | None
    author: Face | None
    action: Action
    comment_id: int
    post_id: int
    body: str
    reason: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class ModerationFeeds(Protocol):
    """For moderators only: the use case in front checks that."""

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        """All comments, newest first."""

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        """Newest first."""
