"""Runs the jobs of the outbox: claims one after another, and calls the handler of its kind."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from application.ports.limits import Limits
from application.ports.mailing import MailNotSent
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.errors import TryAgain
from domain.ids import make_id
from domain.once import LIFETIME as ONCE_LIFETIME
from domain.outbox import KEEP_DONE, Job, JobKind

log = logging.getLogger(__name__)

# A job that is no mail ends its turn after this time, when its current part ends.
TURN = timedelta(seconds=5)


class Outcome(Enum):
    """What became of one part of a job."""

    DONE = "done"
    DROPPED = "dropped"  # there was nothing to do
    MORE = "more"  # another part is left; the job's `progress` says where it begins


# Does one part of a job. If the worker dies before the outcome is stored, the part is done again. A job with a key and
# several parts sets `progress`: this is how a later request knows that the job has begun.
Handler = Callable[[Job], Outcome]
Handlers = Mapping[JobKind, Handler]


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    repeat: Repeat
    now: Now
    job_handlers: Handlers
    limits: Limits

    def run_next(self) -> bool:
        """Carries out the job that is due longest, mails first. False when none is due. A worker that dies meanwhile
        leaves its lease behind. Another one tries again when the lease ends, so a mail may arrive twice, with one
        Message-ID. A link in the second mail is new, and the first one no longer works."""
        job = self.repeat(self._claim)
        if job is None:
            return False
        try:
            outcome, error = self._carry_out(job), ""
        except MailNotSent as failure:
            outcome, error = None, str(failure)
        except TryAgain:
            outcome, error = None, "the storage was busy"
        except Exception as failure:
            log.exception("job %s (%s) failed", job.id, job.kind.value)
            outcome, error = None, f"program error: {type(failure).__name__}"
        self.repeat(self._note, job, outcome, error)
        return True

    def tidy(self) -> None:
        """Forgets what nobody needs any more: ended jobs, old keys, hits that no limit counts."""
        now = self.now()
        self.repeat(self._forget, now)
        self.limits.forget_stale(now)

    def _claim(self, work: UnitOfWork) -> Job | None:
        job = work.outbox.claim(self.now())
        if job is not None:
            job.lease(at=self.now())
            work.outbox.save(job)
            work.commit()
        return job

    def _carry_out(self, job: Job) -> Outcome:
        """One part after another until the turn is over. A mail is one part."""
        until = self.now() + TURN
        handle = self.job_handlers[job.kind]
        outcome = handle(job)
        while outcome is Outcome.MORE and self.now() < until:
            outcome = handle(job)
        return outcome

    def _note(self, work: UnitOfWork, job: Job, outcome: Outcome | None, error: str) -> None:
        """Stores what became of a job, unless the lease of this worker was replaced. `outcome` is None after an
        error."""
        stored = work.outbox.get(job.id)
        if stored.leased_until != job.leased_until:
            return
        stored.progress = job.progress
        match outcome:
            case Outcome.DONE:
                stored.done(at=self.now())
            case Outcome.DROPPED:
                stored.drop(at=self.now())
            case Outcome.MORE:
                stored.go_on_later(at=self.now())
            case None:
                stored.fail(error=error, at=self.now())
        work.outbox.save(stored)
        work.commit()

    def _forget(self, work: UnitOfWork, now: datetime) -> None:
        work.outbox.remove_ended(make_id(now - KEEP_DONE, 0))
        work.once.remove_older(now - ONCE_LIFETIME)
        work.commit()
