"""Migrates a database to a revision. It may run twice, and from two hosts at once: the second waits for the first.

SQLite gets a connection of its own with foreign keys off. With foreign keys on, rebuilding a table would delete the
rows that point to it. The keys are checked before the commit.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, pool

import migrations
from adapters.sql.connecting import BOUNDED
from adapters.sql.file_lock import FileLock
from application.storage import StorageFault

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(migrations.__file__).parent
# Any number works. It must stay the same.
_ADVISORY_LOCK = 7_241_889_013
# How many seconds a migration waits for another one, and how many for the site. While it waits for a table of
# PostgreSQL, everybody who wants that table waits behind it, so it gives up soon, and `deploy` tries again.
FOR_ANOTHER = 300.0
FOR_THE_SITE = 1.0


class BrokenKeys(Exception):
    """A migration would leave rows whose foreign keys point to no row."""


def upgrade(url: str, revision: str = "head") -> None:
    """Creates an SQLite database and its folder if they do not exist. The new file is its owner's alone."""
    if url.startswith("sqlite"):
        create_file(Path(make_url(url).database or ""))
    from alembic import command  # noqa: PLC0415

    with migrating(url) as config:
        command.upgrade(config, revision)


def create_file(path: Path) -> None:
    """SQLite takes an empty file for an empty database, and gives the mode of this file to those with -wal and -shm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # A link may lead to a file that does not exist yet.
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def downgrade(url: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415

    with migrating(url) as config:
        command.downgrade(config, revision)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision. The title is the first sentence of its file."""

    revision: str
    title: str


def steps_after(revision: str) -> tuple[Step, ...]:
    """The revisions that come after this one, from the oldest on. Empty text stands for none."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    later = [script for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions() if script.revision > revision]
    return tuple(Step(script.revision, script.doc) for script in reversed(later))


def unpooled_engine(url: str) -> Engine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    connect_args = {} if is_sqlite else BOUNDED
    return create_engine(url, hide_parameters=True, poolclass=pool.NullPool, connect_args=connect_args)


def newest_revision() -> str:
    """Revisions are numbers. The name of a revision's file begins with its number."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


@contextmanager
def migrating(url: str) -> Iterator["Config"]:
    """Yields the configuration for Alembic's commands. Each of their transactions has the database to itself among
    migrations: on SQLite from here on, on PostgreSQL from its first statement."""
    engine = _migrating_engine(url)
    try:
        with _alone(engine) as connection:
            yield config_for(connection)
    finally:
        engine.dispose()


def config_for(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            yield connection
        return
    lock_file = FileLock(str(engine.url.database))
    if not lock_file.acquire(FOR_ANOTHER):
        raise StorageFault("busy", str(engine.url.database), "another process writes or migrates")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        lock_file.release()


def _migrating_engine(url: str) -> Engine:
    engine = unpooled_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        event.listen(engine, "commit", _check_keys)
    else:
        event.listen(engine, "begin", _take_turn)
    return engine


def _take_turn(connection: Connection) -> None:
    """The lock is of the transaction, so that it works behind PgBouncer too."""
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return  # for indexes that are made CONCURRENTLY
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(FOR_ANOTHER * 1000)}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(FOR_THE_SITE * 1000)}")


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise BrokenKeys(f"{len(broken)} rows would point to nothing, the first in table {broken[0][0]}")
