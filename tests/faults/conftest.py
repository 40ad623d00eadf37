"""Sites that the faults happen to, and the table at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.community import Community, community_on
from tests.faults.extent import IS_LONG
from tests.faults.report import lines
from tests.postgres import PostgresServer, server_programs

SQLITE = pytest.param("SQLite", marks=pytest.mark.sql)
POSTGRESQL = pytest.param("PostgreSQL", marks=[pytest.mark.sql, pytest.mark.postgres])
BOTH = [SQLITE, POSTGRESQL]
# For tests that run in `make test` too.
SHORT = [SQLITE, pytest.param("PostgreSQL", marks=[pytest.mark.sql, pytest.mark.postgres, pytest.mark.long])]
# Where a fault has nothing to do with the database.
EITHER = BOTH if IS_LONG else [SQLITE]


@pytest.fixture(scope="session")
def fragile_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that only the faults use, because they restart it."""
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: install the package postgresql")
    with PostgresServer(programs, keeps_commits=True) as server:
        yield server


@pytest.fixture(scope="session")
def url_on(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    def made(database: str, folder: Path) -> str:
        if database == "SQLite":
            return f"sqlite:///{folder}/chapbook.db"
        server: PostgresServer = request.getfixturevalue("fragile_postgres")
        return server.create_database()

    return made


@pytest.fixture(scope="session", params=BOTH)
def community(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, url_on: Callable[[str, Path], str]
) -> Iterator[Community]:
    """Each test leaves it as it was: running, with nothing in its way."""
    folder = tmp_path_factory.mktemp("community")
    with community_on(request.param, folder, url_on(request.param, folder)) as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = list(lines())
    if told:
        terminalreporter.section("What came out")
        for line in told:
            terminalreporter.write_line(line)
