"""Sessions in memory, and the members behind them."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.muted import mutes_anybody
from adapters.memory.notifications.feeds import unread_count
from adapters.memory.outbox import mail_health
from adapters.memory.store import Store
from application.ports.sessions import SessionCard, Viewer
from domain.errors import NotFound, TryAgain
from domain.roles import Reader, Role
from domain.sessions import Session, is_over


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


class MemorySessionFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        with self._store.lock:
            for session in self._store.sessions.committed.values():
                if session.secret_hash == secret_hash:
                    account = self._store.accounts.committed[session.account_id].account
                    if _is_over(session, at) or not account.active:
                        return None
                    mutes = mutes_anybody(self._store, account.id)
                    reader = replace(account.reader_at(at), mutes=mutes)
                    return Viewer(
                        id=account.id,
                        role=account.role,
                        confirmed=account.confirmed,
                        waits=account.waits,
                        silenced_until=reader.silenced_until,
                        suspended_until=reader.suspended_until,
                        mutes=mutes,
                        username=account.username.text,
                        name=account.name,
                        email=account.email.text,
                        language=account.language,
                        theme=account.theme,
                        time_zone=account.time_zone,
                        dismissed=account.dismissed,
                        steps=account.steps,
                        session_id=session.id,
                        seen_at=session.seen_at,
                        mail_fails=account.role is Role.ADMINISTRATOR and mail_health(self._store).fails,
                        unread=unread_count(self._store, reader),
                        picture_id=account.picture_id,
                    )
            return None

    def reader(self, account_id: int, at: datetime) -> Reader:
        with self._store.lock:
            row = self._store.accounts.committed.get(account_id)
            if row is None or not row.account.active:
                raise NotFound()
            return replace(row.account.reader_at(at), mutes=mutes_anybody(self._store, account_id))

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        with self._store.lock:
            return tuple(
                SessionCard(id=row.id, device=row.device, remember=row.remember, seen_at=row.seen_at)
                for row in sorted(self._store.sessions.committed.values(), key=lambda row: -row.id)
                if row.account_id == account_id and not _is_over(row, at)
            )


def _is_over(session: Session, at: datetime) -> bool:
    return is_over(id=session.id, remember=session.remember, seen_at=session.seen_at, at=at)
