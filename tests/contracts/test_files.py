"""What happens to the file of an SQLite database while the site runs."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from application.storage import StorageFault
from domain.errors import TryAgain
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage

pytestmark = pytest.mark.sql


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "site.db"
    upgrade(f"sqlite:///{found}")
    return found


@pytest.fixture
def faults() -> list[StorageFault]:
    """What the database complained of."""
    return []


def said(faults: list[StorageFault]) -> list[tuple[str, str, str]]:
    return [(fault.code, fault.where, fault.cause) for fault in faults]


@pytest.fixture
def database(path: Path, faults: list[StorageFault]) -> Iterator[Database]:
    found = Database(f"sqlite:///{path}", complain=faults.append)
    yield found
    found.close()


@pytest.fixture
def storage(database: Database) -> Storage:
    return sql_storage(database)


def move(path: Path, to: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            shutil.move(file, to.with_name(to.name + suffix))


def test_a_file_that_is_missing_is_not_made_anew(tmp_path: Path) -> None:
    faults: list[StorageFault] = []
    database = Database(f"sqlite:///{tmp_path}/gone.db", complain=faults.append)

    with pytest.raises(TryAgain):
        database.ping()
    assert not (tmp_path / "gone.db").exists()
    assert said(faults) == [("unreadable", f"{tmp_path}/gone.db", "unable to open database file")]
    database.close()


def test_nothing_is_written_to_a_file_that_was_moved_away(
    storage: Storage, path: Path, tmp_path: Path, faults: list[StorageFault]
) -> None:
    community = Community(storage)
    community.member("ada")
    move(path, tmp_path / "elsewhere.db")
    before = (tmp_path / "elsewhere.db").read_bytes()

    with pytest.raises(TryAgain):
        community.member("otto")
    with pytest.raises(TryAgain):
        storage.ping()
    assert not path.exists()
    assert (tmp_path / "elsewhere.db").read_bytes() == before
    assert ("unreadable", str(path)) in [(fault.code, fault.where) for fault in faults]

    move(tmp_path / "elsewhere.db", path)
    community.member("otto")
    assert not storage.member_feeds.is_empty()


def test_a_file_that_was_replaced_is_read_and_written(storage: Storage, path: Path, tmp_path: Path) -> None:
    Community(storage).member("ada")
    upgrade(f"sqlite:///{tmp_path}/new.db")
    move(path, tmp_path / "old.db")
    move(tmp_path / "new.db", path)

    assert storage.member_feeds.is_empty()
    Community(storage).member("otto")
    assert not storage.member_feeds.is_empty()


def test_a_full_disk_refuses_writes_and_reads_go_on(database: Database, path: Path, faults: list[StorageFault]) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    limit = 0

    @event.listens_for(database.engine, "checkout")
    def fill(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages if limit else 1 << 30}")

    limit = 1
    with pytest.raises(TryAgain):
        for _ in range(100):
            community.post(ada, body="x" * 50_000)
    storage.ping()
    assert said(faults)[-1] == ("full", str(path), "database or disk is full")

    limit = 0
    community.post(ada, body="x" * 50_000)


def test_a_damaged_file_is_called_damaged(database: Database, path: Path, faults: list[StorageFault]) -> None:
    database.close()
    path.write_bytes(b"no database at all. " * 500)

    for _ in range(3):
        with pytest.raises(TryAgain):
            database.ping()
    assert set(said(faults)) == {("not_a_database", str(path), "file is not a database")}
