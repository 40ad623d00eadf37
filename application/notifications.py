"""Notifications: read, and told to all who watch a post."""

from dataclasses import dataclass

from application.jobs import Handlers, Outcome
from application.notifying import Notifying
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.comments import Comment
from domain.errors import NotFound
from domain.job_kinds import JobKind
from domain.outbox import Job

BATCH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingNotifications:
    repeat: Repeat
    now: Now
    notifying: Notifying

    def open(self, *, actor_id: int, notification_id: int) -> None:
        """Marks it as read. Idempotent. Raises Forbidden, NotFound."""
        self.repeat(self._open, actor_id, notification_id)

    def _open(self, work: UnitOfWork, actor_id: int, notification_id: int) -> None:
        self._require_account(work, actor_id)
        found = work.notifications.find(actor_id, notification_id)
        if found is None:
            raise NotFound()
        if found.unread:
            found.read()
            work.notifications.save([found])
            work.commit()

    def read(self, *, actor_id: int, until: int) -> None:
        """Marks all up to this id as read, and none that came later. Raises Forbidden."""
        self.repeat(self._read, actor_id, until)

    def _read(self, work: UnitOfWork, actor_id: int, until: int) -> None:
        self._require_account(work, actor_id)
        work.notifications.read_until(actor_id, until)
        work.commit()

    def _require_account(self, work: UnitOfWork, actor_id: int) -> None:
        """It takes an account and no permission, because one's own list is not seen by others."""
        work.accounts.get(actor_id).reader_at(self.now()).require_access()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.TELL_WATCHERS: self._tell_some_watchers}

    def _tell_some_watchers(self, job: Job) -> Outcome:
        return Outcome.MORE if self.repeat(self._tell_watchers, job) else Outcome.DONE

    def _tell_watchers(self, work: UnitOfWork, job: Job) -> bool:
        """One part. Where the next one begins is stored in the same commit, so nobody is told twice."""
        comment = _comment_of(work, job)
        stored = work.outbox.get(job.id)
        watches = [] if comment is None else work.watches.some_after(comment.post_id, int(stored.progress or 0), BATCH)
        if comment is None or not watches:
            return False
        told = work.notifications.told_of(comment.id)
        told |= {comment.author_id, work.posts.get(comment.post_id).author_id}
        others = [account_id for id, account_id in watches if id < comment.id and account_id not in told]
        work.notifications.add([self.notifying.watcher(account_id, comment) for account_id in others])
        stored.progress = job.progress = str(watches[-1][0])
        work.outbox.save(stored)
        work.commit()
        return True


def _comment_of(work: UnitOfWork, job: Job) -> Comment | None:
    """None when it is gone."""
    try:
        comment = work.comments.get(job.subject_id or 0)
    except NotFound:
        return None
    return comment if comment.deleted_at is None else None
