"""What waits to be done because of a commit, in the store and as administrators see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.outbox import Kind, Mail, State


class Outbox(Protocol):
    def add(self, mail: Mail) -> None: ...
    def get(self, mail_id: int) -> Mail: ...
    def claim(self, at: datetime) -> Mail | None:
        """A mail that waits, is due and that no worker holds, the longest due first; locked until the end of this
        unit of work, in which the caller leases and saves it. Two workers are never given the same."""

    def save(self, mail: Mail) -> None: ...
    def remove_done(self, before: int) -> None:
        """Those sent, dropped or given up, with an id below `before`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCard:
    """One row of the outbox. It never holds a text or a link."""

    id: int
    kind: Kind
    address: str
    state: State
    attempts: int
    due_at: datetime
    last_error: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class OutboxFeeds(Protocol):
    """For administrators only: the use case in front checks that."""

    def latest(self, window: Window) -> Page[MailCard]:
        """Newest first."""
