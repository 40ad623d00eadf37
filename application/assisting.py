"""Assisting: what administrators do for one member at once, and beside what they set."""

from dataclasses import dataclass

from application.counting import counted
from application.credentials.links import confirmation_mail, reset_mail
from application.finding import find_member
from application.ports.limits import Limits
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.roles import Permission


@dataclass(frozen=True, kw_only=True, slots=True)
class Assisting:
    repeat: Repeat
    now: Now
    new_id: NewId
    limits: Limits

    def send_confirmation(self, *, actor_id: int, member: str) -> bool:
        """Mails an unconfirmed member a new link, as if they had asked for it: the older one stops working, and the
        same limit counts. Answers False and does nothing when there is nothing to confirm. Raises Forbidden, NotFound,
        TooOften."""
        account = self.repeat.reading(self._administered, actor_id, member)
        if account.confirmed or account.disabled:
            return False

        def queue(work: UnitOfWork) -> None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER, at=self.now())
            confirmation_mail(work, work.accounts.get(account.id), id=self.new_id(), at=self.now())
            work.commit()

        with counted(self.limits, limits.confirmation_mail(account.id), self.now()):
            self.repeat(queue)
        return True

    def send_reset(self, *, actor_id: int, member: str) -> bool:
        """Mails a member a link that resets the password, as if they had asked for it. Answers False and does nothing
        while the member is disabled. Raises Forbidden, NotFound, TooOften."""
        account = self.repeat.reading(self._administered, actor_id, member)
        if account.disabled:
            return False

        def queue(work: UnitOfWork) -> None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER, at=self.now())
            reset_mail(work, account.email, account.language, id=self.new_id(), at=self.now())
            work.commit()

        with counted(self.limits, limits.reset_mail(account.email.key), self.now()):
            self.repeat(queue)
        return True

    def sign_out_everywhere(self, *, actor_id: int, member: str) -> int:
        """Ends every session of a member, and revokes every API token. Answers the member's id. Raises Forbidden,
        NotFound."""

        def end(work: UnitOfWork) -> int:
            # Two administrators who sign each other out would deadlock at their accounts.
            work.accounts.lock_administrators()
            account = work.accounts.lock(self._administered(work, actor_id, member).id)
            account.revoke_tokens()
            work.accounts.save(account)
            work.sessions.remove_all_of(account.id)
            work.commit()
            return account.id

        return self.repeat(end)

    def _administered(self, work: UnitOfWork, actor_id: int, member: str) -> Account:
        """The member, for an administrator. Forbidden comes before NotFound, so that the answer does not reveal whether
        the member exists."""
        work.accounts.get(actor_id).require(Permission.ADMINISTER, at=self.now())
        return find_member(work, member)
