"""The moderation log in the storage and on its page, and the comments that moderators look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from domain.ids import time_of
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Reader


class ModerationLog(Protocol):
    def add(self, entry: LogEntry) -> None: ...
    def newest_about(self, account_id: int, act: Act) -> LogEntry | None:
        """The last such act that concerns this member."""

    def get(self, entry_id: int) -> LogEntry: ...
    def find_hiding_all(self, account_id: int) -> LogEntry | None:
        """The last act that hides all of this member and is not undone."""

    def is_undone(self, entry: LogEntry) -> bool:
        """Whether a later act has undone this one on a member."""

    def old_texts(self, before: int, limit: int) -> list[int]:
        """The ids of some entries before this id that still have the text of a post or comment, or the name of somebody
        who was declined, oldest first."""

    def texts_of(self, account_id: int, limit: int, *, published: bool) -> list[int]:
        """The ids of some entries that still have a note about this member; where `published`, also of those that have
        the text of a post or comment by them."""

    def forget_texts(self, entry_ids: Sequence[int]) -> None:
        """Empties the texts. The acts stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCard:
    """One act. `actor_id` is None for the command line, and `actor` also for a deleted member. What `subject_id` and
    `post_id` name may be gone."""

    id: int
    actor_id: int | None
    actor: MemberName | None
    act: Act
    subject_kind: SubjectKind
    subject_id: int
    about: MemberName | None
    post_id: int | None
    text: str
    reason: str
    rule: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class ModerationFeeds(Protocol):
    """For moderators only. The use case checks that."""

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        """All comments, newest first."""

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        """Newest first."""

    def log_by(self, reader: Reader | None, username: str, window: Window) -> Page[LogCard]:
        """What the member did who has this username or had it before, newest first. Raises NotFound."""
