"""Admitting: who waits for a moderator, and what the moderators decide."""

from dataclasses import dataclass, replace

from application.credentials.links import end_links
from application.current_site import CurrentSite
from application.jobs import Handlers, Outcome
from application.mailing import Draft, Mailing, account_of
from application.newcomers import Newcomers
from application.ports.admitting import AdmittingFeeds, WaitingCard
from application.ports.mailing import LetterKind, MailRefused
from application.ports.paging import Page, Window
from application.ports.tallies import Total
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from domain.accounts import Account
from domain.errors import AlreadyDecided, Conflict, NotFound
from domain.identifiers import username_key
from domain.job_kinds import JobKind
from domain.joining import Admission, Registration
from domain.moderation import Act, LogEntry, reason_text
from domain.outbox import Job
from domain.preferences import Preferences
from domain.roles import Permission, Reader

BATCH = 20
# What the job has done that tells the moderators, once it rests.
_TOLD = "told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Admitting:
    repeat: Repeat
    now: Now
    new_id: NewId
    mailing: Mailing
    newcomers: Newcomers
    admitting_feeds: AdmittingFeeds
    current_site: CurrentSite

    def waiting(self, *, reader: Reader, window: Window) -> Page[WaitingCard]:
        """Oldest first. Raises Forbidden."""
        reader.require(Permission.MODERATE)
        return self.admitting_feeds.waiting(reader, window)

    def waiting_for_the_command_line(self, window: Window) -> Page[WaitingCard]:
        return self.admitting_feeds.waiting(None, window)

    def admit(self, *, actor_id: int | None, username: str, account_id: int | None = None) -> None:
        """Makes somebody who waits a member. `actor_id` is None for the command line. `account_id` says whom a form
        showed, because somebody else may have the username meanwhile. Raises Forbidden, NotFound, AlreadyDecided, and
        Conflict("not_confirmed")."""
        self.repeat(self._admit, actor_id, username, account_id)

    def _admit(self, work: UnitOfWork, actor_id: int | None, username: str, account_id: int | None) -> None:
        account = self._judged(work, actor_id, username, account_id)
        self._let_in(work, account, actor_id)
        work.commit()

    def _let_in(self, work: UnitOfWork, account: Account, actor_id: int | None) -> None:
        account.admit()
        work.accounts.save(account)
        self.newcomers.admitted(work, account)
        self._record(work, account, Act.ADMIT, actor_id)

    def decline(self, *, actor_id: int | None, username: str, reason: str = "", account_id: int | None = None) -> None:
        """Deletes the account of somebody who waits, and mails them. After the mail, username and address are free.
        Arguments as for `admit`. Raises also Invalid."""
        self.repeat(self._decline, actor_id, username, reason, account_id)

    def _decline(
        self, work: UnitOfWork, actor_id: int | None, username: str, reason: str, account_id: int | None
    ) -> None:
        account = self._judged(work, actor_id, username, account_id)
        reason = reason_text(reason, required=False)
        account.decline()
        work.accounts.save(account)
        work.preferences.save(account.id, Preferences())
        work.sessions.remove_all_of(account.id)
        end_links(work, account.id, at=self.now())
        username = f"@{account.username.text}"
        self._record(work, account, Act.DECLINE, actor_id, text=username, reason=reason)
        work.outbox.add(Job.to_owner(account, id=self.new_id(), kind=JobKind.DECLINED, due_at=self.now()))
        # Others may have followed them.
        work.outbox.add(Job(id=self.new_id(), kind=JobKind.UNFOLLOW_ALL, account_id=account.id, due_at=self.now()))
        work.tallies.add_to_site({Total.MEMBERS: -1}, shard_of=account.id)
        work.commit()

    def _judged(self, work: UnitOfWork, actor_id: int | None, username: str, account_id: int | None) -> Account:
        """The account that waits, locked."""
        # Forbidden comes before NotFound, so that the answer does not reveal whether the account exists.
        if actor_id is not None:
            work.accounts.actor(actor_id).require(Permission.MODERATE, at=self.now())
        if account_id is None:
            # Usernames are ASCII. Some storages cannot search for other characters.
            found = work.accounts.find_by_username(username_key(username)) if username.isascii() else None
            if found is None:
                raise NotFound()
            account_id = found.id
        account = work.accounts.lock(account_id)
        if account.admission is Admission.DECLINED:
            raise AlreadyDecided("declined")
        if account.deleted:
            raise NotFound()
        if not account.confirmed:
            raise Conflict("not_confirmed")
        if not account.waits:
            raise AlreadyDecided("admitted")
        return account

    def _record(
        self, work: UnitOfWork, account: Account, act: Act, actor_id: int | None, *, text: str = "", reason: str = ""
    ) -> None:
        entry = LogEntry.on_person(account.id, act, id=self.new_id(), actor_id=actor_id, text=text, reason=reason)
        record(work, entry)

    def ask(self) -> bool:
        """Asks the worker to admit those who wait because of a mode that the site has left. False when nobody does. For
        a process that starts: where nothing is stored, it knows the present mode."""
        if not self.repeat.reading(self._leaves_somebody):
            return False
        self.repeat(self._ask)
        return True

    def _leaves_somebody(self, work: UnitOfWork) -> bool:
        return bool(_some_left(work, self.current_site.within(work).text.registration, 1))

    def look(self) -> None:
        """The same, for a worker that runs already."""
        self.ask()

    def _ask(self, work: UnitOfWork) -> None:
        self._add_job(work, self.current_site.within(work).text.registration)
        work.commit()

    def ask_within(self, work: UnitOfWork, mode: Registration) -> None:
        """The same in the commit that leaves a mode for this one."""
        if _some_left(work, mode, 1):
            self._add_job(work, mode)

    def _add_job(self, work: UnitOfWork, mode: Registration) -> None:
        key = f"admit_all:{mode.value}"
        work.outbox.add(Job(id=self.new_id(), kind=JobKind.ADMIT_ALL, key=key, due_at=self.now()))

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        mails = {JobKind.ADMITTED: _news_of_admission, JobKind.SOMEBODY_WAITS: self._news_of_who_waits}
        return {
            **self.mailing.handlers(mails),
            JobKind.DECLINED: self._tell_declined,
            JobKind.TELL_MODERATORS: self._tell_moderators,
            JobKind.ADMIT_ALL: self._admit_some,
        }

    def _admit_some(self, job: Job) -> Outcome:
        """One batch. Where nothing is stored, the process that asked knew the mode, whatever this one has been started
        with."""
        mode = Registration(job.key.rpartition(":")[2])
        return Outcome.MORE if self.repeat(self._admit_batch, mode) else Outcome.DONE

    def _admit_batch(self, work: UnitOfWork, mode: Registration) -> bool:
        stored = work.site.find()
        mode = mode if stored is None else stored.text.registration
        found = _some_left(work, mode, BATCH)
        for account_id in found:
            account = work.accounts.lock(account_id)
            if account.waits and not account.deleted and not mode.keeps_waiting(account.admission):
                self._let_in(work, account, None)
        work.commit()
        return bool(found)

    def _tell_moderators(self, job: Job) -> Outcome:
        """Mails each moderator, then rests for an hour. Who begins to wait meanwhile asks for this job again, so that
        it runs once more when it has rested."""
        if job.progress:
            return Outcome.DONE
        self.repeat(self._queue_mails, job)
        return Outcome.LATER

    def _queue_mails(self, work: UnitOfWork, job: Job) -> None:
        # The job notes this in the same commit as the mails. If the worker dies after it, nobody gets a second mail.
        stored = work.outbox.get(job.id)
        stored.progress = job.progress = _TOLD
        work.outbox.save(stored)
        for moderator_id in work.waiting_members.moderators() if _somebody_waits(work) else ():
            moderator = work.accounts.get(moderator_id)
            mail = Job.to_owner(moderator, id=self.new_id(), kind=JobKind.SOMEBODY_WAITS, due_at=self.now())
            work.outbox.add(replace(mail, key=f"somebody_waits:{moderator_id}"))
        work.commit()

    def _news_of_who_waits(self, work: UnitOfWork, job: Job) -> Draft | None:
        """None when others have decided about all of them meanwhile."""
        account = account_of(work, job)
        if account is None or not account.active or not account.reader_at(self.now()).can(Permission.MODERATE):
            return None
        return Draft(LetterKind.SOMEBODY_WAITS, account, job.language) if _somebody_waits(work) else None

    def _tell_declined(self, job: Job) -> Outcome:
        """The mail comes first. If the worker dies after it, it comes twice, and the name is free later."""
        account = self.repeat.reading(_declined, job)
        if account is None:
            return Outcome.DROPPED
        send = self.mailing.handlers({JobKind.DECLINED: _news_of_declining})[JobKind.DECLINED]
        try:
            # A job that came with a site from another storage has no address of its own.
            outcome = send(replace(job, address=account.email.text, language=account.language))
        except Exception as error:
            if isinstance(error, MailRefused) or job.is_tried_for_the_last_time(self.now()):
                self.repeat(_free, job)
            raise
        self.repeat(_free, job)
        return outcome


