"""Moderation: hide and restore. Each act is in the moderation log."""

from dataclasses import dataclass

from application.comments import lock_seen_comment
from application.ports.comments import CommentCard
from application.ports.moderation import LogCard, ModerationFeeds
from application.ports.paging import Counted, Page, Window
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import lock_seen, relist
from application.recording import record
from application.repeating import Repeat
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import Problems
from domain.moderation import LogEntry, reason_text, rule_named
from domain.posts import Post
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Moderation:
    repeat: Repeat
    now: Now
    new_id: NewId
    moderation_feeds: ModerationFeeds

    def comments(self, *, reader: Reader, window: Window) -> Page[CommentCard]:
        """All comments, newest first, with the text of hidden ones. Raises Forbidden."""
        reader.require(Permission.MODERATE)
        return self.moderation_feeds.comments(reader, window)

    def log(self, *, reader: Reader, window: Window) -> Counted[LogCard]:
        """Newest first. Raises Forbidden."""
        reader.require(Permission.MODERATE)
        return self.moderation_feeds.log(reader, window)

    def hide(self, *, actor_id: int, comment_id: int, reason: str, rule: str = "") -> None:
        """A comment that is hidden already gets the new reason. `rule` is a number, `law`, or empty. Raises NotFound,
        Forbidden, Invalid."""
        self.repeat(self._hide, actor_id, comment_id, reason, rule)

    def _hide(self, work: UnitOfWork, moderator_id: int, comment_id: int, reason: str, rule: str) -> None:
        moderator, comment = self._judged(work, moderator_id, comment_id)
        reason, rule = grounds(reason, rule)
        entry = comment.hide(moderator, id=self.new_id(), reason=reason, rule=rule, at=self.now())
        self._record(work, comment, entry)

    def restore(self, *, actor_id: int, comment_id: int, reason: str = "") -> None:
        """Does nothing to a visible comment. Raises NotFound, Forbidden, Invalid."""
        self.repeat(self._restore, actor_id, comment_id, reason)

    def _restore(self, work: UnitOfWork, moderator_id: int, comment_id: int, reason: str) -> None:
        moderator, comment = self._judged(work, moderator_id, comment_id)
        reason = reason_text(reason, required=False)
        entry = comment.restore(moderator, id=self.new_id(), reason=reason, at=self.now())
        if entry is not None:
            self._record(work, comment, entry)

    def hide_post(self, *, actor_id: int, post_id: int, reason: str, rule: str = "") -> None:
        """A post that is hidden already gets the new reason. `rule` is a number, `law`, or empty. Raises NotFound,
        Forbidden, Invalid."""
        self.repeat(self._hide_post, actor_id, post_id, reason, rule)

    def _hide_post(self, work: UnitOfWork, moderator_id: int, post_id: int, reason: str, rule: str) -> None:
        moderator = self._moderator(work, moderator_id)
        post = lock_seen(work, moderator, post_id)
        reason, rule = grounds(reason, rule)
        was_listed = post.listed
        entry = post.hide(moderator, id=self.new_id(), reason=reason, rule=rule, at=self.now())
        self._store_post(work, post, was_listed, entry)

    def restore_post(self, *, actor_id: int, post_id: int, reason: str = "") -> None:
        """Does nothing to a visible post. Raises NotFound, Forbidden, Invalid."""
        self.repeat(self._restore_post, actor_id, post_id, reason)

    def _restore_post(self, work: UnitOfWork, moderator_id: int, post_id: int, reason: str) -> None:
        moderator = self._moderator(work, moderator_id)
        post = lock_seen(work, moderator, post_id)
        was_listed = post.listed
        reason = reason_text(reason, required=False)
        entry = post.restore(moderator, id=self.new_id(), reason=reason, at=self.now())
        if entry is not None:
            self._store_post(work, post, was_listed, entry)

    def _store_post(self, work: UnitOfWork, post: Post, was_listed: bool, entry: LogEntry) -> None:
        work.posts.save(post)
        if post.listed != was_listed:
            relist(work, post)
        record(work, entry)
        work.commit()

    def _moderator(self, work: UnitOfWork, moderator_id: int) -> Account:
        moderator = work.accounts.actor(moderator_id)
        # Forbidden comes before NotFound, so that the answer does not reveal whether the thing exists.
        moderator.require(Permission.MODERATE, at=self.now())
        return moderator

    def _judged(self, work: UnitOfWork, moderator_id: int, comment_id: int) -> tuple[Account, Comment]:
        moderator = self._moderator(work, moderator_id)
        # A moderator names no version. When the author edits at the same time, the act applies to the new text.
        return moderator, lock_seen_comment(work, moderator, comment_id)

    def _record(self, work: UnitOfWork, comment: Comment, entry: LogEntry) -> None:
        work.comments.save(comment)
        record(work, entry)
        work.commit()


def grounds(reason: str, rule: str) -> tuple[str, str]:
    """Why something is hidden. Raises Invalid."""
    problems = Problems()
    with problems:
        reason = reason_text(reason, required=True)
    with problems:
        rule = rule_named(rule)
    problems.stop()
    return reason, rule
