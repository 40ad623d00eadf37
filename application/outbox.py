"""The outbox's other end: the worker takes one row after another and does what it says.

Only here, when a mail is sent, its text and its link come to be.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.leaving import erase_some
from application.ports.limits import Limits
from application.ports.mailing import Letters, Mailer, MailNotSent
from application.ports.outbox import MailCard, OutboxFeeds
from application.ports.paging import Page, Window
from application.ports.tokens import Claims, Tokens
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account, Email
from domain.credentials import Link, Purpose
from domain.errors import NotFound, TryAgain
from domain.ids import make_id
from domain.once import LIFETIME as ONCE_LIFETIME
from domain.outbox import KEEP_DONE, Kind, Mail
from domain.roles import Permission, Reader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a mail turns out to be: which words, about whom, and which link if any."""

    kind: Kind
    account: Account
    purpose: Purpose | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    repeat: Repeat
    now: Now
    new_id: NewId
    tokens: Tokens
    letters: Letters
    mailer: Mailer
    limits: Limits
    outbox_feeds: OutboxFeeds

    def latest(self, *, reader: Reader, window: Window) -> Page[MailCard]:
        """Newest first. Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.outbox_feeds.latest(window)

    def retry(self, *, actor_id: int, mail_id: int) -> None:
        """Makes a mail that waits or was given up due now. Raises NotFound, Forbidden."""
        self.repeat(self._retry, mail_id, actor_id=actor_id)

    def retry_from_the_command_line(self, *, mail_id: int) -> None:
        """Raises NotFound."""
        self.repeat(self._retry, mail_id)

    def _retry(self, work: UnitOfWork, mail_id: int, actor_id: int | None = None) -> None:
        if actor_id is not None:
            work.accounts.get(actor_id).require(Permission.ADMINISTER)
        mail = work.outbox.get(mail_id)
        mail.retry(at=self.now())
        work.outbox.save(mail)
        work.commit()

    def deliver_next(self) -> bool:
        """Carries out the row that is due longest. False when none is due. A worker that dies in between leaves its
        lease behind: when that is over another one tries again, so a mail may arrive twice, with one Message-ID."""
        mail = self.repeat(self._claim)
        if mail is None:
            return False
        lease = mail.leased_until
        try:
            self._carry_out(mail)
        except MailNotSent as error:
            mail.fail(error=str(error), at=self.now())
        except TryAgain:
            mail.fail(error="the storage was busy", at=self.now())
        except Exception as error:
            log.exception("outbox row %s (%s) failed", mail.id, mail.kind.value)
            mail.fail(error=f"program error: {type(error).__name__}", at=self.now())
        self.repeat(self._note, mail, lease)
        return True

    def tidy(self) -> None:
        """Forgets what nobody needs any more: done rows, old keys, hits that no limit counts."""
        now = self.now()
        self.repeat(self._forget, now)
        self.limits.forget_stale(now)

    def _claim(self, work: UnitOfWork) -> Mail | None:
        mail = work.outbox.claim(self.now())
        if mail is not None:
            mail.lease(at=self.now())
            work.outbox.save(mail)
            work.commit()
        return mail

    def _note(self, work: UnitOfWork, mail: Mail, lease: datetime | None) -> None:
        """What became of a mail, unless another worker holds it by now."""
        if work.outbox.get(mail.id).leased_until == lease:
            work.outbox.save(mail)
            work.commit()

    def _carry_out(self, mail: Mail) -> None:
        if mail.kind.is_chore:
            self._erase(mail)
            return
        errand, token = self.repeat(self._prepare, mail)
        if errand is None:
            mail.drop()
            return
        self.mailer.send(
            self.letters.write(
                errand.kind,
                to=mail.address,
                mail_id=mail.id,
                # Somebody else may have asked, in another language.
                language=errand.account.language if errand.kind is Kind.ALREADY_MEMBER else mail.language,
                username=errand.account.username.text,
                token=token,
            )
        )
        mail.sent()

    def _prepare(self, work: UnitOfWork, mail: Mail) -> tuple[_Errand | None, str | None]:
        """What the mail turns out to be, and the token of its link, which is stored now."""
        errand = self._errand(work, mail)
        if errand is None:
            return None, None
        token = self._put_link(work, errand, mail.address) if errand.purpose is not None else None
        if mail.kind is Kind.CHANGE_EMAIL and mail.attempts == 1:
            work.outbox.add(Mail.to_owner(errand.account, id=self.new_id(), kind=Kind.EMAIL_CHANGING, at=self.now()))
        work.commit()
        return errand, token

    def _errand(self, work: UnitOfWork, mail: Mail) -> _Errand | None:
        """None when there is nobody to write to, or nothing to say any more."""
        address = Email(mail.address)
        by_address = mail.kind in (Kind.WELCOME, Kind.RESET_PASSWORD)
        account = work.accounts.find_by_email(address.key) if by_address else _known(work, mail.account_id)
        if account is None or account.deleted:
            return None
        match mail.kind:
            case Kind.WELCOME if account.id != mail.account_id:
                return _Errand(Kind.ALREADY_MEMBER, account) if account.active else None
            case Kind.WELCOME | Kind.CONFIRM:
                wanted = account.active and not account.confirmed and account.email.key == address.key
                return _Errand(Kind.CONFIRM, account, Purpose.CONFIRM) if wanted else None
            case Kind.RESET_PASSWORD:
                return _Errand(mail.kind, account, Purpose.RESET_PASSWORD) if account.active else None
            case Kind.CHANGE_EMAIL:
                free = work.accounts.find_by_email(address.key) is None
                return _Errand(mail.kind, account, Purpose.CHANGE_EMAIL) if account.active and free else None
            case _:
                return _Errand(mail.kind, account)

    def _put_link(self, work: UnitOfWork, errand: _Errand, address: str) -> str:
        assert errand.purpose is not None
        token_id = self.tokens.new_id()
        work.links.put(Link(errand.account.id, errand.purpose, token_id, address))
        claims = Claims(subject=errand.account.id, purpose=errand.purpose, token_id=token_id)
        return self.tokens.issue(claims, at=self.now())

    def _erase(self, mail: Mail) -> None:
        """Batches, each in a commit of its own, for half a lease at most; what is left goes on right after."""
        assert mail.account_id is not None
        until = self.now() + timedelta(minutes=1)
        while self.now() < until:
            if not self.repeat(erase_some, mail.account_id, mail.kind):
                mail.sent()
                return
        mail.continue_later(at=self.now())

    def _forget(self, work: UnitOfWork, now: datetime) -> None:
        work.outbox.remove_done(make_id(now - KEEP_DONE, 0))
        work.once.remove_older(now - ONCE_LIFETIME)
        work.commit()


def _known(work: UnitOfWork, account_id: int | None) -> Account | None:
    if account_id is None:
        return None
    try:
        return work.accounts.get(account_id)
    except NotFound:
        return None
