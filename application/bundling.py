"""Bundling: what members have not read is told by mail, together."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from application.jobs import Handlers, Outcome
from application.mailing import Draft, Mailing, account_of
from application.ports.mailing import Bundle, LetterKind, MailRefused
from application.ports.notifications import NotificationCard, NotificationFeeds
from application.ports.sessions import SessionFeeds
from application.ports.tokens import Tokens
from application.ports.work import NewId, Now, UnitOfWork
from application.preferences import unsubscribe_token
from application.repeating import Repeat
from domain.accounts import Account
from domain.bundling import Correspondence, mail_time
from domain.errors import NotFound, TryAgain
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.notifications import Notification
from domain.outbox import Job
from domain.preferences import MailTime

log = logging.getLogger(__name__)

# So many notifications are considered in one part.
BATCH = 100
# So many are told in one mail. It says that there are more.
TOLD_AT_MOST = 20
_KEY = "gather_mails"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundling:
    repeat: Repeat
    now: Now
    new_id: NewId
    tokens: Tokens
    mailing: Mailing
    session_feeds: SessionFeeds
    notification_feeds: NotificationFeeds

    def look(self) -> None:
        """Asks the worker to gather what is due for a mail."""
        if self.repeat.reading(lambda work: work.notifications.accounts_to_mail(self.now(), 1)):
            self.repeat(self._ask)

    def _ask(self, work: UnitOfWork) -> None:
        if work.outbox.find_waiting(_KEY) is None:
            work.outbox.add(Job(id=self.new_id(), kind=JobKind.GATHER_MAILS, key=_KEY, due_at=self.now()))
            work.commit()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.GATHER_MAILS: self._gather_some, JobKind.NOTIFICATIONS: self._send}

    def _gather_some(self, job: Job) -> Outcome:
        """One part. What is left is found anew. The progress only says that the job has begun."""
        job.progress = "begun"
        account_ids = self.repeat.reading(lambda work: work.notifications.accounts_to_mail(self.now(), BATCH))
        found = [self._gathered(account_id) for account_id in account_ids]
        return Outcome.MORE if any(found) else Outcome.DONE

    def _gathered(self, account_id: int) -> bool:
        """Whether anything is settled. An error at one member keeps no mail from the others."""
        try:
            return self.repeat(self._gather, account_id)
        except TryAgain:
            raise
        except Exception:
            log.exception("the mail of account %s was not gathered", account_id)
            return False

    def _gather(self, work: UnitOfWork, account_id: int) -> bool:
        """Puts what is due into the next mail of this member, and puts off the rest. False when all of it has to wait
        until the mail that is being sent is done."""
        account, at = work.accounts.get(account_id), self.now()
        if account.deleted:
            work.notifications.remove_some_of(account_id, BATCH)
            work.commit()
            return True
        waiting = work.notifications.to_mail(account_id, at, BATCH)
        preferences = work.preferences.of(account_id)
        correspondence = work.correspondence.of(account_id)
        takes_mails = self._takes_mails(account, correspondence)
        due, settled = list[Notification](), list[Notification]()
        for each in waiting:
            assert each.mail_at is not None
            preference = preferences.of(each.kind)
            time = mail_time(preference, mail_at=each.mail_at, zone=account.time_zone, at=at) if takes_mails else None
            if time is not None and time <= at:
                due.append(each)
                continue
            each.put_off(time)
            if time is None and not preference.site:
                # It is told nowhere.
                each.read()
            settled.append(each)
        mail = self._mail_to(work, account, correspondence) if due else None
        if mail is not None:
            for each in due:
                each.put_into_mail(mail.id)
            settled += due
        work.notifications.save(settled)
        work.commit()
        return bool(settled)

    def _takes_mails(self, account: Account, correspondence: Correspondence) -> bool:
        if not account.active or not account.confirmed or correspondence.refused == account.email.key:
            return False
        return account.reader_at(self.now()).takes_part

    def _mail_to(self, work: UnitOfWork, account: Account, correspondence: Correspondence) -> Job | None:
        """The mail that waits for its time, or a new one. None while one is being sent, or is tried again: what it says
        stays as it is, because it has one Message-ID."""
        key = f"notifications:{account.id}"
        waiting = work.outbox.find_waiting(key)
        if waiting is not None:
            return waiting if waiting.attempts == 0 else None
        due_at = correspondence.free_at(self.now())
        mail = Job.to_owner(account, id=self.new_id(), kind=JobKind.NOTIFICATIONS, due_at=due_at)
        mail.key = key
        work.outbox.add(mail)
        return mail

    def _send(self, job: Job) -> Outcome:
        """Raises MailNotSent."""
        put_in = {each.id for each in self.repeat.reading(self._in_mail, job)}
        cards = self._cards(job)
        try:
            outcome = self.mailing.send(lambda work, job: self._draft(work, job, cards), job)
        except MailRefused:
            self.repeat(self._note_refusal, job)
            raise
        self.repeat(self._note, job, outcome, put_in)
        return outcome

    def _in_mail(self, work: UnitOfWork, job: Job) -> list[Notification]:
        return work.notifications.in_mail(job.account_id or 0, job.id)

    def _cards(self, job: Job) -> tuple[NotificationCard, ...]:
        """What the member may see now and has not read. One more than is told."""
        try:
            reader = self.session_feeds.reader(job.account_id or 0, self.now())
        except NotFound:
            return ()
        if not reader.takes_part:
            return ()
        return self.notification_feeds.of_mail(reader, job.id, TOLD_AT_MOST + 1)

    def _draft(self, work: UnitOfWork, job: Job, cards: Sequence[NotificationCard]) -> Draft | None:
        account = account_of(work, job)
        if account is None or not _has_address(account, job):
            return None
        preferences = work.preferences.of(account.id)
        wanted = tuple(card for card in cards if preferences.of(card.kind).mail is not MailTime.OFF)
        if not wanted:
            return None
        bundle = Bundle(
            cards=wanted[:TOLD_AT_MOST],
            has_more=len(wanted) > TOLD_AT_MOST,
            unsubscribe=unsubscribe_token(self.tokens, account, at=self.now()),
        )
        return Draft(LetterKind.NOTIFICATIONS, account, account.language, bundle=bundle)

    def _note(self, work: UnitOfWork, job: Job, outcome: Outcome, told: Collection[int]) -> None:
        """What grew while the mail was written is told by the next one. So is all of a mail that would have gone to a
        former address."""
        account, at = work.accounts.get(job.account_id or 0), self.now()
        if outcome is Outcome.DONE:
            correspondence = work.correspondence.of(account.id)
            correspondence.sent(at=at)
            work.correspondence.save(correspondence)
        is_present, preferences = _has_address(account, job), work.preferences.of(account.id)
        mailed = [each for each in self._in_mail(work, job) if each.unread]
        for each in mailed:
            each.put_off(None if is_present and each.id in told else at)
            if each.mail_at is None and not preferences.of(each.kind).site:
                # It was told in this way alone.
                each.read()
        work.notifications.save(mailed)
        work.commit()

    def _note_refusal(self, work: UnitOfWork, job: Job) -> None:
        correspondence = work.correspondence.of(job.account_id or 0)
        correspondence.refused = Email(job.address).key
        work.correspondence.save(correspondence)
        work.commit()


def _has_address(account: Account, job: Job) -> bool:
    return account.email.key == Email(job.address).key
