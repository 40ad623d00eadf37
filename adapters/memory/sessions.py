"""Sessions and mailed links."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.store import Store
from domain.errors import LinkExpired, NotFound, TryAgain
from domain.links import Link, Purpose
from domain.sessions import Session


class MemorySessions:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, session_id: int) -> Session:
        session = self._store.sessions.find(session_id)
        if session is None:
            raise NotFound()
        return replace(session)

    def add(self, session: Session) -> None:
        for row in self._store.sessions.rows():
            if row.id == session.id or row.secret_hash == session.secret_hash:
                raise TryAgain()
        if self._store.accounts.find(session.account_id) is None:
            raise NotFound()
        self._store.sessions.put(session.id, replace(session))

    def note_visit(self, session_id: int, at: datetime) -> None:
        session = self._store.sessions.find(session_id)
        if session is None:
            return
        self._store.sessions.put(session_id, replace(session, seen_at=at))
        row = self._store.accounts.find(session.account_id)
        if row is not None:
            self._store.accounts.put(session.account_id, replace(row, last_seen_at=at))

    def remove(self, session_id: int) -> None:
        self._store.sessions.remove(session_id)

    def remove_all_of(self, account_id: int) -> None:
        for session in list(self._store.sessions.rows()):
            if session.account_id == account_id:
                self._store.sessions.remove(session.id)

    def remove_idle(self, before: datetime) -> None:
        for session in list(self._store.sessions.rows()):
            if session.seen_at < before:
                self._store.sessions.remove(session.id)


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
