"""Sessions and mailed links."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from adapters.sql.tables import accounts, links, sessions
from domain.errors import LinkExpired, NotFound
from domain.links import Link, Purpose
from domain.sessions import Session


class SqlSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, session_id: int) -> Session:
        row = self._connection.execute(select(sessions).where(sessions.c.id == session_id)).one_or_none()
        if row is None:
            raise NotFound()
        return Session(
            id=row.id,
            account_id=row.account_id,
            secret_hash=row.secret_hash,
            remember=row.remember,
            device=row.device,
            seen_at=row.seen_at,
        )

    def add(self, session: Session) -> None:
        self._connection.execute(
            insert(sessions).values(
                id=session.id,
                account_id=session.account_id,
                secret_hash=session.secret_hash,
                remember=session.remember,
                device=session.device,
                seen_at=session.seen_at,
            )
        )

    def note_visit(self, session_id: int, at: datetime) -> None:
        seen = update(sessions).where(sessions.c.id == session_id).values(seen_at=at)
        owner = select(sessions.c.account_id).where(sessions.c.id == session_id).scalar_subquery()
        self._connection.execute(seen)
        self._connection.execute(update(accounts).where(accounts.c.id == owner).values(last_seen_at=at))

    def remove(self, session_id: int) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def remove_all_of(self, account_id: int) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.account_id == account_id))

    def remove_idle(self, before: datetime) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.seen_at < before))


class SqlLinks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, link: Link) -> None:
        self.remove_all_of(link.account_id, link.purpose)
        self._connection.execute(
            insert(links).values(
                account_id=link.account_id, purpose=link.purpose.value, token_id=link.token_id, email=link.email
            )
        )

    def find(self, account_id: int, purpose: Purpose) -> Link | None:
        row = self._connection.execute(
            select(links).where(links.c.account_id == account_id, links.c.purpose == purpose.value)
        ).one_or_none()
        return None if row is None else Link(row.account_id, Purpose(row.purpose), row.token_id, row.email)

    def spend(self, link: Link) -> None:
        spent = self._connection.execute(
            delete(links).where(
                links.c.account_id == link.account_id,
                links.c.purpose == link.purpose.value,
                links.c.token_id == link.token_id,
            )
        )
        if not spent.rowcount:
            raise LinkExpired()

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        statement = delete(links).where(links.c.account_id == account_id)
        if purpose is not None:
            statement = statement.where(links.c.purpose == purpose.value)
        self._connection.execute(statement)
