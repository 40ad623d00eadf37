"""Puts a copied database in place. What is there stays as it is until everything new is there and checked."""

import fcntl
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy import URL, Connection, Engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.backups import Damaged, check_sqlite, last_line
from adapters.sql.connecting import place_of
from adapters.sql.deploying import found_in, has_community, revision_of
from adapters.sql.faults import fault_from
from adapters.sql.file_lock import FileLock
from adapters.sql.migrate import newest_revision, unpooled_engine
from adapters.sql.postgres_programs import newest, start
from adapters.sql.script import run_script
from adapters.sql.tables import metadata
from application.storage import StorageFault

# Writes the copy of the database, and returns only when it is whole.
Write = Callable[[IO[bytes]], object]
# SQLite's lock bytes (sqlite.org/src/file/src/os.h). A connection in WAL mode holds a read lock on the shared ones.
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
# In seconds. What runs meanwhile is one write, or one request.
_PATIENCE = 10.0
# A token is valid for one generation of its account. Seconds since then are more than any account has had, and more
# than any restore before has set.
_GENERATIONS_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def is_inhabited(url: str) -> bool:
    """Whether a restore would take something away: also when nobody can say, because the database is damaged."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return False
    try:
        return found_in(url)[1]
    except StorageFault as fault:
        if fault.code in ("damaged", "not_a_database", "unreadable"):
            return True
        raise


def restore_sqlite(url: str, write: Write, *, revision: str, replaces: bool) -> Path | None:
    """The file under which the present database is kept, if it held a community. Raises StorageFault."""
    path = Path(str(make_url(url).database)).resolve()
    new = path.with_name(f"{path.name}.restoring")
    _remove(new)  # SQLite would apply the journal of a restore that was killed to this one
    try:
        with os.fdopen(os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w+b") as file:
            write(file)
        if check_sqlite(new) != revision:
            raise StorageFault("not_restored", str(path), "its schema is not that of the manifest")
        with closing(sqlite3.connect(new)) as connection, connection:
            for statement in _END_ACCESS:
                connection.execute(statement, {"generation": _generation()})
        with new.open("rb") as file:
            os.fsync(file.fileno())
        return _put_in_place(url, new, path, replaces)
    except Damaged as error:
        raise StorageFault("not_restored", str(path), str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise fault_from(error, make_url(url)) from error
    finally:
        _remove(new)


def _remove(new: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        new.with_name(new.name + end).unlink(missing_ok=True)


def _put_in_place(url: str, new: Path, path: Path, replaces: bool) -> Path | None:
    lock = FileLock(str(path))
    if not lock.acquire(_PATIENCE):
        raise StorageFault("in_use", str(path), "a writer holds its lock")
    try:
        kept = None
        if path.exists():
            _require_unused(path)
            if is_inhabited(url):
                if not replaces:
                    raise StorageFault("inhabited", str(path))
                kept = _free_name(path)
                # At every moment there is a database at the path: the present one, then the new one.
                os.link(path, kept)
            for end in ("-wal", "-shm"):
                # Only a damaged database has them still. They would belong to the new one.
                log = path.with_name(path.name + end)
                if log.exists() and kept is not None:
                    log.rename(kept.with_name(kept.name + end))
                log.unlink(missing_ok=True)
        new.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)
        return kept
    finally:
        lock.release()


def _free_name(path: Path) -> Path:
    at = datetime.now(UTC)
    while (kept := path.with_name(f"{path.name}.before-{at:%Y%m%dT%H%M%SZ}")).exists():
        at += timedelta(seconds=1)
    return kept


def _require_unused(path: Path) -> None:
    """A process that has the file open would go on with the old one. SQLite leaves WAL mode only when nobody else has
    the file open, and then everything is in the one file. A damaged file has at least no lock on it."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            return
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StorageFault("in_use", str(path), str(error)) from error
    except sqlite3.DatabaseError:
        pass
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            raise StorageFault("in_use", str(path), "another process has it open") from error


