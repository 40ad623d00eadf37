"""What is deleted is unseen at once, can be brought back for some time, and is then gone for good."""

from datetime import datetime, timedelta

from domain.accounts import Account
from domain.errors import Forbidden, NotFound
from domain.roles import Permission

KEPT_FOR = timedelta(days=30)


def require_restorer(actor: Account, *, author_id: int, deleted_by: int, deleted_at: datetime, at: datetime) -> None:
    """Authors bring back what they deleted. What somebody else deleted, only an administrator brings back. Raises
    NotFound when the time is over, and to whom the deleted thing is nothing; Forbidden to its author."""
    if at >= deleted_at + KEPT_FOR:
        raise NotFound()
    is_author, was_author = actor.id == author_id, deleted_by == author_id
    if is_author if was_author else actor.reader.can(Permission.ADMINISTER):
        return
    raise Forbidden("deleted_by_administrator") if is_author else NotFound()
