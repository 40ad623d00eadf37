"""Jobs in the storage, and as administrators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.outbox import Job, JobKind, State


class Outbox(Protocol):
    def add(self, job: Job) -> None:
        """When a job waits under the same key, adds nothing and asks that job again (`Job.ask_again`)."""

    def get(self, job_id: int) -> Job: ...
    def find_waiting(self, key: str) -> Job | None:
        """The job that waits under this key. None for the empty key."""

    def claim(self, at: datetime, *, mails: bool = True) -> Job | None:
        """A job that may be claimed (`Job.may_be_claimed`), by priority, then the one that is due longest. Without
        `mails` it is a mail only if an administrator asked for it. It is locked until the end of this unit of work, in
        which the caller leases and saves it. Two workers never get the same job under one lease."""

    def save(self, job: Job) -> None: ...
    def remove_ended(self, before: int) -> None:
        """Removes jobs that are done, dropped or given up and have an id below `before`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCard:
    """One row of the outbox. `username` is of the account that it is about, unless it is deleted. The handler of its
    kind wrote `progress`. It never holds a text or a link."""

    id: int
    kind: JobKind
    address: str
    username: str | None
    state: State
    attempts: int
    due_at: datetime
    last_error: str
    progress: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class OutboxFeeds(Protocol):
    """For administrators only. The use case checks that."""

    def latest(self, window: Window) -> Page[JobCard]:
        """Newest first."""
