"""The moderation log in the storage and on its page, and the comments that moderators look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from domain.ids import time_of
from domain.moderation import Action, LogEntry
from domain.roles import Reader


class ModerationLog(Protocol):
    def add(self, entry: LogEntry) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCard:
    """One act of moderation, with a copy of the comment. The post of `post_id` may be deleted."""

    id: int
    moderator: MemberName | None
    author: MemberName | None
    action: Action
    comment_id: int
    post_id: int
    body: str
    reason: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class ModerationFeeds(Protocol):
    """For moderators only. The use case checks that."""

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        """All comments, newest first."""

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        """Newest first."""
