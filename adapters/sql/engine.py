"""Engines, and the translation of their errors into those of the domain.

SQLite uses WAL and synchronous=FULL. Its writers queue at a lock file, because SQLite's own waiting is not fair.
PostgreSQL uses READ COMMITTED with a lock timeout. Readers open no transaction, because each feed reads with one
statement. Waiting writers are few, and their number and time are bounded, so that they leave threads and connections to
the readers.
"""

import logging
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event, exists, func, make_url, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnection

from adapters.sql.connecting import BOUNDED, connect, open_file, options, place_of, require_same_file
from adapters.sql.file_lock import FileLock
from adapters.sql.tables import accounts
from adapters.turns import Turns
from application.ports.work import ONE_TRY
from domain.errors import AlreadyTaken, DomainError, NotFound, TryAgain

log = logging.getLogger(__name__)

# Writers of one process on PostgreSQL that have a connection at the same time.
WRITERS_AT_ONCE = 8
# In seconds: how long a reader waits for a connection of the pool.
_CONNECTION = 2.0
# A lock timeout is set again when this much of the time is used up.
_NOTICEABLE = 0.1
# For readers, in milliseconds. They wait for SQLite only while it recovers a log, or while the last process closes it.
_BUSY_TIMEOUT = "PRAGMA busy_timeout=2000"

_COMPLAIN_EVERY = 10.0
_complained_at: dict[tuple[str, str], float] = {}

_BY_CONSTRAINT = {
    "uq_names_key": lambda: AlreadyTaken("username"),
    "uq_accounts_username_key": lambda: AlreadyTaken("username"),
    "uq_accounts_email_key": lambda: AlreadyTaken("email"),
}


class Database:
    """One database. Feeds use `rows` and `connected()`, units of work `writing()` and `reading()`."""

    def __init__(self, url: str, *, pool_size: int = 10, patience: float = ONE_TRY, write_places: int = 100) -> None:
        """A writer waits `patience` seconds in all for other threads and processes. Then it raises TryAgain.
        `write_places` counts the writers of this process, those that wait included. One more raises Overloaded."""
        self._patience = patience
        self.engine = _create_engine(url, pool_size, patience)
        self.reads = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        at_once = 1 if self.is_sqlite else WRITERS_AT_ONCE
        self.turns = Turns(at_once=at_once, places=write_places, seconds=patience)
        self._lock_file = FileLock(str(self.engine.url.database)) if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[Connection]:
        """A connection in a transaction that may write. It is rolled back unless the caller commits it. All waiting
        shares one deadline. Without `patient` it raises TryAgain instead of waiting."""
        deadline = _Deadline(self._patience if patient else 0, known=self._patience)
        with self._turn(deadline), _connect(self.engine) as connection:
            connection.execution_options(deadline=deadline)
            connection.begin()
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads. It does not wait for writers."""
        with _connect(self.engine) as connection:
            connection.execution_options(only_reads=True)
            connection.begin()
            yield connection

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection for reading statements, outside of any transaction."""
        with _connect(self.reads) as connection:
            yield connection

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """The rows of a reading statement, outside of any transaction."""
        with self.connected() as connection:
            return list(connection.execute(statement, parameters))

    def row(self, statement: Executable) -> Row[Any]:
        """The first row. Raises NotFound when there is none."""
        rows = self.rows(statement)
        if not rows:
            raise NotFound()
        return rows[0]

    def ping(self) -> None:
        """Raises an error when the database does not answer or has no tables."""
        self.rows(select(exists(select(accounts.c.id))))

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self, deadline: "_Deadline") -> Iterator[None]:
        with self.turns.turn(seconds=deadline.left):
            if self._lock_file is None:
                yield
                return
            _acquire(self._lock_file, deadline.left)
            try:
                yield
            finally:
                self._lock_file.release()


class _Deadline:
    """The end of a writer's waiting. `known` is the lock timeout that PostgreSQL uses now."""

    def __init__(self, seconds: float, *, known: float) -> None:
        self._until = time.monotonic() + seconds
        self.known = known

    @property
    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except NoConnection as error:
        log.warning("all connections to the database are in use")
        raise TryAgain() from error


def _acquire(lock_file: FileLock, seconds: float) -> None:
    """Raises TryAgain when another process holds the file, or when the disk is full, read-only or not mounted."""
    try:
        if not lock_file.acquire(seconds):
            raise TryAgain()
    except OSError as error:
        _complain(error.filename or "in SQLite", error)
        raise TryAgain() from error


