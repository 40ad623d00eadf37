"""Sends the mail that a job asks for. Its text and its link are made here, and nowhere earlier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from application.jobs import Handlers, Outcome
from application.ports.mailing import Bundle, CaseNews, LetterKind, Letters, Mailer, Notice
from application.ports.tokens import Claims, Tokens
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.credentials import Link, Purpose
from domain.display import Language
from domain.errors import NotFound
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.outbox import Job


@dataclass(frozen=True, slots=True)
class Draft:
    """What a mail says: the text, the account that it is about, if any, the language, the purpose of its link, if any,
    the reason that a moderator gave, what an act of moderation or a case was, and the notifications of which it
    tells."""

    letter: LetterKind
    account: Account | None
    language: Language
    purpose: Purpose | None = None
    reason: str = ""
    notice: Notice | None = None
    case: CaseNews | None = None
    bundle: Bundle | None = None


# Decides what the mail of a job says now. None when there is no recipient, or nothing to say any more.
Compose = Callable[[UnitOfWork, Job], Draft | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    repeat: Repeat
    now: Now
    tokens: Tokens
    letters: Letters
    mailer: Mailer

    def handlers(self, mails: Mapping[JobKind, Compose]) -> Handlers:
        """One handler for each kind. It sends the mail that `Compose` decides on."""
        return {kind: partial(self.send, compose) for kind, compose in mails.items()}

    def send(self, compose: Compose, job: Job) -> Outcome:
        """Raises MailNotSent. Sends the mail after the unit of work, so a repeated unit of work sends nothing twice."""
        prepared = self.repeat(self._prepare, compose, job)
        if prepared is None:
            return Outcome.DROPPED
        draft, token = prepared
        letter = self.letters.write(
            draft.letter,
            to=job.address,
            job_id=job.id,
            language=draft.language,
            username="" if draft.account is None else draft.account.username.text,
            token=token,
            reason=draft.reason,
            notice=draft.notice,
            case=draft.case,
            bundle=draft.bundle,
        )
        self.mailer.send(letter)
        return Outcome.DONE

    def _prepare(self, work: UnitOfWork, compose: Compose, job: Job) -> tuple[Draft, str | None] | None:
        """What the mail says, and the token of its link, which is stored now and ends the older one."""
        draft = compose(work, job)
        if draft is None:
            return None
        token = None
        if draft.account is not None and draft.purpose is not None:
            token = self._put_link(work, draft.account, draft.purpose, job.address)
        work.commit()
        return draft, token

    def _put_link(self, work: UnitOfWork, account: Account, purpose: Purpose, address: str) -> str:
        token_id = self.tokens.new_id()
        work.links.put(Link(account.id, purpose, token_id, address))
        return self.tokens.issue(Claims(subject=account.id, purpose=purpose, token_id=token_id), at=self.now())


def account_of(work: UnitOfWork, job: Job) -> Account | None:
    """The account that a job is about, unless it is deleted. Its standing cannot end meanwhile, as in `account_at`."""
    if job.account_id is None:
        return None
    try:
        account = work.accounts.actor(job.account_id)
    except NotFound:
        return None
    return None if account.deleted else account


def account_at(work: UnitOfWork, job: Job) -> Account | None:
    """The account that has the address of a job now, unless it is deleted. Until the end of the unit of work nobody
    can end its standing, and so the link that a mail may get."""
    key = Email(job.address).key
    found = work.accounts.find_by_email(key)
    account = None if found is None else work.accounts.actor(found.id)
    return None if account is None or account.deleted or account.email.key != key else account
