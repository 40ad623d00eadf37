"""Runs the jobs of the outbox: claims one after another, and calls the handler of its kind."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from application.ports.limits import Limits
from application.ports.mailing import LoginRefused, MailNotSent, MailRefused, MailServerFailed
from application.ports.metrics import JOB, JOBS, MAILS, Meter
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.errors import Overloaded, TryAgain
from domain.ids import make_id
from domain.incidents import KEEP as KEEP_INCIDENTS
from domain.job_kinds import JobKind
from domain.mailing import LOGIN_FAILS, SERVER_FAILS, Failure, MailPause
from domain.once import LIFETIME as ONCE_LIFETIME
from domain.outbox import KEEP_DONE, Job, State
from domain.overview import Daily, Series

log = logging.getLogger(__name__)

# A job that is no mail ends its turn after this time, when its current part ends.
TURN = timedelta(seconds=5)
# No job may rest for longer than `FURTHEST_DUE`.
REST = timedelta(hours=1)
# The log has one such line for the thousand mails of this time.
_SECONDS_BETWEEN_LINES = 60.0


class Outcome(Enum):
    """What became of one part of a job."""

    DONE = "done"
    DROPPED = "dropped"  # there was nothing to do
    LATER = "later"  # as MORE, after a `REST`
    MORE = "more"  # another part is left; the job's `progress` says where it begins


# Does one part of a job. If the worker dies before the outcome is stored, the part is done again. A job with a key and
# several parts sets `progress`: this is how a later request knows that the job has begun.
Handler = Callable[[Job], Outcome]
Handlers = Mapping[JobKind, Handler]


@dataclass(slots=True)
class WorkerMemory:
    """What a worker remembers from one job to the next."""

    mail_pause: MailPause = field(default_factory=MailPause)
    # A mail took longer than a turn.
    others_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    repeat: Repeat
    now: Now
    job_handlers: Handlers
    limits: Limits
    meter: Meter
    memory: WorkerMemory = field(default_factory=WorkerMemory, init=False)

    def run_next(self) -> bool:
        """Carries out the job that is due longest, mails first. False when none is due. A worker that dies meanwhile
        leaves its lease behind. Another one tries again when the lease ends, so a mail may arrive twice, with one
        Message-ID. A link in the second mail is new, and the first one no longer works.

        Mails pause when the mail server fails. Other jobs come first after a mail that took longer than a turn."""
        job = self.repeat(self._claim)
        if job is None:
            return False
        began = self.now()
        outcome: Outcome | None = None
        failure: Exception | None = None
        try:
            outcome = self._carry_out(job)
        except (MailNotSent, TryAgain) as error:
            failure = error
        except Exception as error:
            log.exception("job %s (%s) failed", job.id, job.kind.value)
            failure = error
        is_mail = job.kind.terms.is_mail
        took = self.now() - began
        self._measure(job.kind, outcome, failure, took)
        self.memory.others_first = is_mail and took > TURN
        if is_mail:
            self._pause_or_go_on(job, outcome, failure)
        state = self.repeat(self._note, job, outcome, failure)
        if is_mail:
            _log_unsent(job, state, failure)
        return True

    def _measure(self, kind: JobKind, outcome: Outcome | None, failure: Exception | None, took: timedelta) -> None:
        refused = "refused" if isinstance(failure, MailRefused) else "failed"
        became = refused if outcome is None else outcome.value
        self.meter.count(JOBS, kind.value, became)
        self.meter.observe(JOB, max(took.total_seconds(), 0.0), kind.value)
        if kind.terms.is_mail:
            self.meter.count(MAILS, "sent" if outcome is Outcome.DONE else became)

    def tidy(self) -> None:
        """Forgets what nobody needs any more: ended jobs, old keys, old incidents, hits that no limit counts."""
        now = self.now()
        self.repeat(self._forget, now)
        self.limits.forget_stale(now)

    def _claim(self, work: UnitOfWork) -> Job | None:
        at = self.now()
        pauses = self.memory.mail_pause.is_on(at)
        job = work.outbox.claim(at, mails=False) if pauses or self.memory.others_first else None
        if job is None and not pauses:
            job = work.outbox.claim(at)
        if job is not None:
            job.lease(at=at)
            work.outbox.save(job)
            work.commit()
        return job

    def _carry_out(self, job: Job) -> Outcome:
        """One part after another until the turn is over. A mail is one part."""
        began = self.now()
        handle = self.job_handlers[job.kind]
        outcome = handle(job)
        # If the clock jumped back, the turn would go on for too long.
        while outcome is Outcome.MORE and began <= self.now() < began + TURN:
            outcome = handle(job)
        return outcome

    def _pause_or_go_on(self, job: Job, outcome: Outcome | None, failure: Exception | None) -> None:
        """One line in the log when the mail server begins to fail, one for each change of the cause, and one when it
        answers again."""
        pause = self.memory.mail_pause
        if isinstance(failure, MailServerFailed):
            rhythm = LOGIN_FAILS if isinstance(failure, LoginRefused) else SERVER_FAILS
            if pause.begin(rhythm, cause=failure.cause, at=self.now()):
                log.warning("no mail is sent, and all mails wait: %s", _anonymous(str(failure), job.address))
        elif outcome is Outcome.DONE and pause.end():
            log.warning("the mail server works again")
        elif isinstance(failure, MailRefused) and pause.end():
            # The next mail need not wait. But a server that refuses everybody is no good news.
            log.warning("the mail server answers again, but refused the first mail for good")

    def _note(self, work: UnitOfWork, job: Job, outcome: Outcome | None, failure: Exception | None) -> State | None:
        """Stores what became of a job, and returns its state. If this worker's lease was ended or replaced, another
        worker does that: None. But a job that is done, and that no other worker has claimed since, is done."""
        stored = work.outbox.get(job.id)
        if stored.was_taken_from(job) and not (outcome is Outcome.DONE and stored.asked_for):
            return None
        at = self.now()
        stored.progress = job.progress
        match outcome:
            case Outcome.DONE:
                stored.done(at=at)
            case Outcome.DROPPED:
                stored.drop(at=at)
            case Outcome.MORE | Outcome.LATER:
                stored.go_on_later(at=at, wait=REST if outcome is Outcome.LATER else timedelta(0))
        match failure:
            case None:
                pass
            case MailRefused():
                stored.give_up(error=str(failure), at=at)
            case LoginRefused():
                stored.fail(error=str(failure), failure=Failure.LOGIN, at=at, counts=False)
            case MailServerFailed():
                stored.fail(error=str(failure), failure=Failure.SERVER, at=at)
            case MailNotSent():
                stored.fail(error=str(failure), failure=Failure.MAIL, at=at)
            case Overloaded():
                stored.fail(error="all places were taken", at=at)
            case TryAgain():
                stored.fail(error=str(failure) or "the storage was busy", at=at)
            case _:
                stored.fail(error=f"program error: {type(failure).__name__}", at=at)
        work.outbox.save(stored)
        _count_sent(work, job, outcome, at)
        work.commit()
        return stored.state

    def _forget(self, work: UnitOfWork, now: datetime) -> None:
        work.outbox.remove_ended(make_id(now - KEEP_DONE, 0))
        work.once.remove_older(now - ONCE_LIFETIME)
        work.incidents.remove_unseen(now - KEEP_INCIDENTS)
        work.commit()


def _count_sent(work: UnitOfWork, job: Job, outcome: Outcome | None, at: datetime) -> None:
    if outcome is Outcome.DONE and job.kind.terms.is_mail:
        work.tallies.add_to_site({Daily.at(Series.MAILS, at): 1}, shard_of=job.id)


def _log_unsent(job: Job, state: State | None, failure: Exception | None) -> None:
    """What differs from mail to mail is beside the sentence, so that the log can hold a repeated sentence back."""
    why = _anonymous(str(failure), job.address) if isinstance(failure, MailNotSent) else ""
    extra = {"once_in": _SECONDS_BETWEEN_LINES, "fields": {"job_id": str(job.id), "why": why}}
    if state is State.GIVEN_UP:
        log.warning(
            "a mail was given up, because %s; `chapbook outbox list` names it, and `chapbook outbox retry ID` tries it"
            " again",
            "the server refused it for good" if isinstance(failure, MailRefused) else "no attempt succeeded for days",
            extra=extra,
        )
    elif type(failure) is MailNotSent and state is State.WAITING:
        log.info("a mail waits, because it is not accepted for now, and is tried again", extra=extra)


def _anonymous(words: str, address: str) -> str:
    """Servers quote the address to which they refuse a mail, or only the part before the @."""
    words = re.sub(r"\S*@\S*", "***", words)
    name = address.rpartition("@")[0]
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "***", words, flags=re.IGNORECASE) if name else words
