"""The outbox, and the keys under which things were made."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from adapters.sql.tables import once_keys, outbox
from domain.display import Language
from domain.errors import NotFound
from domain.once import Once
from domain.outbox import Kind, Mail, State


def _mail(row: Row[Any]) -> Mail:
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
        return _mail(row)

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
        return None if row is None else _mail(row)

    def save(self, mail: Mail) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == mail.id).values(**_progress(mail)))

    def remove_done(self, before: int) -> None:
        self._connection.execute(delete(outbox).where(outbox.c.state != State.WAITING.value, outbox.c.id < before))


class SqlOnceKeys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner_id: int, key: str) -> Once | None:
        row = self._connection.execute(
            select(once_keys).where(once_keys.c.owner_id == owner_id, once_keys.c.key == key)
        ).one_or_none()
        if row is None:
            return None
        return Once(owner_id=row.owner_id, key=row.key, digest=row.digest, made_id=row.made_id, made_at=row.made_at)

    def add(self, once: Once) -> None:
        self._connection.execute(
            insert(once_keys).values(
                owner_id=once.owner_id,
                key=once.key,
                digest=once.digest,
                made_id=once.made_id,
                made_at=once.made_at,
            )
        )

    def remove_older(self, before: datetime) -> None:
        self._connection.execute(delete(once_keys).where(once_keys.c.made_at < before))
