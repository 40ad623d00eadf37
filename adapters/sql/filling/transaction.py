"""One transaction that has the database to itself, however much it writes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, bindparam, event, text
from sqlalchemy.exc import OperationalError

from adapters.sql.faults import fault_from
from adapters.sql.file_lock import FileLock
from adapters.sql.migrate import unpooled_engine
from adapters.sql.tables import metadata
from application.storage import StorageFault

# Memory for pages of SQLite, in KiB, and for each index of PostgreSQL.
_CACHE = 256 * 1024
_MEMORY = "512MB"
# Whoever has an older snapshot, such as an autovacuum of another table, keeps pages from being marked as visible to
# all. That ends soon. The pause is in seconds.
_VACUUMS, _PAUSE = 5, 2.0
_INVISIBLE = text(
    "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relallvisible < relpages AND relname IN :tables"
).bindparams(bindparam("tables", list(metadata.tables), expanding=True))


@contextmanager
def filling(url: str) -> Iterator[Connection]:
    """Commits at the end, and brings the statistics of PostgreSQL up to date. Raises StorageFault."""
    engine = unpooled_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            with _alone_in_file(engine) as connection:
                yield connection
        else:
            with _alone_on_server(engine) as connection:
                yield connection
            _vacuum(engine)
    except (OperationalError, psycopg.OperationalError) as error:
        fault = fault_from(error, engine.url)
        raise StorageFault("in_use", fault.where, fault.cause) if fault.code == "busy" else fault from error
    finally:
        engine.dispose()


@contextmanager
def _alone_in_file(engine: Engine) -> Iterator[Connection]:
    """SQLite's log (WAL) would get all pages before the file gets them. Its older journal has only those that were in
    the file before, which are few, so that the file grows by itself, and is cut again when this is killed. Nobody else
    may have the file open for that."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN EXCLUSIVE"))
    where = str(engine.url.database)
    lock_file = FileLock(where)
    if not lock_file.acquire(0):
        raise StorageFault("in_use", where, "a writer holds its lock")
    try:
        with engine.connect() as connection:
            with connection.begin():
                yield connection
            connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
    finally:
        lock_file.release()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{_CACHE}"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _alone_on_server(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        # There are no statistics yet, so it takes each of many short statements for a long one and compiles it.
        for setting in ("jit = off", f"maintenance_work_mem = '{_MEMORY}'", f"work_mem = '{_MEMORY}'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        for timeout in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {timeout} = 0")
        yield connection


def _vacuum(engine: Engine) -> None:
    """What autovacuum would do after a while. SQLite has no statistics in production."""
    names = ", ".join(metadata.tables)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for _ in range(_VACUUMS):
            connection.exec_driver_sql(f"VACUUM {names}")
            if not connection.execute(_INVISIBLE).scalar_one():
                break
            time.sleep(_PAUSE)
        connection.exec_driver_sql(f"ANALYZE {names}")
