"""The storages. The databases are migrated once and emptied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from tests.contracts.community import Community
from tests.contracts.storages import STORAGES, Storage, sql_storage
from tests.postgres import PostgresServer


@pytest.fixture(
    params=[
        *STORAGES,
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage of each kind in turn."""
    if request.param in STORAGES:
        folder: Path = request.getfixturevalue("tmp_path")
        return STORAGES[request.param](folder)
    return sql_storage(request.getfixturevalue(f"{request.param}_database"))


@pytest.fixture
def community(storage: Storage) -> Community:
    return Community(storage)


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def database(request: pytest.FixtureRequest) -> Database:
    """One of the two databases, for what only a database has."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path: Path = tmp_path_factory.mktemp("sqlite") / "chapbook.db"
    yield from _migrated(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def postgres_database(postgres_server: PostgresServer) -> Iterator[Database]:
    yield from _migrated(postgres_server.create_database())


def _migrated(url: str) -> Iterator[Database]:
    upgrade(url)
    database = Database(url, patience=2)
    yield database
    database.close()
