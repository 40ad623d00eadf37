"""Invitations in memory."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.members import account_named, member_name_of
from adapters.memory.store import Store
from application.ports.invitations import InvitationCard
from application.ports.members import MemberName
from domain.accounts import Account
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.invitations import Invitation
from domain.roles import Reader


class MemoryInvitations:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, invitation: Invitation) -> None:
        if self._store.accounts.find(invitation.owner_id) is None:
            raise NotFound()
        if self._store.invitations.find(invitation.id) is not None:
            raise TryAgain()
        if self.find_by_code(invitation.code) is not None:
            raise AlreadyTaken("code")
        self._store.invitations.put(invitation.id, replace(invitation))

    def lock(self, invitation_id: int) -> Invitation:
        invitation = self._store.invitations.find(invitation_id)
        if invitation is None:
            raise NotFound()
        return replace(invitation)

    def find_by_code(self, code: str) -> Invitation | None:
        return next((replace(row) for row in self._store.invitations.rows() if row.code == code), None)

    def count_open(self, owner_id: int, at: datetime) -> int:
        return sum(row.owner_id == owner_id and row.is_open(at) for row in self._store.invitations.rows())

    def save(self, invitation: Invitation) -> None:
        if self._store.invitations.find(invitation.id) is not None:
            self._store.invitations.put(invitation.id, replace(invitation))


class MemoryInvitationFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_member(self, reader: Reader, limit: int) -> tuple[InvitationCard, ...]:
        with self._store.lock:
            own = [row for row in self._store.invitations.committed.values() if row.owner_id == reader.id]
            return tuple(_card_of(row) for row in sorted(own, key=lambda row: -row.id)[:limit])

    def inviter(self, reader: Reader | None, username: str) -> MemberName | None:
        with self._store.lock:
            try:
                return inviter_of(self._store, account_named(self._store, username).account)
            except NotFound:
                return None


def inviter_of(store: Store, account: Account) -> MemberName | None:
    """The caller holds the store's lock."""
    invitation = store.invitations.committed.get(account.invitation_id)
    return None if invitation is None else member_name_of(store, invitation.owner_id)


def _card_of(row: Invitation) -> InvitationCard:
    return InvitationCard(
        id=row.id, code=row.code, people=row.people, taken=row.taken, until=row.until, ended=row.ended
    )
