"""What only who runs the site asks a database: its clock, its connections, its newest rows. Looking changes nothing.

Each question has a connection of its own, which does not wait for those of the site.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, event, func, make_url, select, text

from adapters.sql.connecting import connect, open_file, place_of
from adapters.sql.engine import WRITERS_AT_ONCE
from adapters.sql.migrate import unpooled_engine
from adapters.sql.tables import SEARCH_INDEX, accounts, comments, moderation_log, outbox, posts
from domain.ids import time_of

_DATED = (accounts, posts, comments, moderation_log, outbox)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of PostgreSQL. `clock_ahead` is of this host's clock. `connections` are those that the site may have."""

    clock_ahead: timedelta
    connections: int
    has_trigrams: bool
    has_search_index: bool


def server_of(url: str) -> Server | None:
    """None for SQLite, which has no server."""
    if is_sqlite(url):
        return None
    with _connected(url) as connection:
        before = datetime.now(UTC)
        there = connection.execute(select(func.clock_timestamp())).scalar_one()
        half_way = before + (datetime.now(UTC) - before) / 2
        return Server(
            clock_ahead=there - half_way,
            connections=int(connection.execute(text(_CONNECTIONS)).scalar_one()),
            has_trigrams=_is_there(connection, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"),
            has_search_index=_is_there(connection, f"SELECT count(to_regclass('{SEARCH_INDEX}'))"),
        )


def newest_rows(url: str) -> dict[str, datetime]:
    """When the newest row was made, by table. A table without rows is not named."""
    with _connected(url) as connection:
        largest = {table.name: connection.execute(select(func.max(table.c.id))).scalar_one() for table in _DATED}
    return {name: time_of(id) for name, id in largest.items() if id is not None}


def connections_of_a_process(pool_size: int) -> int:
    """How many connections a process has at most."""
    return pool_size + WRITERS_AT_ONCE


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def place_in_words(url: str) -> str:
    """Without user and password."""
    return place_of(make_url(url))


def file_of(url: str) -> str:
    """The file of an SQLite database."""
    return place_in_words(url)


# The least of three limits: of the server without what it reserves, of the role, and of the database. -1 is none.
_CONNECTIONS = """
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int,
        nullif((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), -1),
        nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1)
    )
"""


def _is_there(connection: Connection, count: str) -> bool:
    return bool(connection.execute(text(count)).scalar_one())


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = unpooled_engine(url)
    event.listen(engine, "do_connect", open_file if is_sqlite(url) else connect)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
