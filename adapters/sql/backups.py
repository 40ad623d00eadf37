"""Copies a whole database into one file while the site writes. What was committed before the copy begins is in it.

SQLite has a backup API, PostgreSQL has pg_dump. Both copy one snapshot, and no writer waits for them.
"""

import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from adapters.sql.connecting import place_of
from adapters.sql.deploying import revision_of
from adapters.sql.faults import fault_from
from adapters.sql.migrate import unpooled_engine
from adapters.sql.postgres_programs import address_of, newest, start, version_of
from application.storage import StorageFault

# How many bytes are copied, of how many. 0 stands for a number that is not known.
Show = Callable[[int, int], object]
# SQLite's pages that are copied at a time.
_PAGES = 2_048
_CHUNK = 1 << 20
# What the site's indexes need.
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'"


@dataclass(frozen=True, slots=True)
class Copied:
    """`database` is `sqlite` or `postgresql`, `made_by` the program that made the copy."""

    database: Literal["sqlite", "postgresql"]
    revision: str
    made_by: str


def copy_database(url: str, to: Path, environment: Mapping[str, str], show: Show) -> Copied:
    """Fills an empty file. Raises StorageFault, with the code `no_program` when there is no pg_dump for the server.
    Raises OSError when the file cannot be written."""
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _copy_sqlite(Path(str(parsed.database)), to, show)
        return _copy_postgres(url, to, environment, show)
    except Damaged as error:
        raise StorageFault("damaged", place_of(parsed), str(error)) from error
    except (DBAPIError, sqlite3.Error) as error:
        raise fault_from(error, parsed) from error


def require_program(url: str) -> None:
    """Raises StorageFault, also when there is no pg_dump that could copy the database."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = unpooled_engine(url)
        try:
            with engine.connect() as connection:
                _program_for(connection)
        except DBAPIError as error:
            raise fault_from(error, engine.url) from error
        finally:
            engine.dispose()


def size_of_file(url: str) -> int:
    """How many bytes an SQLite database has, with its log. 0 for another database, of which nobody knows how small its
    copy will be."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return 0
    path = Path(str(parsed.database))
    return sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())


class Damaged(Exception):
    """A file is no whole database of Chapbook. The text says why."""


def check_sqlite(path: Path) -> str:
    """The revision of a file. Raises Damaged."""
    try:
        with closing(_opened(path, "ro")) as connection:
            told = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if told != "ok":
                raise Damaged(told)
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                raise Damaged("rows point to rows that do not exist")
            return str(connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0])
    except sqlite3.Error as error:
        raise Damaged(str(error)) from error


def _copy_sqlite(path: Path, to: Path, show: Show) -> Copied:
    with closing(_opened(path, "rw")) as source, closing(_opened(to, "rw")) as copy:
        # With this snapshot held, SQLite does not begin anew whenever another process has written.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        size = source.execute("PRAGMA page_size").fetchone()[0]
        copy.execute("PRAGMA synchronous=OFF")
        source.backup(copy, pages=_PAGES, progress=lambda _, left, total: show((total - left) * size, total * size))
        # One file is all there is of it: no log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    return Copied("sqlite", check_sqlite(to), f"SQLite {sqlite3.sqlite_version}")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)


def _copy_postgres(url: str, to: Path, environment: Mapping[str, str], show: Show) -> Copied:
    engine = unpooled_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            program = _program_for(connection)
            revision = revision_of(connection)
            _dump(connection, program, to, environment, show)
    finally:
        engine.dispose()
    return Copied("postgresql", revision, f"pg_dump {version_of(program)}")


def _program_for(connection: Connection) -> Path:
    """A pg_dump refuses a server that is newer."""
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    program = newest("pg_dump", at_least=version)
    if program is None:
        where = place_of(connection.engine.url)
        raise StorageFault("no_program", where, f"no pg_dump of version {version} or newer")
    return program


def _dump(connection: Connection, program: Path, to: Path, environment: Mapping[str, str], show: Show) -> None:
    """The tables of the schema that the site uses, as of this connection's snapshot. Who restores them owns them."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    address, secret = address_of(connection.engine.url)
    arguments = [
        *("--format=custom", "--no-owner", "--no-acl", "--no-comments", "--no-tablespaces", "--lock-wait-timeout=60s"),
        f"--snapshot={connection.exec_driver_sql('SELECT pg_export_snapshot()').scalar_one()}",
        f"--table={schema}.*",
        # Only what is there may be named.
        *(f"--extension={name}" for name in connection.exec_driver_sql(_EXTENSIONS).scalars()),
        f"--dbname={address}",
    ]
    with tempfile.TemporaryFile() as said, to.open("wb") as file:
        dumping = start(program, arguments, {**environment, **secret}, stdin=subprocess.DEVNULL, stderr=said)
        try:
            _pour(dumping, file, show)
        finally:
            dumping.kill()
            status = dumping.wait()
        if status:
            raise StorageFault("no_dump", place_of(connection.engine.url), last_line(said))


def _pour(dumping: subprocess.Popen[bytes], file: IO[bytes], show: Show) -> None:
    assert dumping.stdout is not None
    with dumping.stdout as output:
        while chunk := output.read(_CHUNK):
            file.write(chunk)
            show(file.tell(), 0)
    dumping.wait()


def last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
