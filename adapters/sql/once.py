"""Idempotency keys in SQL."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from adapters.sql.tables import once_keys
from domain.once import Once


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
