"""What waits to be done because of a commit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from adapters.sql.engine import Database
from adapters.sql.paging import page_of, windowed
from adapters.sql.tables import outbox
from application.ports.outbox import MailCard
from application.ports.paging import Page, Window
from domain.display import Language
from domain.errors import NotFound
from domain.outbox import Kind, Mail, State


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, mail: Mail) -> None:
        self._connection.execute(
            insert(outbox).values(
                id=mail.id,
                kind=mail.kind.value,
                address=mail.address,
                account_id=mail.account_id,
                language=mail.language.value,
                **_progress(mail),
            )
        )

    def get(self, mail_id: int) -> Mail:
        row = self._connection.execute(select(outbox).where(outbox.c.id == mail_id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound()
        return _mail_of(row)

    def claim(self, at: datetime) -> Mail | None:
        row = self._connection.execute(
            select(outbox)
            .where(
                outbox.c.state == State.WAITING.value,
                outbox.c.due_at <= at,
                or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= at),
            )
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return None if row is None else _mail_of(row)

    def save(self, mail: Mail) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == mail.id).values(**_progress(mail)))

    def remove_done(self, before: int) -> None:
        self._connection.execute(delete(outbox).where(outbox.c.state != State.WAITING.value, outbox.c.id < before))


def _mail_of(row: Row[Any]) -> Mail:
    return Mail(
        id=row.id,
        kind=Kind(row.kind),
        address=row.address,
        account_id=row.account_id,
        language=Language(row.language),
        state=State(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        leased_until=row.leased_until,
        last_error=row.last_error,
    )


def _progress(mail: Mail) -> dict[str, Any]:
    return {
        "state": mail.state.value,
        "attempts": mail.attempts,
        "due_at": mail.due_at,
        "leased_until": mail.leased_until,
        "last_error": mail.last_error,
    }


_ROWS = select(outbox)


class SqlOutboxFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, window: Window) -> Page[MailCard]:
        return page_of(self._database.rows(windowed(_ROWS, outbox.c.id, window)), window, _card_of)


def _card_of(row: Row[Any]) -> MailCard:
    return MailCard(
        id=row.id,
        kind=Kind(row.kind),
        address=row.address,
        state=State(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        last_error=row.last_error,
    )
