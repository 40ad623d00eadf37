"""Engines, and the translation of their errors into those of the domain.

SQLite uses WAL and synchronous=FULL. Its writers queue at a lock file, because SQLite's own waiting is not fair.
PostgreSQL uses READ COMMITTED with a lock timeout. Readers open no transaction, because each feed reads with one
statement.
"""

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event, exists, make_url, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, StatementError

from adapters.sql.file_lock import FileLock
from adapters.sql.tables import accounts
from domain.errors import AlreadyTaken, DomainError, NotFound, TryAgain

log = logging.getLogger(__name__)

PATIENCE = 5.0

_BY_CONSTRAINT = {
    "uq_accounts_username_key": lambda: AlreadyTaken("username"),
    "uq_accounts_email_key": lambda: AlreadyTaken("email"),
}


class Database:
    """One database. Feeds use `reads`, units of work use `writing()`."""

    def __init__(self, url: str, *, pool_size: int = 10, patience: float = PATIENCE) -> None:
        """A writer waits `patience` seconds for other threads and processes. Then it raises TryAgain."""
        self._patience = patience
        self.engine = _create_engine(url, pool_size, patience)
        self.reads = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._write_lock = threading.Lock()
        self._lock_file = FileLock(str(self.engine.url.database)) if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that may write. It is rolled back unless the caller commits it."""
        with self._turn(), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            connection.begin()
            yield connection

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """The rows of a reading statement, outside of any transaction."""
        with self.reads.connect() as connection:
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
    def _turn(self) -> Iterator[None]:
        if self._lock_file is None:
            yield
            return
        until = time.monotonic() + self._patience
        if not self._write_lock.acquire(timeout=self._patience):
            raise TryAgain()
        try:
            _acquire(self._lock_file, until - time.monotonic())
            try:
                yield
            finally:
                self._lock_file.release()
        finally:
            self._write_lock.release()


def _acquire(lock_file: FileLock, seconds: float) -> None:
    """Raises TryAgain when another process holds the file, or when the disk is full, read-only or not mounted."""
    try:
        if not lock_file.acquire(seconds):
            raise TryAgain()
    except OSError as error:
        log.warning("the lock file of the database cannot be opened: %s", error)
        raise TryAgain() from error


def _create_engine(url: str, pool_size: int, patience: float) -> Engine:
    milliseconds = int(patience * 1000)
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
        event.listen(engine, "connect", partial(_prepare_sqlite, milliseconds))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": f"-c lock_timeout={milliseconds} -c timezone=UTC"},
        )
    event.listen(engine, "handle_error", _translate)
    return engine


def _prepare_sqlite(milliseconds: int, connection: Any, _record: object) -> None:
    # The driver must not begin transactions itself. `_begin_sqlite` begins them, for writers only.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={milliseconds}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        _execute(connection, f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        _execute(connection.connection.driver_connection, "BEGIN IMMEDIATE")


def _execute(connection: Any, statement: str) -> None:
    """Executes below SQLAlchemy, where the events for errors do not fire."""
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        log.warning("the database could not serve a request: %s", error)
        raise TryAgain() from error


def _translate(context: ExceptionContext) -> Exception | None:
    """The error to raise instead. None keeps the original error."""
    error = context.sqlalchemy_exception
    if isinstance(error, IntegrityError):
        return _broken_constraint(error)
    # A failed ping is not raised. The pool then replaces the connections that a restart of the server broke.
    if (isinstance(error, OperationalError) or _is_read_only(error)) and not context.is_pre_ping:
        log.warning("the database could not serve a request: %s", type(context.original_exception).__name__)
        return TryAgain()
    return None


def _is_read_only(error: StatementError | None) -> bool:
    """After a failover of PostgreSQL, the former primary may still answer. It is read-only."""
    return isinstance(error, InternalError) and getattr(error.orig, "sqlstate", None) == "25006"


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
