"""Who waits to be admitted, in memory."""

from collections.abc import Callable

from adapters.memory.invitations import inviter_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from application.ports.admitting import WaitingCard
from application.ports.paging import Page, Window
from domain.accounts import Account
from domain.joining import Admission
from domain.roles import Reader, Role


class MemoryWaitingMembers:
    def __init__(self, store: Store) -> None:
        self._store = store

    def some(self, admission: Admission, limit: int) -> list[int]:
        return self._ids(lambda account: waits(account) and account.admission is admission)[:limit]

    def moderators(self) -> list[int]:
        return self._ids(lambda account: account.active and account.confirmed and account.role is not Role.USER)

    def _ids(self, is_one: Callable[[Account], bool]) -> list[int]:
        return sorted(row.account.id for row in self._store.accounts.rows() if is_one(row.account))


class MemoryAdmittingFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, reader: Reader | None, window: Window) -> Page[WaitingCard]:
        with self._store.lock:
            accounts = (row.account for row in self._store.accounts.committed.values() if waits(row.account))
            return cut(accounts, window, lambda account: account.id, self._card_of, newest_first=False)

    def _card_of(self, account: Account) -> WaitingCard:
        return WaitingCard(
            id=account.id,
            username=account.username.text,
            name=account.name,
            why=account.why,
            inviter=inviter_of(self._store, account),
            has_no_seat=account.admission is Admission.NO_SEAT,
        )


def waits(account: Account) -> bool:
    return account.admission.waits and not account.deleted
