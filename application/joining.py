"""Joining: register, and confirm the address."""

from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass

from application.counting import counted
from application.credentials.links import confirmation_mail, follow_link
from application.current_site import CurrentSite
from application.invitations import open_invitation
from application.jobs import Handlers
from application.mailing import Draft, Mailing, account_at, account_of
from application.newcomers import Newcomers
from application.ports.limits import Limits
from application.ports.mailing import LetterKind
from application.ports.members import MemberName
from application.ports.metrics import SIGN_UPS, Meter
from application.ports.passwords import PasswordHasher
from application.ports.tallies import Total
from application.ports.tokens import Tokens
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.credentials import Link, Purpose, acceptable, require_same
from domain.display import Language
from domain.errors import AlreadyConfirmed, AlreadyTaken, Forbidden, LinkExpired, NotFound, Problems
from domain.identifiers import Email, Username
from domain.invitations import Invitation
from domain.job_kinds import JobKind
from domain.joining import Registration, why_text
from domain.once import VISITOR, Once, OnceKey
from domain.outbox import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    repeat: Repeat
    now: Now
    new_id: NewId
    hasher: PasswordHasher
    common_passwords: Container[object]
    tokens: Tokens
    mailing: Mailing
    limits: Limits
    meter: Meter
    current_site: CurrentSite
    newcomers: Newcomers
    administrator: Email | None

    def register(
        self,
        *,
        client: str,
        email: str,
        username: str,
        password: str,
        again: str | None = None,
        once: OnceKey | None = None,
        language: Language = Language.ENGLISH,
        why: str = "",
        invitation: str = "",
    ) -> None:
        """Makes an unconfirmed account and asks for one mail. A known address takes the same time and gets the same
        answer, but makes no account: its owner gets a mail about it. `why` they want to join is for sites that ask it.
        `invitation` is a code. Raises Forbidden as `require_welcome`, Invalid, TooOften."""
        mode = self.repeat.reading(self._mode)
        invited = self._invited(invitation, mode)
        problems = Problems()
        with problems:
            address = Email.parse(email)
        with problems:
            name = Username.parse(username)
            if self.repeat.reading(_was_made, once):
                return
            self.repeat.reading(_require_free, name)
        with problems:
            require_same(password, again)
        with problems:
            password = acceptable(password, username=username, email=email, common=self.common_passwords)
        with problems:
            why = why_text(why) if mode.asks_why else ""
        problems.stop()

        def store(work: UnitOfWork) -> bool:
            if _was_made(work, once):
                return False
            _require_welcome(self._mode(work), invitation, is_invited=invited is not None)
            account = Account.register(
                id=self.new_id(),
                email=address,
                username=name,
                password_hash=hashed,
                language=language,
                why=why,
                invitation_id=0 if invited is None else invited[0].id,
            )
            if once:
                work.once.add(Once(owner_id=VISITOR, key=once.key, digest="", made_id=account.id, made_at=self.now()))
            added = work.accounts.add(account)
            work.outbox.add(
                Job(
                    id=self.new_id(),
                    kind=JobKind.WELCOME,
                    address=address.text,
                    account_id=account.id if added else None,
                    language=language,
                    due_at=self.now(),
                )
            )
            # Adding 0 takes as long as adding 1, so that a known address takes the same time.
            work.tallies.add_to_site({Total.MEMBERS: int(added)}, shard_of=account.id)
            work.commit()
            return added

        with counted(self.limits, limits.register(client, address.key), self.now()):
            hashed = self.hasher.hash(password)
            if self.repeat(store):
                self.meter.count(SIGN_UPS, "registered")

    def require_welcome(self, *, invitation: str = "") -> MemberName | None:
        """Who invites by this code, if anybody. Raises Forbidden: `registration_closed`, `not_invited`, or
        `invitation_over`."""
        invited = self._invited(invitation, self.current_site().text.registration)
        if invited is None:
            return None
        owner = invited[1]
        return MemberName(owner.id, owner.username.text, owner.name, owner.role, owner.picture_id)

    def _mode(self, work: UnitOfWork) -> Registration:
        return self.current_site.within(work).text.registration

    def _invited(self, code: str, mode: Registration) -> tuple[Invitation, Account] | None:
        closed = mode is Registration.CLOSED
        invited = self.repeat.reading(open_invitation, code, self.now()) if code and not closed else None
        _require_welcome(mode, code, is_invited=invited is not None)
        return invited

    def resend(self, *, actor_id: int) -> bool:
        """Asks for a new link. The older one stops working. Answers False and does nothing for a confirmed member.
        Raises TooOften."""
        account = self.repeat.reading(lambda work: work.accounts.get(actor_id))
        if account.confirmed:
            return False
        with counted(self.limits, limits.confirmation_mail(actor_id), self.now()):
            self.repeat(self._queue_link, account)
        return True

    def _queue_link(self, work: UnitOfWork, account: Account) -> None:
        confirmation_mail(work, account, id=self.new_id(), at=self.now())
        work.commit()

    def whose(self, *, token: str) -> tuple[str, str]:
        """The username and the address that this link would confirm. The link keeps working. Raises LinkExpired, or
        AlreadyConfirmed if the account needs no link any more."""
        account, _ = self.repeat.reading(self._follow, token)
        return account.username.text, account.email.text

    def confirm(self, *, token: str) -> tuple[str, str]:
        """Confirms the account of the link, even if another member or nobody is signed in. Answers its username and its
        address. Raises LinkExpired, or AlreadyConfirmed if the account needs no link any more."""
        confirmed = self.repeat(self._confirm, token)
        self.meter.count(SIGN_UPS, "confirmed")
        return confirmed

    def _confirm(self, work: UnitOfWork, token: str) -> tuple[str, str]:
        account, link = self._follow(work, token, lock=True)
        work.links.spend(link)
        if account.confirm(administrator=self.administrator):
            self.newcomers.confirmed(work, account)
            work.accounts.save(account)
        work.commit()
        return account.username.text, account.email.text

    def _follow(self, work: UnitOfWork, token: str, *, lock: bool = False) -> tuple[Account, Link]:
        try:
            return follow_link(work, self.tokens, token, Purpose.CONFIRM, at=self.now(), lock=lock)
        except LinkExpired:
            self._require_unconfirmed(work, token)
            raise

    def _require_unconfirmed(self, work: UnitOfWork, token: str) -> None:
        """Raises AlreadyConfirmed. A signed token was only ever mailed to the owner of its account, so nobody else
        learns from it."""
        with suppress(NotFound):
            account = work.accounts.get(self.tokens.subject_of(token, Purpose.CONFIRM))
            if account.active and account.confirmed:
                raise AlreadyConfirmed() from None

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return self.mailing.handlers(
            {JobKind.WELCOME: _welcome, JobKind.CONFIRM: _confirmation, JobKind.NEW_MEMBER: _news_of_a_member}
        )


