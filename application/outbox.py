"""What waits to be done, as administrators see it and try it again."""

from dataclasses import dataclass

from application.ports.outbox import JobCard, MailHealth, OutboxFeeds
from application.ports.paging import Page, Window
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.outbox import Stage
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    repeat: Repeat
    now: Now
    outbox_feeds: OutboxFeeds

    def latest(
        self, *, reader: Reader, window: Window, stage: Stage | None = None, mails: bool | None = None
    ) -> Page[JobCard]:
        """Newest first: those at this stage; only mails, or only other jobs. Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.outbox_feeds.latest(window, stage=stage, mails=mails)

    def mail_health(self, *, reader: Reader) -> MailHealth:
        """Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.outbox_feeds.mail_health()

    def retry(self, *, actor_id: int, job_id: int) -> bool:
        """Makes a job that waits or was given up due now, before all others, even during a pause of the mails. Ends the
        lease of a worker that holds it, which is dead or hangs. If it is alive after all and another one claims the
        job before it is through, a mail may arrive twice. Answers False when the job is done. Raises NotFound,
        Forbidden."""
        return self.repeat(self._retry, job_id, actor_id=actor_id)

    def retry_from_the_command_line(self, *, job_id: int) -> bool:
        """Raises NotFound."""
        return self.repeat(self._retry, job_id)

    def _retry(self, work: UnitOfWork, job_id: int, actor_id: int | None = None) -> bool:
        if actor_id is not None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER)
        job = work.outbox.get(job_id)
        # If another job waits under the same key, that one is retried instead.
        job = work.outbox.find_waiting(job.key) or job
        is_due = job.retry(at=self.now())
        work.outbox.save(job)
        work.commit()
        return is_due
