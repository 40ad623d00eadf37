"""Accounts in memory, and members as administrators and readers see them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.memory.paging import cut
from adapters.memory.store import AccountRow, Store
from adapters.memory.tallies import total_of
from application.ports.members import MemberCard, MemberCounts, MemberName
from application.ports.paging import COUNTED_AT_MOST, Page, Window
from application.ports.tallies import Tally, Total
from domain.accounts import Account
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.identifiers import username_key
from domain.ids import time_of
from domain.members import MemberState, search_text
from domain.roles import Reader, Role


class MemoryAccounts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, account_id: int) -> Account:
        row = self._store.accounts.find(account_id)
        if row is None:
            raise NotFound()
        return replace(row.account)

    def actor(self, account_id: int) -> Account:
        return self.get(account_id)

    def lock(self, account_id: int) -> Account:
        return self.get(account_id)

    def find_by_username(self, key: str) -> Account | None:
        owner = self._store.names.find(key)
        return None if owner is None else self.get(owner)

    def find_by_email(self, key: str) -> Account | None:
        for row in self._store.accounts.rows():
            if row.account.email.key == key:
                return replace(row.account)
        return None

    def add(self, account: Account) -> bool:
        if self.find_by_email(account.email.key) is not None:
            return False
        if self._store.accounts.find(account.id) is not None:
            raise TryAgain()
        self._keep_username(account)
        row = AccountRow(account=replace(account), last_seen_at=time_of(account.id), tally=Tally())
        self._store.accounts.put(account.id, row)
        return True

    def save(self, account: Account) -> None:
        row = self._store.accounts.find(account.id)
        if row is None or row.account.version != account.version:
            raise TryAgain()
        found = self.find_by_email(account.email.key)
        if found is not None and found.id != account.id:
            raise AlreadyTaken("email")
        self._keep_username(account)
        account.version += 1
        self._store.accounts.put(account.id, replace(row, account=replace(account)))

    def free_names(self, account_id: int) -> None:
        names = self._store.names
        for key in {*names.committed, *names.staged()}:
            if names.find(key) == account_id:
                names.remove(key)

    def lock_administrators(self) -> list[int]:
        return sorted(row.account.id for row in self._store.accounts.rows() if row.account.administers)

    def _keep_username(self, account: Account) -> None:
        """Raises AlreadyTaken("username")."""
        if self._store.names.find(account.username.key) not in (None, account.id):
            raise AlreadyTaken("username")
        self._store.names.put(account.username.key, account.id)


class MemoryMemberFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def search(
        self,
        reader: Reader | None,
        pattern: str,
        window: Window,
        *,
        role: Role | None = None,
        state: MemberState | None = None,
    ) -> Page[MemberCard]:
        def is_wanted(account: Account) -> bool:
            if role not in (None, account.role) or (state is not None and not state.is_of(account)):
                return False
            return pattern in search_text(account)

        with self._store.lock:
            found = (row for row in self._members() if is_wanted(row.account))
            return cut(found, window, lambda row: row.account.id, _card_of)

    def counts(self) -> MemberCounts:
        def count(is_counted: Callable[[Account], bool]) -> int:
            return min(sum(is_counted(row.account) for row in self._members()), COUNTED_AT_MOST)

        with self._store.lock:
            return MemberCounts(
                members=total_of(self._store, Total.MEMBERS),
                unconfirmed=count(MemberState.UNCONFIRMED.is_of),
                disabled=count(MemberState.DISABLED.is_of),
                moderators=count(lambda account: account.role is Role.MODERATOR),
                administrators=count(lambda account: account.role is Role.ADMINISTRATOR),
            )

    def member(self, reader: Reader | None, username: str) -> MemberCard:
        with self._store.lock:
            return _card_of(account_named(self._store, username))

    def is_empty(self) -> bool:
        return not self._store.accounts.committed

    def _members(self) -> Iterator[AccountRow]:
        return (row for row in self._store.accounts.committed.values() if not row.account.deleted)


def _card_of(row: AccountRow) -> MemberCard:
    account = row.account
    return MemberCard(
        id=account.id,
        username=account.username.text,
        email=account.email.text,
        name=account.name,
        location=account.location,
        about_me=account.about_me,
        role=account.role,
        confirmed=account.confirmed,
        disabled=account.disabled,
        last_seen_at=row.last_seen_at,
        waits=account.waits,
        picture_id=account.picture_id,
    )


def account_named(store: Store, username: str) -> AccountRow:
    """The account with this username, in any case. Raises NotFound, also for a deleted member. The caller holds the
    store's lock."""
    for row in store.accounts.committed.values():
        if row.account.username.key == username_key(username) and not row.account.deleted:
            return row
    raise NotFound()


def member_name_of(store: Store, account_id: int) -> MemberName | None:
    """None for a deleted member. The caller holds the store's lock."""
    account = store.accounts.committed[account_id].account
    if account.deleted:
        return None
    return MemberName(account.id, account.username.text, account.name, account.role, account.picture_id)
