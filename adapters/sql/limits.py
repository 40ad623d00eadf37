"""Rate limits for all processes. Each key has one row with the times that still count. It is locked while it
changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into
from adapters.sql.tables import rate_limits
from domain.limits import LONGEST, RateLimit, require_room

Hits = dict[str, list[float]]


class SqlLimits:
    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        with self._database.connected() as connection:
            require_room(wanted, _hits(connection, wanted, lock=False), at.timestamp())

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        now = at.timestamp()
        with self._database.writing() as connection:
            rows = [{"key": key, "hits": "", "touched_at": at} for key in sorted(wanted)]
            # An existing row is updated too. That locks it, so `forget_stale` cannot delete it.
            touched = insert_into(connection, rate_limits).on_conflict_do_update(
                index_elements=["key"], set_={"touched_at": at}
            )
            connection.execute(touched, rows)
            hits = _hits(connection, wanted, lock=True)
            require_room(wanted, hits, now)
            taken = {key: [*limit.recent(hits[key], now), now] for key, limit in wanted.items()}
            _store(connection, taken, at)
            connection.commit()
        return min(limit.times - len(taken[key]) for key, limit in wanted.items())

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        with self._database.writing() as connection:
            hits = _hits(connection, wanted, lock=True)
            for mine in hits.values():
                if at.timestamp() in mine:
                    mine.remove(at.timestamp())
            _store(connection, {key: mine for key, mine in hits.items() if mine}, at)
            # Rows without times are deleted. So a sign-in with the right password leaves no row.
            empty = sorted(key for key, mine in hits.items() if not mine)
            connection.execute(delete(rate_limits).where(rate_limits.c.key.in_(empty)))
            connection.commit()

    def forget(self, beginnings: Sequence[str]) -> None:
        with self._database.writing() as connection:
            of_these = or_(*(rate_limits.c.key.startswith(beginning, autoescape=True) for beginning in beginnings))
            connection.execute(delete(rate_limits).where(of_these))
            connection.commit()

    def forget_stale(self, at: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(rate_limits).where(rate_limits.c.touched_at < at - LONGEST))
            connection.commit()


def _hits(connection: Connection, wanted: Mapping[str, RateLimit], *, lock: bool) -> Hits:
    """Reads in the order of keys, so that two transactions that lock several rows cannot deadlock."""
    statement = select(rate_limits.c.key, rate_limits.c.hits).where(rate_limits.c.key.in_(sorted(wanted)))
    statement = statement.order_by(rate_limits.c.key)
    rows = connection.execute(statement.with_for_update() if lock else statement)
    return {row.key: [float(hit) for hit in row.hits.split()] for row in rows}


def _store(connection: Connection, hits: Hits, at: datetime) -> None:
    if hits:
        connection.execute(
            update(rate_limits)
            .where(rate_limits.c.key == bindparam("this"))
            .values(hits=bindparam("now"), touched_at=at),
            [{"this": key, "now": " ".join(map(repr, mine))} for key, mine in hits.items()],
        )
