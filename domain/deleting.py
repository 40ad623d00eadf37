"""What is deleted is unseen at once, can be brought back for some time, and is then gone for good."""

from datetime import datetime, timedelta

from domain.accounts import Account
from domain.errors import Forbidden, NotFound
from domain.ids import time_of
from domain.moderation import Act, LogEntry
from domain.roles import Permission

KEPT_FOR = timedelta(days=30)
# A use case asks for the time more than once within one commit.
_ONE_COMMIT = timedelta(seconds=5)


def require_restorer(actor: Account, *, author_id: int, deleted_by: int, deleted_at: datetime, at: datetime) -> None:
    """Authors bring back what they deleted. What somebody else deleted, only an administrator brings back. Raises
    NotFound when the time is over, and to whom the deleted thing is nothing; Forbidden to its author."""
    if not is_kept(deleted_at=deleted_at, at=at):
        raise NotFound()
    is_author, was_author = actor.id == author_id, deleted_by == author_id
    if is_author if was_author else actor.reader.can(Permission.ADMINISTER):
        return
    raise Forbidden("deleted_by_administrator") if is_author else NotFound()


def is_kept(*, deleted_at: datetime, at: datetime) -> bool:
    """Whether what was deleted then can still be brought back."""
    return at < deleted_at + KEPT_FOR


def is_deletion(entry: LogEntry, *, deleted_by: int | None, deleted_at: datetime | None) -> bool:
    """Whether this act deleted the thing, and nobody brought it back and deleted it again since."""
    if entry.act is not Act.DELETE or deleted_at is None or deleted_by != entry.actor_id:
        return False
    return abs(deleted_at - time_of(entry.id)) < _ONE_COMMIT
