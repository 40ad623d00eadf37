"""Writes acts into the moderation log."""

from application.ports.tallies import Total
from application.ports.work import UnitOfWork
from domain.moderation import LogEntry


def record(work: UnitOfWork, entry: LogEntry) -> None:
    """In the commit of the act."""
    work.moderation_log.add(entry)
    work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
