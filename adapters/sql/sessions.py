"""Sessions in SQL, and the members behind them."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, false, insert, select, update

from adapters.sql.admitting import waits
from adapters.sql.engine import Database
from adapters.sql.muted import mutes_anybody
from adapters.sql.notifications.feeds import unread_count
from adapters.sql.outbox import mail_fails
from adapters.sql.restrictions import RESTRICTIONS, restrictions_of
from adapters.sql.tables import accounts, sessions
from application.ports.sessions import SessionCard, Viewer
from domain.display import Language, Theme
from domain.errors import NotFound
from domain.roles import Reader, Role
from domain.sessions import Session, is_over
from domain.welcoming import Step


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
        owner = select(sessions.c.account_id).where(sessions.c.id == session_id).scalar_subquery()
        # The account comes first, as where somebody ends all sessions of an account, so that the two cannot deadlock.
        self._connection.execute(update(accounts).where(accounts.c.id == owner).values(last_seen_at=at))
        self._connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=at))

    def remove(self, session_id: int) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def remove_all_of(self, account_id: int) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.account_id == account_id))

    def remove_idle(self, before: datetime) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.seen_at < before))


_ACTIVE = ~accounts.c.disabled & ~accounts.c.deleted
# Every request of a member asks for the viewer. A statement that is built anew takes longer to be recognised than to be
# executed.
_VIEWER = (
    select(
        sessions.c.id.label("session_id"),
        sessions.c.remember,
        sessions.c.seen_at,
        accounts.c.id,
        accounts.c.role,
        accounts.c.confirmed,
        accounts.c.admission,
        *RESTRICTIONS,
        accounts.c.username,
        accounts.c.name,
        accounts.c.email,
        accounts.c.language,
        accounts.c.theme,
        accounts.c.time_zone,
        accounts.c.dismissed,
        accounts.c.steps,
        accounts.c.picture_id,
        # No database evaluates a subquery in a branch that it does not take.
        case((accounts.c.role == Role.ADMINISTRATOR.value, mail_fails()), else_=false()).label("mail_fails"),
        mutes_anybody(accounts.c.id),
        unread_count().label("unread"),
    )
    .join_from(sessions, accounts)
    .where(_ACTIVE, sessions.c.secret_hash == bindparam("secret_hash"))
)
_READER = select(
    accounts.c.id,
    accounts.c.role,
    accounts.c.confirmed,
    accounts.c.admission,
    *RESTRICTIONS,
    mutes_anybody(accounts.c.id),
).where(_ACTIVE, accounts.c.id == bindparam("account_id"))


class SqlSessionFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        rows = self._database.kept_rows(_VIEWER, {"secret_hash": secret_hash, "at": at})
        if not rows:
            return None
        row = rows[0]
        if is_over(id=row.session_id, remember=row.remember, seen_at=row.seen_at, at=at):
            return None
        return Viewer(
            id=row.id,
            role=Role(row.role),
            confirmed=row.confirmed,
            waits=waits(row),
            **restrictions_of(row, at),
            mutes=row.mutes,
            username=row.username,
            name=row.name,
            email=row.email,
            language=Language(row.language),
            theme=Theme(row.theme),
            time_zone=row.time_zone,
            dismissed=row.dismissed,
            steps=Step(row.steps),
            session_id=row.session_id,
            seen_at=row.seen_at,
            mail_fails=bool(row.mail_fails),
            unread=row.unread,
            picture_id=row.picture_id,
        )

    def reader(self, account_id: int, at: datetime) -> Reader:
        row = self._database.kept_row(_READER, {"account_id": account_id})
        role, limits = Role(row.role), restrictions_of(row, at)
        return Reader(id=row.id, role=role, confirmed=row.confirmed, waits=waits(row), mutes=row.mutes, **limits)

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        theirs = select(sessions).where(sessions.c.account_id == account_id).order_by(sessions.c.id.desc())
        return tuple(
            SessionCard(id=row.id, device=row.device, remember=row.remember, seen_at=row.seen_at)
            for row in self._database.rows(theirs)
            if not is_over(id=row.id, remember=row.remember, seen_at=row.seen_at, at=at)
        )
