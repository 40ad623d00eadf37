"""Passwords: change a known one, reset a forgotten one."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from application.counting import counted
from application.credentials.checking import Credentials, lock_checked
from application.credentials.links import end_links, follow_link, note_arrival, reset_mail
from application.jobs import Handlers
from application.mailing import Draft, Mailing, account_at, account_of
from application.newcomers import Newcomers
from application.ports.limits import Limits
from application.ports.mailing import LetterKind
from application.ports.passwords import PasswordHasher
from application.ports.sessions import SessionSecrets
from application.ports.tokens import Tokens
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.credentials import Purpose, acceptable, require_same
from domain.display import Language
from domain.errors import Problems
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.sessions import Session


@dataclass(frozen=True, slots=True)
class Renewed:
    """The new secret of the session, and whether the browser keeps it."""

    secret: str
    remember: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Passwords:
    repeat: Repeat
    credentials: Credentials
    now: Now
    new_id: NewId
    hasher: PasswordHasher
    common_passwords: Container[object]
    tokens: Tokens
    mailing: Mailing
    session_secrets: SessionSecrets
    limits: Limits
    newcomers: Newcomers
    administrator: Email | None

    def change(
        self, *, actor_id: int, session_id: int, old_password: str, password: str, again: str | None = None
    ) -> Renewed:
        """Ends all other sessions and renews this one. Mailed links stop working.
        Raises Forbidden, Invalid, TooOften."""
        account = self.repeat.reading(lambda work: work.accounts.get(actor_id))
        problems = Problems()
        with problems:
            self.credentials.check_again(account, old_password, field="old_password")
        with problems:
            require_same(password, again)
        with problems:
            password = self._acceptable(password, account)
        problems.stop()
        hashed = self.hasher.hash(password)
        renewed = self.repeat(self._change, account, session_id, hashed)
        self.credentials.forget_failures(account)
        return renewed

    def _change(self, work: UnitOfWork, checked: Account, session_id: int, hashed: str) -> Renewed:
        account = lock_checked(work, checked, field="old_password")
        account.reader_at(self.now()).require_access()
        session = work.sessions.get(session_id)
        self._set(work, account, hashed)
        secret = self.session_secrets.new()
        work.sessions.add(
            Session.begin(
                id=self.new_id(),
                account_id=account.id,
                secret_hash=self.session_secrets.hash(secret),
                remember=session.remember,
                device=session.device,
                at=self.now(),
            )
        )
        work.commit()
        return Renewed(secret, session.remember)

    def request_reset(self, *, client: str, email: str, language: Language = Language.ENGLISH) -> None:
        """Asks for one mail, whether or not the address is known. The worker decides. Raises Invalid, TooOften."""
        address = Email.parse(email)
        with counted(self.limits, limits.reset(client, address.key), self.now()):
            self.repeat(self._queue_link, address, language)

    def _queue_link(self, work: UnitOfWork, address: Email, language: Language) -> None:
        reset_mail(work, address, language, id=self.new_id(), at=self.now())
        work.commit()

    def whose(self, *, token: str) -> str:
        """The username of the account whose password this link would reset. The link keeps working. Raises
        LinkExpired."""
        return self._owner(token).username.text

    def reset(self, *, token: str, password: str, again: str | None = None) -> str:
        """Answers the address. Also confirms it and ends every session. Starts no session. Raises LinkExpired,
        Invalid."""
        account = self._owner(token)
        problems = Problems()
        with problems:
            require_same(password, again)
        with problems:
            password = self._acceptable(password, account)
        problems.stop()
        hashed = self.hasher.hash(password)
        account = self.repeat(self._reset, token, hashed)
        self.credentials.forget_failures(account)
        return account.email.text

    def _reset(self, work: UnitOfWork, token: str, hashed: str) -> Account:
        account, link = follow_link(work, self.tokens, token, Purpose.RESET_PASSWORD, at=self.now(), lock=True)
        work.links.spend(link)
        note_arrival(work, account.id)
        if account.confirm(administrator=self.administrator):
            self.newcomers.confirmed(work, account)
        self._set(work, account, hashed)
        work.commit()
        return account

    def _set(self, work: UnitOfWork, account: Account, hashed: str) -> None:
        store_password(work, account, hashed, at=self.now())
        work.outbox.add(Job.to_owner(account, id=self.new_id(), kind=JobKind.PASSWORD_CHANGED, due_at=self.now()))

    def _owner(self, token: str) -> Account:
        account, _ = self.repeat.reading(
            lambda work: follow_link(work, self.tokens, token, Purpose.RESET_PASSWORD, at=self.now())
        )
        return account

    def _acceptable(self, password: str, account: Account) -> str:
        return acceptable(
            password, username=account.username.text, email=account.email.text, common=self.common_passwords
        )

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return self.mailing.handlers({JobKind.RESET_PASSWORD: _reset_link, JobKind.PASSWORD_CHANGED: _news_of_change})


def _reset_link(work: UnitOfWork, job: Job) -> Draft | None:
    """The account that has the address now gets the link. The page does not reveal whether there is one."""
    account = account_at(work, job)
    if account is None or not account.active:
        return None
    return Draft(LetterKind.RESET_PASSWORD, account, job.language, Purpose.RESET_PASSWORD)


def _news_of_change(work: UnitOfWork, job: Job) -> Draft | None:
    account = account_of(work, job)
    return None if account is None else Draft(LetterKind.PASSWORD_CHANGED, account, job.language)


def store_password(work: UnitOfWork, account: Account, hashed: str, *, at: datetime) -> None:
    """Stores a new password of a locked account. Ends every session, and revokes every API token and mailed link."""
    account.change_password(hashed)
    work.accounts.save(account)
    work.sessions.remove_all_of(account.id)
    end_links(work, account.id, at=at)
