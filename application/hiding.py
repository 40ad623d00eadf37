"""Hides a post or a comment, inside a unit of work."""

from datetime import datetime

from application.comments import lock_seen_comment
from application.ports.work import UnitOfWork
from application.posts import lock_seen, store_post
from application.recording import record
from domain.accounts import Account
from domain.comments import Comment
from domain.moderation import LogEntry, SubjectKind
from domain.posts import Post


def lock_text(work: UnitOfWork, moderator: Account, kind: SubjectKind, subject_id: int) -> Post | Comment:
    """A moderator names no version. When the author edits at the same time, the act applies to the new text. Raises
    NotFound."""
    if kind is SubjectKind.POST:
        return lock_seen(work, moderator, subject_id)
    return lock_seen_comment(work, moderator, subject_id)


def hide_text(
    work: UnitOfWork, moderator: Account, text: Post | Comment, *, id: int, reason: str, rule: str, at: datetime
) -> LogEntry:
    """Hides a locked text, and records it. `id` is that of the log entry. Raises Forbidden."""
    if isinstance(text, Post):
        was_listed = text.listed
        entry = text.hide(moderator, id=id, reason=reason, rule=rule, at=at)
        store_post(work, text, was_listed)
    else:
        entry = text.hide(moderator, id=id, reason=reason, rule=rule, at=at)
        work.comments.save(text)
    record(work, entry)
    return entry