def _some_left(work: UnitOfWork, mode: Registration, limit: int) -> list[int]:
    """Who waits and need not."""
    left = (each for each in Admission if each.waits and not mode.keeps_waiting(each))
    return sorted(id for each in left for id in work.waiting_members.some(each, limit))


def _somebody_waits(work: UnitOfWork) -> bool:
    return any(work.waiting_members.some(each, 1) for each in Admission if each.waits)


def _declined(work: UnitOfWork, job: Job) -> Account | None:
    """The account that a job is about, unless its username and address are free already."""
    assert job.account_id is not None
    try:
        account = work.accounts.get(job.account_id)
    except NotFound:
        return None
    return account if account.admission is Admission.DECLINED and not account.is_free else None


def _free(work: UnitOfWork, job: Job) -> None:
    account = _declined(work, job)
    if account is None:
        return
    account = work.accounts.lock(account.id)
    account.free()
    work.accounts.save(account)
    work.accounts.free_names(account.id)
    work.commit()


def _news_of_declining(work: UnitOfWork, job: Job) -> Draft | None:
    account = _declined(work, job)
    if account is None:
        return None
    entry = work.moderation_log.newest_about(account.id, Act.DECLINE)
    reason = "" if entry is None else entry.reason
    return Draft(LetterKind.DECLINED, account, account.language, reason=reason)


def _news_of_admission(work: UnitOfWork, job: Job) -> Draft | None:
    account = account_of(work, job)
    return None if account is None or account.waits else Draft(LetterKind.ADMITTED, account, job.language)
