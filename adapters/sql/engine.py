"""Engines, and the translation of their errors into those of the domain.

SQLite uses WAL and synchronous=FULL. Its writers queue at a lock file, because SQLite's own waiting is not fair.
PostgreSQL uses READ COMMITTED with a lock timeout. Readers open no transaction, because each feed reads with one
statement. Waiting writers are few, and their number and time are bounded, so that they leave threads and connections to
the readers.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    FromClause,
    Row,
    SelectBase,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.no_meter import NO_METER
from adapters.sql import prepared
from adapters.sql.connecting import BOUNDED, connect, open_file, options, place_of, require_same_file
from adapters.sql.faults import Complain, complain_of, is_read_only_file, locked, translate
from adapters.sql.file_lock import FileLock
from adapters.sql.metering import measure, measured_by
from adapters.sql.observing import Observe, one_of_all, watch
from adapters.sql.prepared import Prepared
from adapters.turns import Turns
from application.ports.metrics import Meter
from application.ports.work import ONE_TRY
from application.storage import StorageFault
from domain.errors import NotFound, TryAgain

# Writers of one process on PostgreSQL that have a connection at the same time.
WRITERS_AT_ONCE = 8
# In seconds: how long a reader waits for a connection of the pool.
_CONNECTION = 2.0
# A lock timeout is set again when this much of the time is used up.
_NOTICEABLE = 0.1
# Of each connection to SQLite, in kB. 2,000 is the default. The system keeps the file in memory too.
_CACHE = 256
# Of each connection to SQLite. 128 is the default.
_STATEMENTS_KEPT = 48
# For readers, in milliseconds. They wait for SQLite only while it recovers a log, or while the last process closes it.
_BUSY_TIMEOUT = "PRAGMA busy_timeout=2000"


class Database:
    """One database. Feeds use `rows` and `connected()`, units of work `writing()` and `reading()`."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        patience: float = ONE_TRY,
        write_places: int = 100,
        complain: Complain = lambda _: None,
        observers: Sequence[Observe] = (),
        meter: Meter = NO_METER,
    ) -> None:
        """A writer waits `patience` seconds in all for other threads and processes. Then it raises TryAgain.
        `write_places` counts the writers of this process, those that wait included. One more raises Overloaded.
        `complain` gets what stopped a request, and each of `observers` every statement."""
        self._patience = patience
        self._complain = complain
        self.engine = _create_engine(url, pool_size, patience, complain)
        measure(self.engine, meter)
        self._observe = one_of_all(measured_by(meter), *observers)
        watch(self.engine, self._observe)
        prepared.install(self.engine)
        self._prepared = lru_cache(maxsize=512)(lambda statement: Prepared(statement, self.engine.dialect))
        self.reads = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        at_once = 1 if self.is_sqlite else WRITERS_AT_ONCE
        self.turns = Turns(at_once=at_once, places=write_places, seconds=patience, queue="writing", meter=meter)
        self._lock_file = FileLock(str(self.engine.url.database)) if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[Connection]:
        """A connection in a transaction that may write. It is rolled back unless the caller commits it. All waiting
        shares one deadline. Without `patient` it raises TryAgain instead of waiting."""
        deadline = _Deadline(self._patience if patient else 0, known=self._patience)
        with self._turn(deadline), self._connect(self.engine) as connection:
            connection.execution_options(deadline=deadline)
            connection.begin()
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads. It does not wait for writers."""
        with self._connect(self.engine) as connection:
            connection.execution_options(only_reads=True)
            connection.begin()
            yield connection

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection for reading statements, outside of any transaction."""
        with self._connect(self.reads) as connection:
            yield connection

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """The rows of a reading statement, outside of any transaction."""
        connection = self._connect(self.reads)
        try:
            return list(connection.execute(statement, parameters))
        finally:
            connection.close()

    def kept_rows(self, statement: SelectBase, parameters: Mapping[str, Any]) -> list[Row[Any]]:
        """As `rows`, and faster, for a statement that is the same object each time."""
        connection = self._connect(self.reads)
        try:
            return self._prepared(statement).rows(connection, parameters, self._observe)
        finally:
            connection.close()

    def kept_row(self, statement: SelectBase, parameters: Mapping[str, Any]) -> Row[Any]:
        """The first row of `kept_rows`. Raises NotFound when there is none."""
        return _first(self.kept_rows(statement, parameters))

    def row(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any]:
        """The first row. Raises NotFound when there is none."""
        return _first(self.rows(statement, parameters))

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self, deadline: "_Deadline") -> Iterator[None]:
        with self.turns.turn(seconds=deadline.left):
            if self._lock_file is None:
                yield
                return
            self._acquire(self._lock_file, deadline.left)
            try:
                yield
            finally:
                self._lock_file.release()

    def _acquire(self, lock_file: FileLock, seconds: float) -> None:
        """Raises TryAgain when another process holds the file, or when the disk is full, read-only or not mounted."""
        try:
            acquired = lock_file.acquire(seconds)
        except OSError as error:
            complain_of(error, self.engine.url, self._complain)
            raise TryAgain() from error
        if not acquired:
            if seconds > 0:
                self._complain(locked(self.engine.url, "the lock file is held"))
            raise TryAgain()

    def _connect(self, engine: Engine) -> Connection:
        try:
            return engine.connect()
        except NoConnection as error:
            self._complain(StorageFault("no_connection", place_of(engine.url), "all of this process are in use"))
            raise TryAgain() from error