def _create_engine(url: str, pool_size: int, patience: float) -> Engine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        hide_parameters=True,  # an error would repeat what a member sent
        pool_size=pool_size,
        # So there are always `pool_size` connections that no writer holds.
        max_overflow=WRITERS_AT_ONCE,
        pool_timeout=_CONNECTION,
        pool_pre_ping=not is_sqlite,
        connect_args={} if is_sqlite else BOUNDED | {"options": options(patience)},
    )
    if is_sqlite:
        event.listen(engine, "do_connect", open_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "checkout", require_same_file)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "do_connect", connect)
        event.listen(engine, "before_cursor_execute", _bound_waiting)
    event.listen(engine, "handle_error", _translate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions itself. `_begin_sqlite` begins them.
    connection.isolation_level = None
    for pragma in (_BUSY_TIMEOUT, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"):
        _execute(connection, pragma)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    driver = connection.connection.driver_connection
    try:
        if options.get("only_reads"):
            _execute(driver, "BEGIN")
        elif "deadline" in options:
            _begin_immediate(driver, options["deadline"].left)
    except TryAgain as error:
        if _is_read_only_file(error.__cause__):
            connection.invalidate()
        raise


def _begin_immediate(driver: Any, seconds: float) -> None:
    """SQLite waits in this statement only: past it, the transaction has the write lock."""
    _execute(driver, f"PRAGMA busy_timeout={int(seconds * 1000)}")
    try:
        _execute(driver, "BEGIN IMMEDIATE")
    finally:
        _execute(driver, _BUSY_TIMEOUT)


def _bound_waiting(connection: Connection, *_: object) -> None:
    """Tells PostgreSQL how much of a writer's time is left. It counts the time of each lock from its own beginning."""
    deadline = connection.get_execution_options().get("deadline")
    if deadline is None or deadline.known - deadline.left < _NOTICEABLE:
        return
    deadline.known = deadline.left  # before the statement, which comes here too
    milliseconds = max(1, int(deadline.left * 1000))  # 0 would mean to wait without an end
    connection.execute(select(func.set_config("lock_timeout", str(milliseconds), True)))


def _execute(connection: Any, statement: str) -> None:
    """Executes below SQLAlchemy, where the events for errors do not fire."""
    try:
        connection.execute(statement)
    except sqlite3.DatabaseError as error:
        _complain(_file_of(connection), error)
        raise TryAgain() from error


def _file_of(connection: sqlite3.Connection) -> str:
    """Asking SQLite for it may fail as the statement did."""
    try:
        return str(connection.execute("PRAGMA database_list").fetchone()[2])
    except sqlite3.Error:
        return "in SQLite"


def _translate(context: ExceptionContext) -> Exception | None:
    """The error to raise instead. None keeps the original error."""
    error = context.sqlalchemy_exception
    if isinstance(error, IntegrityError):
        return _broken_constraint(error)
    # A failed ping is not raised. The pool then replaces the connections that a restart of the server broke.
    if (isinstance(error, OperationalError) or _is_read_only(error) or _is_damaged(error)) and not context.is_pre_ping:
        assert context.engine is not None
        _complain(place_of(context.engine.url), context.original_exception)
        # The pool then replaces all its connections. One that was opened when the file was read-only would stay so.
        context.is_disconnect = context.is_disconnect or _is_read_only_file(context.original_exception)
        return TryAgain()
    return None


def _complain(where: str, error: BaseException) -> None:
    """Once in a while for each cause: a database may be away for hours."""
    cause = str(error).strip().partition("\n")[0]
    now = time.monotonic()
    if now - _complained_at.get((where, cause), float("-inf")) < _COMPLAIN_EVERY:
        return
    if len(_complained_at) > 100:
        _complained_at.clear()
    _complained_at[where, cause] = now
    log.warning("the database %s could not serve a request: %s", where, cause)


def _is_read_only_file(error: BaseException | None) -> bool:
    # The lower byte is the primary result code (sqlite.org/rescode.html).
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY


def _is_read_only(error: StatementError | None) -> bool:
    """After a failover of PostgreSQL, the former primary may still answer. It is read-only."""
    return isinstance(error, InternalError) and getattr(error.orig, "sqlstate", None) == "25006"


def _is_damaged(error: StatementError | None) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", 0) if isinstance(error, DatabaseError) else 0
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _broken_constraint(error: IntegrityError) -> DomainError | None:
    """NotFound for a foreign key, AlreadyTaken for a unique value, TryAgain for an id that was made twice."""
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    if state == "23503" or "FOREIGN KEY constraint failed" in text:
        return NotFound()
    if state == "23505":
        name = error.orig.diag.constraint_name  # type: ignore[union-attr]
    elif found := re.search(r"UNIQUE constraint failed: (\w+)\.(\w+)$", text):
        name = f"uq_{found[1]}_{found[2]}"
    elif "UNIQUE constraint failed" in text:
        name = ""
    else:
        return None
    return _BY_CONSTRAINT.get(name, TryAgain)()
