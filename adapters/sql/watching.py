"""Watches in SQL."""

from sqlalchemy import Connection, delete, select, tuple_

from adapters.sql.inserts import insert_or_ignore
from adapters.sql.paging import owned_by
from adapters.sql.tables import watches
from domain.watching import Watch


class SqlWatches:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, watch: Watch) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, watches, "post_id", "account_id").values(
                id=watch.id, post_id=watch.post_id, account_id=watch.account_id
            )
        )
        return bool(added.rowcount)

    def remove(self, post_id: int, account_id: int) -> bool:
        removed = self._connection.execute(
            delete(watches).where(watches.c.post_id == post_id, watches.c.account_id == account_id)
        )
        return bool(removed.rowcount)

    def some_after(self, post_id: int, after_id: int, limit: int) -> list[tuple[int, int]]:
        following = select(watches.c.id, watches.c.account_id).where(
            owned_by(watches.c.post_id, post_id), watches.c.id > after_id
        )
        rows = self._connection.execute(following.order_by(watches.c.post_id, watches.c.id).limit(limit))
        return [(row.id, row.account_id) for row in rows]

    def remove_some_of(self, account_id: int, limit: int) -> int:
        key = (watches.c.post_id, watches.c.account_id)
        theirs = select(*key).where(owned_by(watches.c.account_id, account_id))
        some = theirs.order_by(watches.c.account_id, watches.c.id).limit(limit)
        return int(self._connection.execute(delete(watches).where(tuple_(*key).in_(some))).rowcount)
