"""What is deleted and not yet gone, in the storage and on a member's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from domain.deleting import KEPT_FOR
from domain.ids import time_of
from domain.moderation import SubjectKind
from domain.roles import Reader


class DeletedThings(Protocol):
    """The oldest first."""

    def posts_due(self, before: datetime, limit: int) -> list[int]:
        """The ids of some posts that were deleted at this time or earlier."""

    def comments_due(self, before: datetime, limit: int) -> list[int]:
        """The same for comments that were deleted on their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedCard:
    """A post or a comment that its author deleted. `title` is that of the post."""

    id: int
    kind: SubjectKind
    title: str
    body: str
    deleted_at: datetime

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    @property
    def gone_at(self) -> datetime:
        return self.deleted_at + KEPT_FOR


class DeletedFeeds(Protocol):
    def own(self, reader: Reader, since: datetime, window: Window) -> Page[DeletedCard]:
        """What this member deleted after `since`, newest text first. No comments below a post that is gone itself."""
