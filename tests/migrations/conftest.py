"""An empty database of each kind, to be migrated."""

from pathlib import Path

import pytest

from tests.postgres import PostgresServer


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/chapbook.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database()
