"""Mailed links and API tokens in memory."""

from datetime import datetime

from adapters.memory.muted import mutes_anybody
from adapters.memory.store import Store
from application.ports.credentials import TokenReader
from domain.credentials import Link, Purpose
from domain.errors import LinkExpired, NotFound


class MemoryLinks:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, link: Link) -> None:
        if self._store.accounts.find(link.account_id) is None:
            raise NotFound()
        self._store.links.put((link.account_id, link.purpose), link)

    def find(self, account_id: int, purpose: Purpose) -> Link | None:
        return self._store.links.find((account_id, purpose))

    def spend(self, link: Link) -> None:
        stored = self.find(link.account_id, link.purpose)
        if stored is None or stored.token_id != link.token_id:
            raise LinkExpired()
        self._store.links.remove((link.account_id, link.purpose))

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        for served in Purpose if purpose is None else (purpose,):
            self._store.links.remove((account_id, served))


class MemoryCredentialFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def token_reader(self, account_id: int, at: datetime) -> TokenReader:
        with self._store.lock:
            row = self._store.accounts.committed.get(account_id)
            if row is None or not row.account.active:
                raise NotFound()
            reader = row.account.reader_at(at)
            return TokenReader(
                id=row.account.id,
                role=row.account.role,
                confirmed=row.account.confirmed,
                waits=row.account.waits,
                silenced_until=reader.silenced_until,
                suspended_until=reader.suspended_until,
                mutes=mutes_anybody(self._store, account_id),
                username=row.account.username.text,
                token_generation=row.account.token_generation,
            )
