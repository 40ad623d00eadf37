"""What waits to be done, as administrators see it and try it again. And a job that shows whether a worker runs."""

from dataclasses import dataclass

from application.jobs import Handlers, Outcome
from application.ports.outbox import JobCard, MailHealth, OutboxFeeds
from application.ports.paging import Page, Window
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.job_kinds import JobKind
from domain.outbox import Job, Stage, State
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    repeat: Repeat
    now: Now
    new_id: NewId
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

    def probe(self) -> int:
        """The id of a job that does nothing. A worker that runs takes it before all others."""
        return self.repeat(self._probe, self.new_id())

    def is_done(self, job_id: int) -> bool:
        found = self.outbox_feeds.latest(Window(1, before=job_id + 1)).items
        return any(card.id == job_id and card.state is State.DONE for card in found)

    def drop(self, job_id: int) -> None:
        """Nobody needs to do this any more. Raises NotFound."""
        self.repeat(self._drop, job_id)

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.PROBE: lambda _job: Outcome.DONE}

    def _probe(self, work: UnitOfWork, id: int) -> int:
        work.outbox.add(Job(id=id, kind=JobKind.PROBE, due_at=self.now(), asked_for=True))
        work.commit()
        return id

    def _drop(self, work: UnitOfWork, job_id: int) -> None:
        job = work.outbox.get(job_id)
        if job.state is State.WAITING:
            job.drop(at=self.now())
            work.outbox.save(job)
            work.commit()

    def _retry(self, work: UnitOfWork, job_id: int, actor_id: int | None = None) -> bool:
        if actor_id is not None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER, at=self.now())
        job = work.outbox.get(job_id)
        # If another job waits under the same key, that one is retried instead.
        job = work.outbox.find_waiting(job.key) or job
        is_due = job.retry(at=self.now())
        work.outbox.save(job)
        work.commit()
        return is_due
