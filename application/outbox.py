"""What waits to be done, as administrators see it and try it again."""

from dataclasses import dataclass

from application.ports.outbox import JobCard, OutboxFeeds
from application.ports.paging import Page, Window
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    repeat: Repeat
    now: Now
    outbox_feeds: OutboxFeeds

    def latest(self, *, reader: Reader, window: Window) -> Page[JobCard]:
        """Newest first. Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.outbox_feeds.latest(window)

    def retry(self, *, actor_id: int, job_id: int) -> None:
        """Makes a job that waits or was given up due now. Raises NotFound, Forbidden."""
        self.repeat(self._retry, job_id, actor_id=actor_id)

    def retry_from_the_command_line(self, *, job_id: int) -> None:
        """Raises NotFound."""
        self.repeat(self._retry, job_id)

    def _retry(self, work: UnitOfWork, job_id: int, actor_id: int | None = None) -> None:
        if actor_id is not None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER)
        job = work.outbox.get(job_id)
        # If another job waits under the same key, that one is retried instead.
        job = work.outbox.find_waiting(job.key) or job
        job.retry(at=self.now())
        work.outbox.save(job)
        work.commit()
