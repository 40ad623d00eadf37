"""Jobs in the storage, and as administrators see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.mailing import Failure, mail_fails
from domain.outbox import Job, Phase, Stage, State, phase_of


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
    leased_until: datetime | None
    last_error: str
    failure: Failure
    progress: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    @property
    def is_mail(self) -> bool:
        return self.kind.terms.is_mail

    def phase(self, at: datetime) -> Phase:
        return phase_of(self.state, leased_until=self.leased_until, last_error=self.last_error, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHealth:
    """Whether mail is sent. `failing` counts the mails that failed and are tried again, `given_up` those that are not,
    each up to COUNTED_AT_MOST. The error and the failure are of the mail among the failing that was tried last."""

    failing: int
    given_up: int
    oldest_failing_id: int | None
    failure: Failure
    last_error: str
    failed_at: datetime | None
    sent_at: datetime | None

    @property
    def fails(self) -> bool:
        return mail_fails(self.failure, failed_at=self.failed_at, sent_at=self.sent_at)

    @property
    def failing_since(self) -> datetime | None:
        """When the oldest of them was asked for, or when a mail was sent since then."""
        if self.oldest_failing_id is None:
            return None
        return max(filter(None, (time_of(self.oldest_failing_id), self.sent_at)))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits of one kind, held by a worker or not. `waiting` is counted up to COUNTED_AT_MOST. `oldest_due_at` is
    in the future while none is due."""

    kind: JobKind
    waiting: int
    oldest_due_at: datetime | None

    def overdue(self, at: datetime) -> timedelta:
        """How long the oldest has been due."""
        return timedelta(0) if self.oldest_due_at is None else max(at - self.oldest_due_at, timedelta(0))


class OutboxFeeds(Protocol):
    """For administrators only. The use case checks that."""

    def latest(self, window: Window, *, stage: Stage | None = None, mails: bool | None = None) -> Page[JobCard]:
        """Newest first: those at this stage; only mails, or only other jobs."""

    def backlog(self) -> tuple[Backlog, ...]:
        """Every kind, in the order of `JobKind`."""

    def mail_health(self) -> MailHealth: ...
