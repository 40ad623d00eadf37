"""What waits to be done because of a commit, in the store and as administrators see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.outbox import Job, JobKind, State


class Outbox(Protocol):
    def add(self, job: Job) -> None:
        """Where a job waits under the same key, that one is asked again instead (`Job.ask_again`)."""

    def get(self, job_id: int) -> Job: ...
    def find_waiting(self, key: str) -> Job | None:
        """The job that waits under this key. None for the empty key."""

    def claim(self, at: datetime) -> Job | None:
        """A job that waits, is due and that no worker holds: mails first, then the longest due. It is locked until the
        end of this unit of work, in which the caller leases and saves it. Two workers are never given the same."""

    def save(self, job: Job) -> None: ...
    def remove_ended(self, before: int) -> None:
        """Those done, dropped or given up, with an id below `before`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCard:
    """One row of the outbox. `username` is of the account that it is about, unless it is deleted. It never holds a text
    or a link."""

    id: int
    kind: JobKind
    address: str
    username: str | None
    state: State
    attempts: int
    due_at: datetime
    last_error: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class OutboxFeeds(Protocol):
    """For administrators only: the use case in front checks that."""

    def latest(self, window: Window) -> Page[JobCard]:
        """Newest first."""