def _welcome(work: UnitOfWork, job: Job) -> Draft | None:
    """The address may belong to another account. Then that member gets a mail about it, in their own language."""
    account = account_at(work, job)
    if account is None or account.id == job.account_id:
        return _confirmation_for(account, job)
    return Draft(LetterKind.ALREADY_MEMBER, account, account.language) if account.active else None


def _confirmation(work: UnitOfWork, job: Job) -> Draft | None:
    return _confirmation_for(account_of(work, job), job)


def _confirmation_for(account: Account | None, job: Job) -> Draft | None:
    if account is None or not account.active or account.confirmed or account.email.key != Email(job.address).key:
        return None
    return Draft(LetterKind.CONFIRM, account, job.language, Purpose.CONFIRM)


def _news_of_a_member(work: UnitOfWork, job: Job) -> Draft | None:
    account = account_of(work, job)
    return None if account is None else Draft(LetterKind.NEW_MEMBER, account, job.language)


def _require_welcome(mode: Registration, code: str, *, is_invited: bool) -> None:
    if mode is Registration.CLOSED:
        raise Forbidden("registration_closed")
    if mode.needs_invitation and not is_invited:
        raise Forbidden("invitation_over" if code else "not_invited")


def _was_made(work: UnitOfWork, once: OnceKey | None) -> bool:
    return once is not None and work.once.find(VISITOR, once.key) is not None


def _require_free(work: UnitOfWork, name: Username) -> None:
    if work.accounts.find_by_username(name.key) is not None:
        raise AlreadyTaken("username")
