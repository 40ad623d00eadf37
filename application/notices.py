"""Notices: the mails to whom acts of moderation concern. They are written from the log when they are sent."""

from dataclasses import dataclass

from application.jobs import Handlers
from application.mailing import Draft, Mailing, account_of
from application.ports.mailing import LetterKind, Notice, ReportedThing
from application.ports.work import UnitOfWork
from domain.errors import NotFound
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.moderation import LogEntry
from domain.outbox import Job
from domain.roles import known_end


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    mailing: Mailing

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return self.mailing.handlers({JobKind.NOTICE: _notice, JobKind.SANCTION_ENDED: _news_of_an_end})


def _notice(work: UnitOfWork, job: Job) -> Draft | None:
    account, entry = account_of(work, job), _entry_of(work, job)
    if account is None or entry is None:
        return None
    return Draft(LetterKind.NOTICE, account, account.language, notice=_notice_of(work, entry))


def _news_of_an_end(work: UnitOfWork, job: Job) -> Draft | None:
    account, entry = account_of(work, job), _entry_of(work, job)
    if account is None or entry is None:
        return None
    return Draft(LetterKind.SANCTION_ENDED, account, account.language, notice=_notice_of(work, entry))


def _entry_of(work: UnitOfWork, job: Job) -> LogEntry | None:
    try:
        return work.moderation_log.get(job.subject_id or 0)
    except NotFound:
        return None


def _notice_of(work: UnitOfWork, entry: LogEntry) -> Notice:
    try:
        until = work.sanctions.get(entry.id).until
    except NotFound:
        until = None
    case = work.cases.find_settled_by(entry.id)
    return Notice(
        entry_id=entry.id,
        at=time_of(entry.id),
        act=entry.act,
        subject_kind=entry.subject_kind,
        text=entry.text,
        reason=entry.reason,
        rule=entry.rule,
        by_moderator=entry.actor_id is not None,
        reported=None if case is None else ReportedThing(case.subject_kind, case.text),
        until=known_end(until),
    )
