"""A member as moderators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.appeals import RecordCard
from application.ports.members import MemberName
from domain.ids import time_of
from domain.moderation import SubjectKind
from domain.roles import Reader


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """The sanctions that hold and the notes, newest first, and the last act that hides everything and is not
    undone."""

    present: tuple[RecordCard, ...]
    notes: tuple[RecordCard, ...]
    hiding_all: RecordCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A post or comment in brief. `opening` is the beginning of its text, `title` that of the post."""

    id: int
    kind: SubjectKind
    title: str
    opening: str
    hidden: bool

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class PersonBackground:
    """Who invited a member, if somebody did, and their newest posts and comments, newest first. `hidden_count` is how
    many things one act hides. It stops above the limit."""

    inviter: MemberName | None
    writings: tuple[Writing, ...]
    hidden_count: int


class PersonFeeds(Protocol):
    """For moderators only. The use case checks that."""

    def standing(self, reader: Reader | None, account_id: int, at: datetime, limit: int) -> PersonStanding:
        """At most so many sanctions, and as many notes."""

    def background(
        self, reader: Reader | None, account_id: int, entry_id: int, *, limit: int, counted: int
    ) -> PersonBackground:
        """At most `limit` posts, and as many comments. `entry_id` is the act whose things are counted, or 0."""
