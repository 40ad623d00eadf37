"""The index of the search is made by a worker and by a command, on both databases."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage as storage_in
from adapters.sql.tables import posts
from application.ports.paging import Window
from domain.job_kinds import JobKind
from domain.searching.queries import Query
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.contracts.community import Community
from tests.contracts.storages import sql_storage
from tests.entrypoints.conftest import SetUp
from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent.parent
TEXTS = 250


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path, bare: SetUp) -> Iterator[Database]:
    """With posts that are in no index, as after an upgrade."""
    url = f"sqlite:///{tmp_path}/chapbook.db"
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    bare.set(database_url=url, rate_limits="off")
    assert run("deploy").exit_code == 0
    found = Database(url)
    community = Community(sql_storage(found))
    with community.at_once():
        susan = community.member("susan")
        for number in range(TEXTS):
            community.post(susan, f"Soup {number}.")
    with found.writing() as connection:
        connection.execute(update(posts).values(search_text="", search_segment=0))
        connection.commit()
    yield found
    found.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="chapbook")


def found_in(database: Database, typed: str) -> int:
    return len(storage_in(database).search_feeds.posts(None, Query.parse(typed), Window(500)).page.items)


def test_the_command_makes_the_index_and_says_how_far_it_is(database: Database) -> None:
    assert found_in(database, "soup") == 0

    made = run("search", "rebuild")

    assert made.output == f"{TEXTS} of {TEXTS} texts\nDone: {TEXTS} texts.\n"
    assert found_in(database, "soup") == TEXTS
    again = run("search", "rebuild")
    assert again.output == made.output
    assert found_in(database, "soup") == TEXTS


def test_a_command_that_was_killed_goes_on(database: Database) -> None:
    command = [sys.executable, "-m", "entrypoints.cli", "search", "rebuild"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not indexed(database) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.002)
        process.kill()

    assert run("search", "rebuild").exit_code == 0

    assert found_in(database, "soup") == TEXTS


def indexed(database: Database) -> int:
    return int(database.row(select(func.count().label("texts")).where(posts.c.search_segment > 0)).texts)


@pytest.mark.usefixtures("database")
def test_the_worker_makes_what_is_in_no_index(database: Database) -> None:
    container = Container(settings=load_settings())
    for look in container.minutely():
        look()
    container.searching().look()

    asked = [job for job in container.storage().outbox_feeds.latest(Window(9)).items if job.kind is JobKind.INDEX]
    while container.jobs().run_next():
        pass

    assert len(asked) == 1
    assert found_in(database, "soup 17") == 1
    listed = run("outbox", "list").output
    assert f"Make the index of the search  due {asked[0].due_at.isoformat()}" in listed
    assert f"{TEXTS} of {TEXTS} texts" in listed
    container.searching().look()
    assert (
        len([job for job in container.storage().outbox_feeds.latest(Window(9)).items if job.kind is JobKind.INDEX]) == 1
    )
    container.storage().close()
