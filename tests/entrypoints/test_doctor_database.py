"""`chapbook doctor` and what is below the site: database, disk, clocks."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from adapters.sql.migrate import upgrade
from entrypoints.choices import utc_now
from entrypoints.cli import cli
from entrypoints.doctor import CHECKS, clock, disk
from entrypoints.doctor.findings import Level, Named
from tests.disks import small_disk_at
from tests.entrypoints.conftest import SetUp

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.sql


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def url_of(setup: SetUp) -> str:
    return str(setup.container().settings().database_url)


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def older(path: Path) -> None:
    path.unlink()
    upgrade(f"sqlite:///{path}", "0001")


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def other_bytes(path: Path) -> None:
    path.write_bytes(b"no database at all. " * 500)


@pytest.mark.parametrize(
    ("broken", "remedy"),
    [
        (missing, "Run `chapbook deploy` to make one."),
        (empty, "has no tables. Run `chapbook deploy`."),
        (older, "the schema of an older version (0001 instead of"),
        (newer, "Run that version of Chapbook, or restore a backup."),
        (other_bytes, "is no SQLite database"),
    ],
)
def test_a_file_that_is_no_deployed_database_is_a_fault(setup: SetUp, broken: object, remedy: str) -> None:
    assert setup.is_well("database", "database server", "rows", "database clock", "disk")
    assert callable(broken)

    broken(setup.folder / "var" / "chapbook.db")

    assert remedy in setup.fault("database")
    (found,) = setup.look("rows")
    assert found.says == "Not looked at, because there is no database that could be looked at."


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.glob("chapbook.db*") if path.suffix != ".lock"}


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_database_that_deploy_makes_is_its_owners_alone(bare: SetUp, is_linked: bool) -> None:
    folder = bare.folder / "var"
    if is_linked:
        (bare.folder / "disk").mkdir()
        folder.mkdir()
        (folder / "chapbook.db").symlink_to("../disk/chapbook.db")
    before = os.umask(0o022)
    try:
        assert CliRunner().invoke(cli, ["deploy"]).exit_code == 0
        with contextlib.closing(sqlite3.connect(folder / "chapbook.db")) as connection:
            connection.execute("DELETE FROM site_totals WHERE 0")
            connection.commit()
            place = bare.folder / "disk" if is_linked else folder
            assert modes(place) == dict.fromkeys(("chapbook.db", "chapbook.db-wal", "chapbook.db-shm"), 0o600)
    finally:
        os.umask(before)
    bare.folder.chmod(0o755)
    assert "may read" not in " ".join(each.says for each in bare.look("database", "database server"))


def test_a_database_that_is_there_keeps_its_mode(setup: SetUp) -> None:
    path = setup.folder / "var" / "chapbook.db"
    path.chmod(0o660)

    assert CliRunner().invoke(cli, ["deploy"]).exit_code == 0

    assert path.stat().st_mode & 0o777 == 0o660


def test_a_folder_that_cannot_be_written_is_a_fault(setup: SetUp) -> None:
    """In a process of its own, because root may write everywhere."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("no setpriv here: install the package util-linux")
    mine = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    program = (
        "import json; from entrypoints.doctor import CHECKS, look;"
        "wanted = [each for each in CHECKS if each.name in ('settings', 'disk', 'database')];"
        "print(json.dumps({found.check: found.says + ' ' + found.remedy for found in look(checks=wanted)}))"
    )
    folder = setup.folder / "var"
    folder.chmod(0o500)
    try:
        done = subprocess.run(
            [*mine, sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=60,
        )
    finally:
        folder.chmod(0o700)

    said = json.loads(done.stdout)
    assert "Make the database and its folder writable." in said["database"]
    assert f"Make {folder} writable for the user who runs the site" in said["disk"]


def test_a_database_that_everybody_may_read_is_a_warning_in_production(setup: SetUp) -> None:
    file = setup.folder / "var" / "chapbook.db"
    file.chmod(0o644)
    file.parent.chmod(0o755)
    assert setup.is_well("database")

    setup.set(env="production", password_memory_kib="", password_rounds="", base_url="https://blog.example.com")

    assert f"Run `chmod o-rwx {file.parent}`." in setup.warning("database")
    file.parent.chmod(0o750)
    assert setup.is_well("database")


def test_the_memory_of_another_process_is_not_looked_at(bare: SetUp) -> None:
    bare.set(storage="memory")

    assert bare.is_well("database", "disk")
    found = bare.look("rows", "administrator", "search", "worker", "outbox", "leases", "database server")
    assert {each.level for each in found} == {Level.UNKNOWN}


# PostgreSQL.


@pytest.mark.postgres
def test_postgresql_that_takes_no_writes_is_a_fault(postgres_setup: SetUp) -> None:
    assert postgres_setup.is_well("database", "database server", "rows", "database clock", "disk")
    url = url_of(postgres_setup)
    name = url.partition("?")[0].rpartition("/")[2]

    execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    assert "is read-only" in postgres_setup.fault("database")


@pytest.mark.postgres
def test_a_role_that_may_not_write_is_a_fault(postgres_setup: SetUp) -> None:
    url = url_of(postgres_setup)
    execute(url, "CREATE ROLE visitor LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
    postgres_setup.set(database_url=url.replace("app@", "visitor@"))
    try:
        assert "grant its role what it lacks" in postgres_setup.fault("database")
    finally:
        execute(url, "DROP OWNED BY visitor", "DROP ROLE visitor")


def test_a_server_that_is_away_is_a_fault(bare: SetUp) -> None:
    bare.set(database_url="postgresql://app:mellon@127.0.0.1:1/site")

    says = bare.fault("database")

    assert "127.0.0.1:1/site does not answer" in says
    assert "mellon" not in says


@pytest.mark.postgres
def test_more_connections_than_postgresql_allows_are_a_fault(postgres_setup: SetUp) -> None:
    assert postgres_setup.is_well("database server")

    postgres_setup.set(workers="16")

    says = postgres_setup.fault("database server")
    assert "may want 306 connections; PostgreSQL allows 197" in says
    assert "Set max_connections of PostgreSQL to 316 or more" in says


@pytest.mark.postgres
def test_a_limit_of_the_database_counts(postgres_setup: SetUp) -> None:
    url = url_of(postgres_setup)
    name = url.partition("?")[0].rpartition("/")[2]

    execute(url, f'ALTER DATABASE "{name}" CONNECTION LIMIT 20')

    assert "PostgreSQL allows 20." in postgres_setup.fault("database server")


@pytest.mark.postgres
def test_a_missing_extension_or_index_is_a_fault_whose_remedy_works(postgres_setup: SetUp) -> None:
    url = url_of(postgres_setup)
    for lost in ("DROP EXTENSION pg_trgm CASCADE", "DROP INDEX ix_accounts_search_text"):
        execute(url, lost)

        says = postgres_setup.fault("database server")

        assert "every search for members reads them all" in says
        execute(url, *filter(None, says.partition("`")[2].rpartition("`")[0].split(";")))
        assert postgres_setup.is_well("database server")


# The disk.


def free(place: str, megabytes: int) -> Named:
    def left(folder: Path) -> int:
        return megabytes * 1_000_000 if folder.name == place else 10**12

    return Named("disk", partial(disk.check_disk, free=left))


@pytest.mark.parametrize(("place", "what"), [("var", "the database and every picture"), ("mail", "mail")])
def test_a_disk_that_is_nearly_full_is_a_fault_and_a_fuller_one_a_warning(setup: SetUp, place: str, what: str) -> None:
    (setup.folder / "var" / "mail").mkdir()
    first = [each for each in CHECKS if each.name == "settings"]

    says = setup.fault("disk", checks=[*first, free(place, 99)])

    assert f"99 MB are free in {setup.folder}/var" in says
    assert f"where {what} goes. Make room on the disk" in says
    assert "999 MB" in setup.warning("disk", checks=[*first, free(place, 999)])
    assert setup.is_well("disk", checks=[*first, free(place, 1_000)])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "small", megabytes=8) as place:
        yield place


@pytest.mark.long
def test_a_real_disk_of_eight_megabytes_is_a_fault(bare: SetUp, small_disk: Path) -> None:
    bare.set(mail_url=f"file:{small_disk}/mail")

    assert f"MB are free in {small_disk}, where mail goes." in bare.fault("disk")


# The clocks.


def with_check(named: Named) -> list[Named]:
    return [*(each for each in CHECKS if each.name in ("settings", "database")), named]


def test_rows_from_the_future_are_a_fault(any_setup: SetUp) -> None:
    behind = partial(clock.check_rows, now=lambda: utc_now() - timedelta(hours=3))

    says = any_setup.fault("rows", checks=with_check(Named("rows", behind)))

    assert "The newest row of `accounts` was made 2 hours in the future" in says or "3 hours in the future" in says
    assert "timedatectl set-ntp true" in says
    soon = partial(clock.check_rows, now=lambda: utc_now() - timedelta(seconds=5))
    assert any_setup.is_well("rows", checks=with_check(Named("rows", soon)))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("seconds", "says"), [(11, "is 11 seconds ahead of this one."), (-200, "is 3 minutes behind this one.")]
)
def test_a_clock_of_postgresql_that_differs_is_a_fault(postgres_setup: SetUp, seconds: float, says: str) -> None:
    shifted = Named("clock", partial(clock.check_database_clock, shift=timedelta(seconds=seconds)))

    assert says in postgres_setup.fault("clock", checks=with_check(shifted))


@pytest.mark.postgres
def test_a_clock_that_differs_by_a_little_is_a_warning(postgres_setup: SetUp) -> None:
    shifted = Named("clock", partial(clock.check_database_clock, shift=timedelta(seconds=5)))

    assert "timedatectl" in postgres_setup.warning("clock", checks=with_check(shifted))
