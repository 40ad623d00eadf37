"""Tells members of what happened, in the commit of what happened. Who watches what many watch is told by a job."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from application.ports.work import NewId, Now, UnitOfWork
from domain.comments import Comment
from domain.following import Follow
from domain.job_kinds import JobKind
from domain.liking import Like
from domain.notifications import BELOW_POST, Notification, NotificationKind
from domain.outbox import Job
from domain.posts import Post

# When more people than these watch a post, a job tells them.
TOLD_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifying:
    """Other use cases call this before they commit. Nobody is told of their own act. Whether somebody may see what they
    are told of, and wants to, is asked when they look."""

    now: Now
    new_id: NewId

    def of_comment(
        self,
        work: UnitOfWork,
        comment: Comment,
        post: Post,
        *,
        answered: Comment | None,
        mentioned: Iterable[int],
    ) -> None:
        """A comment is written. Each is told by the first kind that fits."""
        kinds: dict[int, NotificationKind] = {}
        if answered is not None:
            kinds[answered.author_id] = NotificationKind.REPLY
        for account_id in mentioned:
            kinds.setdefault(account_id, NotificationKind.MENTION)
        kinds.setdefault(post.author_id, NotificationKind.COMMENT)
        watches = work.watches.some_after(post.id, 0, TOLD_AT_ONCE + 1)
        if len(watches) > TOLD_AT_ONCE:
            job = Job(id=self.new_id(), kind=JobKind.TELL_WATCHERS, subject_id=comment.id, due_at=self.now())
            work.outbox.add(job)
            watches = []
        for _, account_id in watches:
            kinds.setdefault(account_id, NotificationKind.WATCHED)
        kinds.pop(comment.author_id, None)
        work.notifications.add([self._of_text(kind, account_id, comment) for account_id, kind in kinds.items()])

    def watcher(self, account_id: int, comment: Comment) -> Notification:
        """Tells somebody who watches the post of a comment below it."""
        return self._of_text(NotificationKind.WATCHED, account_id, comment)

    def of_mentions(self, work: UnitOfWork, text: Post | Comment, mentioned: Iterable[int]) -> None:
        """A post is published, or its author edits a text. Who was told of it as an answer or a mention is not told
        again."""
        others = set(mentioned) - {text.author_id}
        if others and isinstance(text, Comment):
            others -= work.notifications.told_of(text.id)
        work.notifications.add([self._of_text(NotificationKind.MENTION, id, text) for id in sorted(others)])

    def of_like(self, work: UnitOfWork, like: Like, thing: Post | Comment) -> None:
        notification = self._of_text(NotificationKind.LIKE, thing.author_id, thing, event_id=like.id)
        work.notifications.add([notification])

    def of_follow(self, work: UnitOfWork, follow: Follow) -> None:
        kind = NotificationKind.FOLLOW
        told = Notification.of(kind, follow.followed_id, id=self.new_id(), event_id=follow.id, at=self.now())
        work.notifications.add([told])

    def of_report(self, work: UnitOfWork, case_id: int, *, report_id: int, besides: Container[int | None]) -> None:
        """Tells moderators, but not whom it concerns, nor who reported."""
        self._moderators(work, NotificationKind.REPORT, thing_id=case_id, event_id=report_id, besides=besides)

    def of_appeal(self, work: UnitOfWork, entry_id: int, *, appeal_id: int, besides: Container[int | None]) -> None:
        self._moderators(work, NotificationKind.APPEAL, thing_id=entry_id, event_id=appeal_id, besides=besides)

    def of_newcomer(self, work: UnitOfWork, account_id: int) -> None:
        """Somebody waits to be admitted."""
        self._moderators(work, NotificationKind.WAITING, thing_id=0, event_id=account_id, besides=frozenset())

    def _moderators(
        self, work: UnitOfWork, kind: NotificationKind, *, thing_id: int, event_id: int, besides: Container[int | None]
    ) -> None:
        told = [
            Notification.of(kind, id, id=self.new_id(), event_id=event_id, thing_id=thing_id, at=self.now())
            for id in work.waiting_members.moderators()
            if id not in besides
        ]
        work.notifications.add(told)

    def _of_text(
        self, kind: NotificationKind, account_id: int, text: Post | Comment, *, event_id: int | None = None
    ) -> Notification:
        """What is below a post is merged there. An answer, a mention and a like are about the text itself."""
        is_comment = isinstance(text, Comment)
        post_id = text.post_id if isinstance(text, Comment) else text.id
        merges_below = kind in BELOW_POST
        return Notification.of(
            kind,
            account_id,
            id=self.new_id(),
            event_id=text.id if event_id is None else event_id,
            thing_id=post_id if merges_below else text.id,
            post_id=post_id,
            comment_id=text.id if is_comment and not merges_below else None,
            at=self.now(),
        )
