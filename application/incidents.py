"""Incidents: counts program errors by kind, and mails whoever runs the site."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from application.jobs import Handlers, Outcome
from application.ports.mailing import Letters, Mailer, MailNotSent
from application.ports.work import NewId, Now, OpenWork, UnitOfWork
from application.repeating import Repeat
from domain.errors import TryAgain
from domain.incidents import Incident
from domain.job_kinds import JobKind
from domain.outbox import Job

_KEY = "incident:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incidents:
    unit_of_work: OpenWork
    repeat: Repeat
    now: Now
    new_id: NewId
    letters: Letters
    mailer: Mailer
    error_mail_to: str

    def note(
        self,
        *,
        fingerprint: str,
        what: str,
        times: int = 1,
        first_at: datetime,
        last_at: datetime,
        request_id: str = "",
        patient: bool = True,
    ) -> None:
        """An error of this kind happened so many times more. Asks for a mail about it unless one waits already.
        Tries once; unless it is `patient`, it does not wait for other writers. Raises TryAgain."""
        with self.unit_of_work(patient=patient) as work:
            found = work.incidents.find(fingerprint)
            incident = found or Incident.new(fingerprint, at=first_at)
            incident.note(what=what, times=times, last_at=last_at, request_id=request_id)
            if self.error_mail_to and not _is_tried_again(work, fingerprint):
                due_at = incident.mail_due_at(at=self.now())
                work.outbox.add(self._job(fingerprint, address=self.error_mail_to, due_at=due_at))
            if found is None:
                work.incidents.add(incident)
            else:
                work.incidents.save(incident)
            work.commit()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.INCIDENT: self._mail}

    def _mail(self, job: Job) -> Outcome:
        """Raises MailNotSent. The beginning is stored before the mail is sent, and that it was sent after it. A worker
        that dies in between may have sent it: then the same is mailed once more, but not within `MAIL_EVERY`."""
        begun = self.repeat(self._begin, job)
        if begun is None:
            return Outcome.DROPPED
        incident, before = begun
        assert incident.mailed_at is not None
        letter = self.letters.about_incident(incident, to=job.address, last_mail_at=before, at=incident.mailed_at)
        try:
            self.mailer.send(letter)
        except MailNotSent:
            with suppress(TryAgain):  # then the next attempt waits as if this mail was sent
                self.repeat(_take_back, incident, before)
            raise
        self.repeat(_was_mailed, incident)
        return Outcome.DONE

    def _begin(self, work: UnitOfWork, job: Job) -> tuple[Incident, datetime | None] | None:
        """What the mail is about, and when the one before was sent. None when there is nothing to tell now."""
        incident = work.incidents.find(job.key.removeprefix(_KEY))
        if incident is None or not incident.unmailed:
            return None
        at = self.now()
        due_at = incident.mail_due_at(at=at)
        before = incident.mailed_at
        if due_at <= at:
            incident.begin_mail(at=at)
        else:
            # The job that is being carried out runs again then.
            work.outbox.add(self._job(incident.fingerprint, address=job.address, due_at=due_at))
        work.incidents.save(incident)
        work.commit()
        return (incident, before) if due_at <= at else None

    def _job(self, fingerprint: str, *, address: str, due_at: datetime) -> Job:
        key = f"{_KEY}{fingerprint}"
        return Job(id=self.new_id(), kind=JobKind.INCIDENT, address=address, key=key, due_at=due_at)


def _is_tried_again(work: UnitOfWork, fingerprint: str) -> bool:
    """Whether a mail about it failed and waits. That it happens again is no reason to try sooner."""
    job = work.outbox.find_waiting(f"{_KEY}{fingerprint}")
    return job is not None and job.leased_until is None and job.last_error != ""


def _take_back(work: UnitOfWork, begun: Incident, before: datetime | None) -> None:
    incident = work.incidents.find(begun.fingerprint)
    if incident is not None and begun.mailed_at is not None:
        incident.mail_failed(began_at=begun.mailed_at, before=before)
        work.incidents.save(incident)
        work.commit()


def _was_mailed(work: UnitOfWork, begun: Incident) -> None:
    incident = work.incidents.find(begun.fingerprint)
    if incident is not None:
        incident.was_mailed(begun.count)
        work.incidents.save(incident)
        work.commit()
