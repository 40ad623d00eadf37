"""Another program holds a lock of the database while members write."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.faults.bystander import Bystander
from tests.faults.community import Community
from tests.faults.extent import IS_LONG
from tests.faults.report import note

pytestmark = pytest.mark.long

# Seconds. A writer waits five at most.
SHORT = 3.0
LONG = 20.0 if IS_LONG else 6.0


Lock = Callable[[Community], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def exclusive(community: Community) -> Iterator[None]:
    """What a console or a backup may do to SQLite."""
    with contextlib.closing(sqlite3.connect(community.url.removeprefix("sqlite:///"), timeout=30)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextlib.contextmanager
def locked_rows(community: Community, statement: str) -> Iterator[None]:
    engine = create_engine(community.url)
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
            yield
    finally:
        engine.dispose()


@contextlib.contextmanager
def one_account(community: Community) -> Iterator[None]:
    """The counters of one member, which all who follow that member change."""
    with locked_rows(community, "SELECT * FROM accounts WHERE username = 'writer0' FOR UPDATE"):
        yield


@contextlib.contextmanager
def site_totals(community: Community) -> Iterator[None]:
    """Counters that every post and comment changes."""
    with locked_rows(community, "SELECT * FROM site_totals FOR UPDATE"):
        yield


def locks() -> Iterator[Any]:
    """A database, a lock, and for how long. PostgreSQL has two kinds of counters. A short run takes each once."""
    for seconds in (SHORT, LONG):
        yield pytest.param("SQLite", exclusive, seconds, marks=pytest.mark.sql)
        for lock in (one_account, site_totals) if IS_LONG else (one_account if seconds == SHORT else site_totals,):
            yield pytest.param("PostgreSQL", lock, seconds, marks=[pytest.mark.sql, pytest.mark.postgres])


@pytest.mark.parametrize(
    ("community", "lock", "seconds"),
    list(locks()),
    indirect=["community"],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_readers_are_served_while_writers_wait_for_a_lock(community: Community, lock: Lock, seconds: float) -> None:
    with Bystander(community.server.port) as bystander:
        before = bystander.calm(1)
        with community.writers() as writers:
            began_at = time.monotonic()
            with lock(community):
                time.sleep(seconds)
                ended_at = time.monotonic()
            back = writers.await_acknowledgements()
        seen = bystander.during(began_at, ended_at)

    assert community.faults(writers) == []
    assert seen.all
    assert not seen.failures
    assert bool(writers.refusals) == (seconds == LONG)
    note(
        f"a lock of {seconds:g} s: {lock.__name__}",
        community.database,
        writers.summary(),
        f"writes again after {back:.2f} s",
        seen.compared(before),
    )
