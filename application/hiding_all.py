"""Hides all that a member published by one act, and restores exactly that. A job carries the act out, part by part.
Each thing notes the entry of the log that hid it."""

from contextlib import suppress
from dataclasses import dataclass

from application.closing import close_case_about
from application.jobs import Handlers, Outcome
from application.moderation import grounds
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import store_post
from application.recording import record
from application.repeating import Repeat
from application.sanctions import lock_judged
from application.undoing import ask_to_restore_all, restore_comment, restore_post
from domain.errors import Conflict, NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act, LogEntry, reason_text
from domain.outbox import Job

# How many comments are in one unit of work. A post is alone in one, because it may have many comments.
BATCH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class HidingAll:
    repeat: Repeat
    now: Now
    new_id: NewId

    def hide_all(self, *, actor_id: int, username: str, reason: str, rule: str = "") -> int:
        """The id of the act. Hides the posts and comments that the member has published by now, and that are not hidden
        yet. Who may sanction a member may do this. Raises Forbidden, NotFound, Invalid."""
        return self.repeat(self._hide_all, actor_id, username, reason, rule)

    def _hide_all(self, work: UnitOfWork, actor_id: int, username: str, reason: str, rule: str) -> int:
        # Whoever publishes for the member at this moment has committed when the row is locked. So the id, which is made
        # after that, is above the ids of what is hidden.
        member = lock_judged(work, actor_id, username, at=self.now())
        reason, rule = grounds(reason, rule)
        entry = LogEntry.on_person(
            member.id, Act.HIDE_ALL, id=self.new_id(), actor_id=actor_id, reason=reason, rule=rule
        )
        record(work, entry)
        close_case_about(work, entry, job_id=self.new_id())
        work.outbox.add(
            Job(
                id=self.new_id(),
                kind=JobKind.HIDE_ALL,
                subject_id=entry.id,
                account_id=member.id,
                due_at=self.now(),
            )
        )
        work.commit()
        return entry.id

    def restore_all(self, *, actor_id: int, username: str, reason: str) -> None:
        """Undoes the last act that hid all of a member and was not undone yet. Raises Forbidden, NotFound, Invalid, and
        Conflict when there is none."""
        self.repeat(self._restore_all, actor_id, username, reason)

    def _restore_all(self, work: UnitOfWork, actor_id: int, username: str, reason: str) -> None:
        member = lock_judged(work, actor_id, username, at=self.now())
        reason = reason_text(reason, required=True)
        hiding = work.moderation_log.find_hiding_all(member.id)
        if hiding is None:
            raise Conflict("nothing_hidden_at_once")
        entry = LogEntry.on_person(
            member.id, Act.RESTORE_ALL, id=self.new_id(), actor_id=actor_id, text=str(hiding.id), reason=reason
        )
        record(work, entry)
        ask_to_restore_all(work, hiding, job_id=self.new_id(), at=self.now())
        work.commit()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.HIDE_ALL: self._hide_some, JobKind.RESTORE_ALL: self._restore_some}

    def _hide_some(self, job: Job) -> Outcome:
        """One part. `progress` is the last thing that was looked at: posts come first, then comments."""
        progress = self.repeat(_hide_part, job)
        if progress is None:
            return Outcome.DONE
        job.progress = progress
        return Outcome.MORE

    def _restore_some(self, job: Job) -> Outcome:
        """One part. What is left is found anew, so no progress is stored."""
        return Outcome.MORE if self.repeat(_restore_part, job) else Outcome.DONE


def _hide_part(work: UnitOfWork, job: Job) -> str | None:
    """Commits one part, and answers how far it came. None when nothing is left, or the act was undone."""
    assert job.account_id is not None and job.subject_id is not None
    # Whoever undoes the act locks this row, and so waits for this part. Nothing is hidden after that.
    work.accounts.actor(job.account_id)
    entry = work.moderation_log.get(job.subject_id)
    if work.moderation_log.is_undone(entry):
        return None
    kind, _, place = (job.progress or f"post {entry.id}").partition(" ")
    part = _hide_post if kind == "post" else _hide_comments
    lowest = part(work, entry, int(place))
    work.commit()
    if lowest is not None:
        return f"{kind} {lowest}"
    return f"comment {entry.id}" if kind == "post" else None


def _hide_post(work: UnitOfWork, entry: LogEntry, before_id: int) -> int | None:
    for post_id in work.posts.unhidden_of(entry.about_id, before_id, 1):
        # It may have been removed for good meanwhile.
        with suppress(NotFound):
            post = work.posts.lock(post_id)
            was_listed = post.listed
            if post.hide_with_all(entry):
                store_post(work, post, was_listed)
        return post_id
    return None


def _hide_comments(work: UnitOfWork, entry: LogEntry, before_id: int) -> int | None:
    found = work.comments.unhidden_of(entry.about_id, before_id, BATCH)
    for comment_id in sorted(found):
        with suppress(NotFound):
            comment = work.comments.lock(comment_id)
            if comment.hide_with_all(entry):
                work.comments.save(comment)
    return min(found, default=None)


def _restore_part(work: UnitOfWork, job: Job) -> bool:
    """Commits one part. False when nothing was left."""
    assert job.subject_id is not None
    entry = work.moderation_log.get(job.subject_id)
    posts = work.posts.hidden_by(entry.id, 1)
    comments = [] if posts else work.comments.hidden_by(entry.id, BATCH)
    for post_id in posts:
        with suppress(NotFound):
            restore_post(work, post_id, entry)
    for comment_id in comments:
        with suppress(NotFound):
            restore_comment(work, comment_id, entry)
    work.commit()
    return bool(posts or comments)
