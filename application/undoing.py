"""Undoes an act of moderation: exactly what it did, and nothing that others did since."""

from collections.abc import Callable
from datetime import datetime

from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound
from domain.moderation import Act, LogEntry
from domain.sanctions import restrict


def undo(work: UnitOfWork, entry: LogEntry, *, at: datetime) -> None:
    """The account of whom the entry concerns is locked. What is undone already, or gone, stays so."""
    _UNDO[entry.act](work, entry, at)


def apply_sanctions(work: UnitOfWork, member: Account, *, at: datetime) -> None:
    """What the sanctions of a locked account come to now. When a suspension begins, every session and API token
    ends."""
    if restrict(member, work.sanctions.holding(member.id, at), at=at):
        work.sessions.remove_all_of(member.id)
    work.accounts.save(member)


def _reverse_sanction(work: UnitOfWork, entry: LogEntry, at: datetime) -> None:
    sanction = work.sanctions.get(entry.id)
    sanction.reverse(at=at)
    work.sanctions.save(sanction)
    apply_sanctions(work, work.accounts.lock(sanction.account_id), at=at)


def _show_again(work: UnitOfWork, entry: LogEntry, _at: datetime) -> None:
    """A text that is hidden by another act since, or visible, or gone, stays so."""
    try:
        comment = work.comments.lock(entry.subject_id)
    except NotFound:
        return
    if comment.show_again(entry):
        work.comments.save(comment)


# By every act that may be appealed.
_UNDO: dict[Act, Callable[[UnitOfWork, LogEntry, datetime], None]] = {
    Act.HIDE: _show_again,
    Act.WARN: _reverse_sanction,
    Act.SILENCE: _reverse_sanction,
    Act.SUSPEND: _reverse_sanction,
}
