"""Newcomers: whether somebody who has confirmed the address is a member now, and whom that is told."""

from contextlib import suppress
from dataclasses import dataclass

from application.credentials.links import new_member_mail
from application.current_site import CurrentSite
from application.notifying import Notifying
from application.ports.work import NewId, Now, UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.joining import Admission
from domain.outbox import Job
from domain.overview import Daily, Series

# Under this key one job tells all moderators. It lets an hour pass before it tells them again.
_TELLING = "tell_moderators"


@dataclass(frozen=True, kw_only=True, slots=True)
class Newcomers:
    """Other use cases call this for a locked account, before they save it."""

    now: Now
    new_id: NewId
    notifying: Notifying
    current_site: CurrentSite
    administrator: Email | None

    def decide(self, work: UnitOfWork, account: Account) -> bool:
        """The address is confirmed now. Takes the seat of an invitation. Answers whether they are a member, and tells
        the moderators about somebody who waits."""
        has_seat = account.admission is Admission.UNDECIDED and self._take_seat(work, account.invitation_id)
        is_member = account.enter(self.current_site.within(work).text.registration, has_seat=has_seat)
        if is_member:
            self._count_sign_up(work, account)
        else:
            work.outbox.add(Job(id=self.new_id(), kind=JobKind.TELL_MODERATORS, key=_TELLING, due_at=self.now()))
            self.notifying.of_newcomer(work, account.id)
        return is_member

    def confirmed(self, work: UnitOfWork, account: Account) -> None:
        """As `decide`, for a member who has confirmed by a link."""
        if self.decide(work, account):
            self._tell_administrator(work, account)

    def admitted(self, work: UnitOfWork, account: Account) -> None:
        """Somebody who waited is a member now."""
        work.outbox.add(Job.to_owner(account, id=self.new_id(), kind=JobKind.ADMITTED, due_at=self.now()))
        self._tell_administrator(work, account)
        self._count_sign_up(work, account)

    def reconsider(self, work: UnitOfWork, account: Account, *, waited: bool) -> None:
        """An administrator has set the standing. Who gets a role need not wait. Who is confirmed by hand may have
        to."""
        if waited and account.admission is Admission.ADMITTED:
            self.admitted(work, account)
        elif account.confirmed and account.admission is Admission.UNDECIDED:
            self.decide(work, account)

    def _take_seat(self, work: UnitOfWork, invitation_id: int) -> bool:
        # The row is locked, so that of two who confirm at once only one gets the last seat.
        with suppress(NotFound):
            invitation = work.invitations.lock(invitation_id)
            if invitation.take_seat(work.accounts.get(invitation.owner_id), at=self.now()):
                work.invitations.save(invitation)
                return True
        return False

    def _count_sign_up(self, work: UnitOfWork, account: Account) -> None:
        """A sign-up of today, whenever they registered."""
        work.tallies.add_to_site({Daily.at(Series.SIGN_UPS, self.now()): 1}, shard_of=account.id)

    def _tell_administrator(self, work: UnitOfWork, account: Account) -> None:
        new_member_mail(work, account, self.administrator, id=self.new_id(), at=self.now())
