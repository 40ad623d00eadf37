"""Undoes an act of moderation: exactly what it did, and nothing that others did since."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from application.comments import recount
from application.ports.work import UnitOfWork
from application.posts import relist
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import NotFound
from domain.moderation import Act, LogEntry, SubjectKind
from domain.posts import Post
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


def _restore_text(work: UnitOfWork, entry: LogEntry, _at: datetime) -> None:
    """For a text that is hidden by this act, or deleted by it."""
    with suppress(NotFound):
        if entry.subject_kind is SubjectKind.POST:
            _restore_post(work, work.posts.lock(entry.subject_id), entry)
        else:
            # The post is locked first, as where comments are written and deleted.
            work.posts.lock(work.comments.get(entry.subject_id).post_id)
            _restore_comment(work, work.comments.lock(entry.subject_id), entry)


def _restore_post(work: UnitOfWork, post: Post, entry: LogEntry) -> None:
    was_listed = post.listed
    if post.undo(entry):
        work.posts.save(post)
        if post.listed != was_listed:
            relist(work, post)


def _restore_comment(work: UnitOfWork, comment: Comment, entry: LogEntry) -> None:
    if comment.undo(entry):
        work.comments.save(comment)
        if entry.act is Act.DELETE:
            recount(work, comment, 1)


# By every act that may be appealed.
_UNDO: dict[Act, Callable[[UnitOfWork, LogEntry, datetime], None]] = {
    Act.HIDE: _restore_text,
    Act.DELETE: _restore_text,
    Act.WARN: _reverse_sanction,
    Act.SILENCE: _reverse_sanction,
    Act.SUSPEND: _reverse_sanction,
}