def restore_postgres(
    url: str, write: Write, environment: Mapping[str, str], *, revision: str, made_by: int, replaces: bool
) -> None:
    """All of it is one transaction: the present tables go, the copied ones come. Raises StorageFault."""
    engine = unpooled_engine(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(_PATIENCE * 1000)}")
            _make_room(connection, replaces)
            _fill(connection, write, environment, made_by)
            if revision_of(connection) != revision:
                raise StorageFault("not_restored", place_of(engine.url), "the tables are in another schema than before")
            for statement in _END_ACCESS:
                connection.execute(text(statement), {"generation": _generation()})
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"ANALYZE {_quoted(engine, table)}")
            connection.commit()
    except (DBAPIError, psycopg.Error) as error:
        raise _fault_of(error, engine.url) from error
    finally:
        engine.dispose()


def _fault_of(error: DBAPIError | psycopg.Error, url: URL) -> StorageFault:
    fault = fault_from(error, url)
    is_answered = getattr(getattr(error, "orig", error), "sqlstate", None) is not None
    # An answer that has no code of its own is about a statement: a view that needs a table, say.
    return StorageFault("not_restored", fault.where, fault.cause) if fault.code == "away" and is_answered else fault


def _make_room(connection: Connection, replaces: bool) -> None:
    where, tables = place_of(connection.engine.url), inspect(connection).get_table_names()
    if has_community(connection) and not replaces:
        raise StorageFault("inhabited", where)
    foreign = sorted(set(tables) - metadata.tables.keys() - {"alembic_version"})
    # Another version may have tables that this one does not know.
    if foreign and revision_of(connection) in ("", newest_revision()):
        raise StorageFault("foreign_tables", where, ", ".join(foreign[:5]))
    if tables:
        names = ", ".join(_quoted(connection.engine, table) for table in tables)
        connection.exec_driver_sql(f"DROP TABLE {names}")


def _fill(connection: Connection, write: Write, environment: Mapping[str, str], made_by: int) -> None:
    program = newest("pg_restore", at_least=made_by)
    if program is None:
        where = place_of(connection.engine.url)
        raise StorageFault("no_program", where, f"no pg_restore of version {made_by} or newer")
    faults: list[BaseException] = []
    with tempfile.TemporaryFile() as said:
        arguments = ("--no-owner", "--no-acl", "--file=-")
        # It only turns the copy into a script. This connection runs the script.
        reading = start(program, arguments, environment, stdin=-1, stderr=said)
        assert reading.stdin is not None
        assert reading.stdout is not None
        feeding = threading.Thread(target=_feed, args=(write, reading.stdin, faults), name="pg_restore")
        feeding.start()
        try:
            with reading.stdout as script:
                run_script(connection, script)
        except psycopg.Error:
            reading.kill()
            raise
        finally:
            status = reading.wait()
            feeding.join()
        if faults:
            raise faults[0]
        if status:
            raise StorageFault("not_restored", place_of(connection.engine.url), last_line(said))


def _feed(write: Write, stdin: IO[bytes], faults: list[BaseException]) -> None:
    try:
        with suppress(BrokenPipeError), stdin:
            write(stdin)
    except Exception as error:  # noqa: BLE001 - the other thread raises it
        faults.append(error)


# Who was signed out, or revoked a token, after the backup was made would be signed in again, and a link that was used
# would work once more.
_END_ACCESS = (
    "DELETE FROM sessions",
    "DELETE FROM links",
    """
    UPDATE accounts SET token_generation =
        CASE WHEN token_generation >= :generation THEN token_generation + 1 ELSE :generation END
    """,
)


def _generation() -> int:
    return int((datetime.now(UTC) - _GENERATIONS_BEGIN).total_seconds())


def _quoted(engine: Engine, table: str) -> str:
    return engine.dialect.identifier_preparer.quote(table)
