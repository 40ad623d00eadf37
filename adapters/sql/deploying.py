"""What `chapbook deploy` does to a database: one deploy at a time, one revision after another, each in a commit of its
own. It may be killed anywhere, because the database itself says which revision it has."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.checkup import fault_of
from adapters.sql.connecting import place_of
from adapters.sql.faults import fault_from
from adapters.sql.file_lock import FileLock
from adapters.sql.migrate import BrokenKeys, Step, steps_after, unpooled_engine, upgrade
from application.storage import StorageFault

# Any number works. It must stay the same, and be none of the others.
_ADVISORY_LOCK = 7_241_889_014
# In seconds. Another deploy may be making a backup. A reader of PostgreSQL may hold a table, as pg_dump does.
FOR_ANOTHER = 3_600.0
FOR_THE_SITE = 300.0
_LOOK_EVERY = 0.5
# What `deploy` mends.
_MENDED = frozenset(("missing", "not_deployed", "older"))


@dataclass(frozen=True, slots=True)
class Plan:
    """`revision` is empty when there are no tables. `has_community` says whether there is an account."""

    revision: str
    steps: tuple[Step, ...]
    has_community: bool


def plan_of(url: str) -> Plan:
    """Changes nothing. Raises StorageFault for what no migration mends, such as a database of a newer version."""
    fault = fault_of(url)
    if fault is not None and fault.code not in _MENDED:
        raise fault
    is_missing = fault is not None and fault.code == "missing"
    revision, is_inhabited = ("", False) if is_missing else found_in(url)
    return Plan(revision, steps_after(revision), is_inhabited)


def found_in(url: str) -> tuple[str, bool]:
    """The revision of a database that is there, or nothing, and whether it has an account. Raises StorageFault."""
    engine = unpooled_engine(url)
    try:
        with engine.connect() as connection:
            return revision_of(connection), has_community(connection)
    except DBAPIError as error:
        raise fault_from(error, engine.url) from error
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return ""
    return str(connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar_one() or "")


def has_community(connection: Connection) -> bool:
    if not connection.dialect.has_table(connection, "accounts"):
        return False
    return connection.execute(text("SELECT id FROM accounts LIMIT 1")).first() is not None


def migrate(url: str, revision: str = "head", *, on_busy: Callable[[], object] = lambda: None) -> None:
    """Goes to this revision in one commit. On PostgreSQL it waits for a table for a second only, because the site
    waits behind it. Then it lets the site work, calls `on_busy` once, and tries again. Raises StorageFault."""
    end, pause, is_told = time.monotonic() + FOR_THE_SITE, _LOOK_EVERY, False
    while True:
        try:
            upgrade(url, revision)
        except (DBAPIError, OSError) as error:
            fault = fault_from(error, make_url(url))
            if not _is_busy(error) or time.monotonic() + pause > end:
                raise fault from error
        except BrokenKeys as error:
            raise StorageFault("damaged", place_of(make_url(url)), str(error)) from error
        else:
            return
        if not is_told:
            on_busy()
            is_told = True
        time.sleep(pause)
        pause = min(2 * pause, 10.0)


def _is_busy(error: Exception) -> bool:
    """A lock timeout or a deadlock of PostgreSQL. SQLite has waited for long enough."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in ("55P03", "40P01")


@contextmanager
def alone(url: str, *, on_wait: Callable[[], object] = lambda: None) -> Iterator[None]:
    """No other deploy and no restore runs meanwhile. The site does: this is not the lock of its writers. `on_wait` is
    called once when another one is running. Raises StorageFault."""
    parsed = make_url(url)
    lock = _lock_of_file if parsed.get_backend_name() == "sqlite" else _lock_of_server
    with lock(parsed, on_wait):
        yield


@contextmanager
def _lock_of_file(url: URL, on_wait: Callable[[], object]) -> Iterator[None]:
    path = Path(str(url.database))
    lock = FileLock(f"{path}.deploy")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_free = lock.acquire(0)
    except OSError as error:
        raise fault_from(error, url) from error
    if not is_free:
        on_wait()
        if not lock.acquire(FOR_ANOTHER):
            raise _still_running(url)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _lock_of_server(url: URL, on_wait: Callable[[], object]) -> Iterator[None]:
    """The lock is held by a transaction that does nothing else. Behind PgBouncer a session's lock would stay with a
    connection that others use. It has no snapshot, so an index that is made CONCURRENTLY does not wait for it. One that
    waits in a statement would have one, so this one asks again and again."""
    engine = unpooled_engine(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            try:
                _wait_for_lock(connection, on_wait)
            except DBAPIError as error:
                raise fault_from(error, url) from error
            yield
    finally:
        engine.dispose()


def _wait_for_lock(connection: Connection, on_wait: Callable[[], object]) -> None:
    end, is_told = time.monotonic() + FOR_ANOTHER, False
    while True:
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        if connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_ADVISORY_LOCK})").scalar_one():
            return
        connection.rollback()
        if not is_told:
            on_wait()
            is_told = True
        if time.monotonic() > end:
            raise _still_running(connection.engine.url)
        time.sleep(_LOOK_EVERY)


def _still_running(url: URL) -> StorageFault:
    return StorageFault("busy", place_of(url), "another deploy or restore is running")
