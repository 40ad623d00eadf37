"""Writes acts into the moderation log, and tells whom they concern."""

from application.ports.tallies import Total
from application.ports.work import UnitOfWork
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.moderation import LogEntry
from domain.notifications import Notification
from domain.outbox import Job


def record(work: UnitOfWork, entry: LogEntry) -> None:
    """In the commit of the act. Nobody is told of their own act, and no mail goes to an address that nobody has
    confirmed."""
    work.moderation_log.add(entry)
    if entry.act.is_told and entry.actor_id != entry.about_id:
        about = work.accounts.get(entry.about_id)
        if about.confirmed and not about.deleted:
            # One entry, one notice: it has the same id.
            notice = Job.to_owner(about, id=entry.id, kind=JobKind.NOTICE, due_at=time_of(entry.id))
            notice.subject_id = entry.id
            work.outbox.add(notice)
        told = Notification.of_act(entry, at=time_of(entry.id))
        if told is not None and not about.deleted:
            work.notifications.add([told])
    work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
