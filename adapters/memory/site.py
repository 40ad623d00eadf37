"""The site itself, in memory."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.members import member_name_of
from adapters.memory.store import Store
from adapters.memory.tallies import total_of
from application.ports.members import MemberName
from application.ports.site import SiteFacts
from application.ports.tallies import Total
from domain.accounts import Account
from domain.errors import TryAgain
from domain.ids import time_of
from domain.moderation import SITE_ID
from domain.roles import Reader, Role, in_force
from domain.site import Site

_ROLES = (Role.ADMINISTRATOR, Role.MODERATOR)


class MemorySite:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self) -> Site | None:
        stored = self._store.site.find(SITE_ID)
        return None if stored is None else replace(stored)

    def save(self, site: Site) -> None:
        stored = self._store.site.find(SITE_ID)
        if site.version != (0 if stored is None else stored.version):
            raise TryAgain()
        site.version += 1
        self._store.site.put(SITE_ID, replace(site))


class MemorySiteFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def site(self) -> Site | None:
        with self._store.lock:
            stored = self._store.site.committed.get(SITE_ID)
            return None if stored is None else replace(stored)

    def facts(self, reader: Reader | None) -> SiteFacts:
        with self._store.lock:
            oldest = min(self._store.accounts.committed, default=None)
            return SiteFacts(
                since=None if oldest is None else time_of(oldest),
                members=total_of(self._store, Total.MEMBERS),
                posts=total_of(self._store, Total.POSTS),
                comments=total_of(self._store, Total.COMMENTS),
            )

    def moderators(self, reader: Reader | None, at: datetime, limit: int) -> tuple[MemberName, ...]:
        with self._store.lock:
            accounts = (row.account for row in self._store.accounts.committed.values())
            found = [account for account in accounts if account.role in _ROLES and _acts(account, at)]
            found.sort(key=lambda account: (_ROLES.index(account.role), account.id))
            names = (member_name_of(self._store, account.id) for account in found[:limit])
            return tuple(name for name in names if name is not None)


def _acts(account: Account, at: datetime) -> bool:
    return account.active and account.confirmed and in_force(account.suspended_until, at) is None
