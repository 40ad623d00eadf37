"""Moderation: hide and restore. Each act is in the moderation log."""

from dataclasses import dataclass

from application.closing import close_case_about
from application.comments import lock_seen_comment
from application.finding import somebody_else_moderates
from application.hiding import hide_text, lock_text
from application.ports.comments import CommentCard
from application.ports.moderation import LogCard, ModerationFeeds
from application.ports.paging import CountedUpTo, Page, Window
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import lock_seen, store_post
from application.recording import record
from application.repeating import Repeat
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import Forbidden, NotFound, Problems
from domain.identifiers import is_username
from domain.moderation import SubjectKind, reason_text, rule_named
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

    def log(self, *, reader: Reader, window: Window, by: str = "") -> CountedUpTo[LogCard]:
        """Newest first. `by` is a present or former username of the member who did it, or empty. What one member did is
        not counted. Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        if by and not is_username(by):
            raise NotFound()
        if by:
            return CountedUpTo(self.moderation_feeds.log_by(reader, by, window), None)
        found = self.moderation_feeds.log(reader, window)
        return CountedUpTo(found.page, found.count)

    def hide(self, *, actor_id: int, comment_id: int, reason: str, rule: str = "") -> None:
        """A comment that is hidden already gets the new reason. `rule` is a number, `law`, or empty. Raises NotFound,
        Forbidden, Invalid."""
        self.repeat(self._hide, actor_id, SubjectKind.COMMENT, comment_id, reason=reason, rule=rule)

    def _hide(
        self, work: UnitOfWork, moderator_id: int, kind: SubjectKind, subject_id: int, *, reason: str, rule: str
    ) -> None:
        moderator = self._moderator(work, moderator_id)
        text = lock_text(work, moderator, kind, subject_id)
        reason, rule = grounds(reason, rule)
        entry = hide_text(work, moderator, text, id=self.new_id(), reason=reason, rule=rule, at=self.now())
        close_case_about(work, entry, job_id=self.new_id())
        work.commit()

    def restore(self, *, actor_id: int, comment_id: int, reason: str = "") -> None:
        """Does nothing to a visible comment. Nobody restores their own that somebody else hid, while there is another
        moderator. Raises NotFound, Forbidden, Invalid."""
        self.repeat(self._restore, actor_id, comment_id, reason)

    def _restore(self, work: UnitOfWork, moderator_id: int, comment_id: int, reason: str) -> None:
        moderator = self._moderator(work, moderator_id)
        comment = lock_seen_comment(work, moderator, comment_id)
        self._require_impartial(work, moderator, comment)
        reason = reason_text(reason, required=False)
        entry = comment.restore(moderator, id=self.new_id(), reason=reason, at=self.now())
        if entry is not None:
            work.comments.save(comment)
            record(work, entry)
            work.commit()

    def hide_post(self, *, actor_id: int, post_id: int, reason: str, rule: str = "") -> None:
        """A post that is hidden already gets the new reason. `rule` is a number, `law`, or empty. Raises NotFound,
        Forbidden, Invalid."""
        self.repeat(self._hide, actor_id, SubjectKind.POST, post_id, reason=reason, rule=rule)

    def restore_post(self, *, actor_id: int, post_id: int, reason: str = "") -> None:
        """As `restore`."""
        self.repeat(self._restore_post, actor_id, post_id, reason)

    def _restore_post(self, work: UnitOfWork, moderator_id: int, post_id: int, reason: str) -> None:
        moderator = self._moderator(work, moderator_id)
        post = lock_seen(work, moderator, post_id)
        self._require_impartial(work, moderator, post)
        was_listed = post.listed
        reason = reason_text(reason, required=False)
        entry = post.restore(moderator, id=self.new_id(), reason=reason, at=self.now())
        if entry is not None:
            store_post(work, post, was_listed)
            record(work, entry)
            work.commit()

    def _require_impartial(self, work: UnitOfWork, moderator: Account, text: Post | Comment) -> None:
        """Who moderates does not overrule a colleague about their own text, while somebody else can decide."""
        if text.author_id != moderator.id or text.hidden_by is None:
            return
        hider_id = work.moderation_log.get(text.hidden_by).actor_id
        if hider_id != moderator.id and somebody_else_moderates(work, moderator.id, at=self.now()):
            raise Forbidden("own_text")

    def _moderator(self, work: UnitOfWork, moderator_id: int) -> Account:
        moderator = work.accounts.actor(moderator_id)
        # Forbidden comes before NotFound, so that the answer does not reveal whether the thing exists.
        moderator.require(Permission.MODERATE, at=self.now())
        return moderator


def grounds(reason: str, rule: str) -> tuple[str, str]:
    """Why something is hidden. Raises Invalid."""
    problems = Problems()
    with problems:
        reason = reason_text(reason, required=True)
    with problems:
        rule = rule_named(rule)
    problems.stop()
    return reason, rule
