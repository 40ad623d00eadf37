"""Change of address. A member asks for it with the password, and a link in a mail to the new address does it."""

from dataclasses import dataclass

from application.counting import counted
from application.credentials.checking import Credentials, lock_checked
from application.credentials.links import (
    drop_link_to_new_address,
    end_links,
    follow_link,
    key_of_new_address,
    note_arrival,
)
from application.jobs import Handlers
from application.mailing import Draft, Mailing, account_of
from application.newcomers import Newcomers
from application.ports.limits import Limits
from application.ports.mailing import LetterKind
from application.ports.tokens import Tokens
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.credentials import Link, Purpose
from domain.errors import AlreadyTaken, Invalid, LinkExpired, Problems
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.outbox import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    repeat: Repeat
    credentials: Credentials
    now: Now
    new_id: NewId
    tokens: Tokens
    mailing: Mailing
    limits: Limits
    newcomers: Newcomers
    administrator: Email | None

    def request_change(self, *, actor_id: int, email: str, password: str) -> None:
        """Asks for one mail, whether or not the address is free. An older link stops working. Raises Forbidden,
        Invalid, TooOften."""
        account = self.repeat.reading(lambda work: work.accounts.get(actor_id))
        problems = Problems()
        with problems:
            address = Email.parse(email)
            if address.key == account.email.key:
                raise Invalid("email", "same_email")
        with problems:
            self.credentials.check_again(account, password, field="password")
        problems.stop()
        with counted(self.limits, limits.address_change(actor_id), self.now()):
            self.repeat(self._queue_link, account, address)

    def _queue_link(self, work: UnitOfWork, checked: Account, address: Email) -> None:
        account = lock_checked(work, checked, field="password")
        account.reader_at(self.now()).require_access()
        work.links.remove_all_of(account.id, Purpose.CHANGE_EMAIL)
        # A mail to an earlier address that has not left yet would end the link of this one.
        drop_link_to_new_address(work, account.id, at=self.now())
        work.outbox.add(
            Job(
                id=self.new_id(),
                key=key_of_new_address(account.id),
                kind=JobKind.CHANGE_EMAIL,
                address=address.text,
                account_id=account.id,
                language=account.language,
                due_at=self.now(),
            )
        )
        work.commit()

    def pending(self, *, actor_id: int, token: str) -> str:
        """The address that this link would set. The link keeps working. Raises LinkExpired, also for the link of
        another member."""
        _, link = self.repeat.reading(self._own_link, actor_id, token)
        return link.email

    def change(self, *, actor_id: int, token: str) -> str:
        """Answers the new address. Every other mailed link stops working. Raises LinkExpired, also when another account
        took the address in the meantime."""
        return self.repeat(self._change, actor_id, token)

    def _change(self, work: UnitOfWork, actor_id: int, token: str) -> str:
        account, link = self._own_link(work, actor_id, token, lock=True)
        account.reader_at(self.now()).require_access()
        work.links.spend(link)
        if account.change_email(Email(link.email), administrator=self.administrator):
            self.newcomers.confirmed(work, account)
        end_links(work, actor_id, at=self.now())
        note_arrival(work, actor_id)
        try:
            work.accounts.save(account)
            work.commit()
        except AlreadyTaken:
            raise LinkExpired() from None
        return link.email

    def _own_link(self, work: UnitOfWork, actor_id: int, token: str, *, lock: bool = False) -> tuple[Account, Link]:
        account, link = follow_link(work, self.tokens, token, Purpose.CHANGE_EMAIL, at=self.now(), lock=lock)
        if account.id != actor_id:
            raise LinkExpired()
        return account, link

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return self.mailing.handlers(
            {JobKind.CHANGE_EMAIL: self._link_to_the_new_address, JobKind.EMAIL_CHANGING: _warning_to_the_old_address}
        )

    def _link_to_the_new_address(self, work: UnitOfWork, job: Job) -> Draft | None:
        """The commit that stores the link for an address also asks for the warning to the old one."""
        account = account_of(work, job)
        if account is None or not account.active or work.accounts.find_by_email(Email(job.address).key) is not None:
            return None
        link = work.links.find(account.id, Purpose.CHANGE_EMAIL)
        if link is None or link.email != job.address:
            work.outbox.add(Job.to_owner(account, id=self.new_id(), kind=JobKind.EMAIL_CHANGING, due_at=self.now()))
        return Draft(LetterKind.CHANGE_EMAIL, account, job.language, Purpose.CHANGE_EMAIL)


def _warning_to_the_old_address(work: UnitOfWork, job: Job) -> Draft | None:
    account = account_of(work, job)
    return None if account is None else Draft(LetterKind.EMAIL_CHANGING, account, job.language)