def _first(rows: list[Row[Any]]) -> Row[Any]:
    if not rows:
        raise NotFound()
    return rows[0]


class _Deadline:
    """The end of a writer's waiting. `known` is the lock timeout that PostgreSQL uses now."""

    def __init__(self, seconds: float, *, known: float) -> None:
        self._until = time.monotonic() + seconds
        self.known = known

    @property
    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())


def _create_engine(url: str, pool_size: int, patience: float, complain: Complain) -> Engine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        hide_parameters=True,  # an error would repeat what a member sent
        pool_size=pool_size,
        # The same few connections are used again: each fills caches of its own.
        pool_use_lifo=True,
        # So there are always `pool_size` connections that no writer holds.
        max_overflow=WRITERS_AT_ONCE,
        pool_timeout=_CONNECTION,
        pool_pre_ping=not is_sqlite,
        connect_args={"cached_statements": _STATEMENTS_KEPT} if is_sqlite else BOUNDED | {"options": options(patience)},
    )
    if is_sqlite:
        engine.dialect.statement_compiler = _hinted(engine.dialect.statement_compiler)
        sqlite = _Sqlite(engine.url, complain)
        event.listen(engine, "do_connect", open_file)
        event.listen(engine, "connect", sqlite.prepare)
        event.listen(engine, "checkout", require_same_file)
        event.listen(engine, "begin", sqlite.begin)
    else:
        event.listen(engine, "do_connect", connect)
        event.listen(engine, "before_cursor_execute", _bound_waiting)
    event.listen(engine, "handle_error", lambda context: translate(context, complain))
    return engine


def _hinted(compiler: type[SQLCompiler]) -> type[SQLCompiler]:
    """SQLAlchemy's compiler for SQLite leaves out the hints of `with_hint`. This one writes them."""

    class Hinted(compiler):  # type: ignore[misc, valid-type]
        def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
            return text

    return Hinted


class _Sqlite:
    """Executes below SQLAlchemy, where its events for errors do not fire."""

    def __init__(self, url: URL, complain: Complain) -> None:
        self._url = url
        self._complain = complain

    def prepare(self, connection: Any, _record: object) -> None:
        # The driver must not begin transactions itself. `begin` does.
        connection.isolation_level = None
        self._execute(connection, _BUSY_TIMEOUT)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{_CACHE}"):
            self._execute(connection, f"PRAGMA {pragma}")

    def begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        driver = connection.connection.driver_connection
        try:
            if options.get("only_reads"):
                self._execute(driver, "BEGIN")
            elif "deadline" in options:
                self._begin_immediate(driver, options["deadline"].left)
        except TryAgain as error:
            if is_read_only_file(error.__cause__):
                connection.invalidate()
            raise

    def _begin_immediate(self, driver: Any, seconds: float) -> None:
        """SQLite waits in this statement only: past it, the transaction has the write lock."""
        self._execute(driver, f"PRAGMA busy_timeout={int(seconds * 1000)}")
        try:
            self._execute(driver, "BEGIN IMMEDIATE")
        finally:
            self._execute(driver, _BUSY_TIMEOUT)

    def _execute(self, connection: Any, statement: str) -> None:
        try:
            connection.execute(statement)
        except sqlite3.DatabaseError as error:
            complain_of(error, self._url, self._complain)
            raise TryAgain() from error


def _bound_waiting(connection: Connection, *_: object) -> None:
    """Tells PostgreSQL how much of a writer's time is left. It counts the time of each lock from its own beginning."""
    deadline = connection.get_execution_options().get("deadline")
    if deadline is None or deadline.known - deadline.left < _NOTICEABLE:
        return
    deadline.known = deadline.left  # before the statement, which comes here too
    milliseconds = max(1, int(deadline.left * 1000))  # 0 would mean to wait without an end
    connection.execute(select(func.set_config("lock_timeout", str(milliseconds), True)))
