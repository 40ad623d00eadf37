"""Jobs in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from adapters.memory.paging import cut
from adapters.memory.store import AccountRow, Store
from application.ports.outbox import Backlog, JobCard, MailHealth
from application.ports.paging import COUNTED_AT_MOST, Page, Window
from domain.errors import NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.mailing import Failure
from domain.outbox import Job, Priority, Stage, State


class MemoryOutbox:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, job: Job) -> None:
        waiting = self.find_waiting(job.key)
        if waiting is not None:
            waiting.ask_again(due_at=job.due_at)
            self.save(waiting)
            return
        if self._store.outbox.find(job.id) is not None:
            raise TryAgain()
        self._store.outbox.put(job.id, replace(job))

    def get(self, job_id: int) -> Job:
        job = self._store.outbox.find(job_id)
        if job is None:
            raise NotFound()
        return replace(job)

    def find_waiting(self, key: str) -> Job | None:
        if not key:
            return None
        return next((replace(job) for job in self._waiting() if job.key == key), None)

    def claim(self, at: datetime, *, mails: bool = True) -> Job | None:
        due = [
            job for job in self._waiting() if job.may_be_claimed(at) and (mails or job.priority is not Priority.MAIL)
        ]
        return replace(min(due, key=lambda job: (job.priority, job.due_at, job.id))) if due else None

    def save(self, job: Job) -> None:
        waiting = self.find_waiting(job.key) if job.state is State.WAITING else None
        if waiting is not None and waiting.id != job.id:
            raise TryAgain()
        if self._store.outbox.find(job.id) is not None:
            self._store.outbox.put(job.id, replace(job))

    def remove_ended(self, before: int) -> None:
        for job in list(self._store.outbox.rows()):
            if job.state is not State.WAITING and job.id < before:
                self._store.outbox.remove(job.id)

    def _waiting(self) -> Iterator[Job]:
        return (job for job in self._store.outbox.rows() if job.state is State.WAITING)


class MemoryOutboxFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(self, window: Window, *, stage: Stage | None = None, mails: bool | None = None) -> Page[JobCard]:
        with self._store.lock:
            wanted = (
                job
                for job in self._store.outbox.committed.values()
                if stage in (None, job.stage) and mails in (None, job.kind.terms.is_mail)
            )
            return cut(wanted, window, lambda row: row.id, self._card_of)

    def backlog(self) -> tuple[Backlog, ...]:
        due: dict[JobKind, list[datetime]] = {kind: [] for kind in JobKind}
        for job in self._waiting():
            due[job.kind].append(job.due_at)
        return tuple(
            Backlog(kind, min(len(times), COUNTED_AT_MOST), min(times, default=None)) for kind, times in due.items()
        )

    def oldest_due_at(self) -> datetime | None:
        return min((job.due_at for job in self._waiting()), default=None)

    def _waiting(self) -> list[Job]:
        with self._store.lock:
            return [job for job in self._store.outbox.committed.values() if job.state is State.WAITING]

    def mail_health(self) -> MailHealth:
        return mail_health(self._store)

    def _card_of(self, job: Job) -> JobCard:
        about = None if job.account_id is None else self._store.accounts.committed.get(job.account_id)
        return _card_of(job, about)


def mail_health(store: Store) -> MailHealth:
    with store.lock:
        mails = [job for job in store.outbox.committed.values() if job.kind.terms.is_mail]
    failing = [job for job in mails if job.stage is Stage.FAILING]
    sent = [job.tried_at for job in mails if job.stage is Stage.DONE and job.tried_at is not None]
    last = max((job for job in failing if job.tried_at), key=lambda job: (job.tried_at, job.id), default=None)
    return MailHealth(
        failing=min(len(failing), COUNTED_AT_MOST),
        given_up=min(sum(job.stage is Stage.GIVEN_UP for job in mails), COUNTED_AT_MOST),
        oldest_failing_id=min((job.id for job in failing), default=None),
        failure=Failure.NONE if last is None else last.failure,
        last_error="" if last is None else last.last_error,
        failed_at=None if last is None else last.tried_at,
        sent_at=max(sent, default=None),
    )


def _card_of(job: Job, account: AccountRow | None) -> JobCard:
    return JobCard(
        id=job.id,
        kind=job.kind,
        address=job.address,
        username=None if account is None or account.account.deleted else account.account.username.text,
        state=job.state,
        attempts=job.attempts,
        due_at=job.due_at,
        leased_until=job.leased_until,
        last_error=job.last_error,
        failure=job.failure,
        progress=job.progress,
    )
