"""Undoes an act of moderation: exactly what it did, and nothing that others did since."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from application.comments import recount
from application.ports.work import NewId, UnitOfWork
from application.posts import store_post
from domain.accounts import Account
from domain.errors import NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act, LogEntry, SubjectKind
from domain.outbox import Job
from domain.sanctions import restrict


def undo(work: UnitOfWork, entry: LogEntry, *, new_id: NewId, at: datetime) -> None:
    """The account of whom the entry concerns is locked. What is undone already, or gone, stays so."""
    if entry.act is Act.HIDE_ALL:
        ask_to_restore_all(work, entry, job_id=new_id(), at=at)
    else:
        _UNDO[entry.act](work, entry, at)


def ask_to_restore_all(work: UnitOfWork, entry: LogEntry, *, job_id: int, at: datetime) -> None:
    """In the commit of the act that undoes it. A job restores what the entry has hidden."""
    work.outbox.add(Job(id=job_id, kind=JobKind.RESTORE_ALL, subject_id=entry.id, account_id=entry.about_id, due_at=at))


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


def _restore_text(work: UnitOfWork, entry: LogEntry, _at: datetime) -> None:
    """For a text that is hidden by this act, or deleted by it."""
    with suppress(NotFound):
        if entry.subject_kind is SubjectKind.POST:
            restore_post(work, entry.subject_id, entry)
        else:
            # The post is locked first, as where comments are written and deleted.
            work.posts.lock(work.comments.get(entry.subject_id).post_id)
            restore_comment(work, entry.subject_id, entry)


def restore_post(work: UnitOfWork, post_id: int, entry: LogEntry) -> None:
    """Raises NotFound."""
    post = work.posts.lock(post_id)
    was_listed = post.listed
    if post.undo(entry):
        store_post(work, post, was_listed)


def restore_comment(work: UnitOfWork, comment_id: int, entry: LogEntry) -> None:
    """Raises NotFound."""
    comment = work.comments.lock(comment_id)
    if comment.undo(entry):
        work.comments.save(comment)
        if entry.act is Act.DELETE:
            recount(work, comment, 1)


# By every other act that may be appealed.
_UNDO: dict[Act, Callable[[UnitOfWork, LogEntry, datetime], None]] = {
    Act.HIDE: _restore_text,
    Act.DELETE: _restore_text,
    Act.WARN: _reverse_sanction,
    Act.SILENCE: _reverse_sanction,
    Act.SUSPEND: _reverse_sanction,
}
