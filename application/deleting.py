"""Deleting: what was deleted, how it is brought back, and when it is gone for good."""

from contextlib import suppress
from dataclasses import dataclass

from application.comments import recount, remove_comment
from application.jobs import Handlers, Outcome
from application.ports.deleting import DeletedCard, DeletedFeeds
from application.ports.paging import Page, Window
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import remove_post, store_post
from application.recording import record
from application.repeating import Repeat
from domain.cases import KEEP_TEXT as KEEP_REPORTED
from domain.deleting import KEPT_FOR
from domain.errors import NotFound
from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.moderation import KEEP_TEXT
from domain.outbox import Job
from domain.roles import Permission, Reader

BATCH = 100
_KEY = "purge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleting:
    repeat: Repeat
    now: Now
    new_id: NewId
    deleted_feeds: DeletedFeeds

    def own(self, *, reader: Reader, window: Window) -> Page[DeletedCard]:
        """The posts and comments that this member deleted and can still bring back, newest first."""
        return self.deleted_feeds.own(reader, self.now() - KEPT_FOR, window)

    def undelete_post(self, *, actor_id: int, post_id: int) -> None:
        """Brings a post back as it was, hidden if it was hidden, with the comments that went with it and no others.
        Does nothing when it is there. Raises NotFound, Forbidden."""
        self.repeat(self._undelete_post, actor_id, post_id)

    def _undelete_post(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        actor = work.accounts.actor(actor_id)
        actor.require(Permission.WRITE, at=self.now())
        post = work.posts.lock(post_id)
        if post.deleted_at is None:
            post.require_seen_by(actor.reader)
            return
        entry = post.undelete(actor, id=self.new_id(), at=self.now())
        store_post(work, post, was_listed=False)
        if entry is not None:
            record(work, entry)
        work.commit()

    def undelete_comment(self, *, actor_id: int, comment_id: int) -> None:
        """As `undelete_post`. The post must be there."""
        self.repeat(self._undelete_comment, actor_id, comment_id)

    def _undelete_comment(self, work: UnitOfWork, actor_id: int, comment_id: int) -> None:
        actor = work.accounts.actor(actor_id)
        actor.require(Permission.COMMENT, at=self.now())
        post = work.posts.lock(work.comments.get(comment_id).post_id)
        post.require_seen_by(actor.reader)
        comment = work.comments.lock(comment_id)
        if comment.deleted_at is None:
            return
        entry = comment.undelete(actor, id=self.new_id(), at=self.now())
        work.comments.save(comment)
        recount(work, comment, 1)
        if entry is not None:
            record(work, entry)
        work.commit()

    def look(self) -> None:
        """Asks the worker for a purge when something is due."""
        if self.repeat.reading(self._is_due):
            self.repeat(self._ask)

    def _is_due(self, work: UnitOfWork) -> bool:
        due, old = self.now() - KEPT_FOR, self.now() - KEEP_TEXT
        return bool(
            work.deleted.posts_due(due, 1)
            or work.deleted.comments_due(due, 1)
            or work.moderation_log.old_texts(make_id(old, 0), 1)
            or work.reported_texts.old(self.now() - KEEP_REPORTED, 1)
        )

    def _ask(self, work: UnitOfWork) -> None:
        if work.outbox.find_waiting(_KEY) is None:
            work.outbox.add(Job(id=self.new_id(), kind=JobKind.PURGE, key=_KEY, due_at=self.now()))
            work.commit()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.PURGE: self._purge_some}

    def _purge_some(self, job: Job) -> Outcome:
        """One batch. What is left is found anew. The progress only says that the job has begun."""
        job.progress = "begun"
        return Outcome.MORE if self.repeat(self._purge_batch) else Outcome.DONE

    def _purge_batch(self, work: UnitOfWork) -> bool:
        due, old = self.now() - KEPT_FOR, self.now() - KEEP_TEXT
        # One post at a time, because each may have many comments. Until a row is locked, an appeal may bring back what
        # was deleted, and an erasure may remove it.
        posts = work.deleted.posts_due(due, 1)
        for post_id in posts:
            with suppress(NotFound):
                post = work.posts.lock(post_id)
                if post.deleted_at is not None and post.deleted_at <= due:
                    remove_post(work, post)
        comments = work.deleted.comments_due(due, BATCH)
        for comment_id in sorted(comments):
            with suppress(NotFound):
                comment = work.comments.lock(comment_id)
                if comment.deleted_at is not None and comment.deleted_at <= due:
                    remove_comment(work, comment_id)
        texts = work.moderation_log.old_texts(make_id(old, 0), BATCH)
        work.moderation_log.forget_texts(texts)
        # One case at a time, because each may have many reports.
        cases = work.reported_texts.old(self.now() - KEEP_REPORTED, 1)
        work.reported_texts.forget(cases)
        work.commit()
        return bool(posts or comments or texts or cases)
