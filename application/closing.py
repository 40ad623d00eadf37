"""Closes a case by the act that settles it, inside a unit of work."""

from datetime import datetime

from application.ports.work import UnitOfWork
from domain.cases import Case
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.moderation import LogEntry
from domain.notifications import NotificationKind
from domain.outbox import Job

_KEY = "tell_reporters"


def close_case_about(work: UnitOfWork, entry: LogEntry, *, job_id: int) -> None:
    """Somebody has hidden or deleted a text, or sanctioned a member. If that was reported, it is settled too. An act on
    one's own text settles nothing."""
    if entry.actor_id == entry.about_id:
        return
    case = work.cases.find_open(entry.subject_kind, entry.subject_id)
    if case is not None:
        close_case(work, case, entry, job_id=job_id)


def close_case(work: UnitOfWork, case: Case, entry: LogEntry, *, job_id: int) -> None:
    """The case is locked and open. A job tells its reporters."""
    case.settle(entry)
    work.cases.save(case)
    work.notifications.read_about(NotificationKind.REPORT, case.id, work.waiting_members.moderators())
    tell_reporters(work, job_id=job_id, at=time_of(entry.id))


def tell_reporters(work: UnitOfWork, *, job_id: int, at: datetime) -> None:
    """Asks the worker to tell all reporters whose cases are settled and who have not been told."""
    work.outbox.add(Job(id=job_id, kind=JobKind.TELL_REPORTERS, key=_KEY, due_at=at))
