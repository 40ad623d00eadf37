"""`chapbook deploy`: what it says, that two of them are one, and that one may be killed anywhere."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from adapters.sql import postgres_programs
from adapters.sql.checkup import fault_of
from adapters.sql.deploying import alone
from adapters.sql.migrate import downgrade, newest_revision, steps_after, upgrade
from entrypoints.backups.archive import Archive
from entrypoints.backups.folder import backups_in
from entrypoints.cli import cli
from tests.entrypoints.conftest import SetUp
from tests.migrations.rows import connected, fill, rows
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
DEPLOY = [sys.executable, "-u", "-m", "entrypoints.cli", "deploy"]
NOTHING = "Nothing is to do: the schema is up to date, and this version made all texts.\n"


@pytest.fixture
def site(bare: SetUp, url: str, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """No database yet."""
    bare.set(database_url=url)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return bare


@pytest.fixture
def old_site(site: SetUp, url: str) -> SetUp:
    """A database as the third revision left it, with a row in each table."""
    upgrade(url, "0003")
    fill(url)
    with connected(url) as connection:
        connection.execute(text("UPDATE posts SET html_version = 1000"))
        connection.execute(text("UPDATE comments SET html_version = 1000"))
    return site


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["deploy", *arguments], prog_name="chapbook")


def backups(site: SetUp) -> list[Path]:
    """All of them are whole."""
    found = backups_in(site.folder / "var" / "backups")
    for path in found:
        with path.open("rb") as file:
            Archive(file, path.name).check()
    return found


def test_each_step_is_said_after_a_backup_and_a_second_deploy_has_nothing_to_do(old_site: SetUp, url: str) -> None:
    before = rows(url)
    dry = run("--dry-run")
    assert dry.exit_code == 0
    assert rows(url) == before
    assert not (old_site.folder / "var" / "backups").exists()

    result = run()

    assert result.exit_code == 0
    said = result.output.splitlines()
    (backup,) = backups(old_site)
    assert said[0] == f"Backup: var/backups/{backup.name} ({backup.stat().st_size:,} bytes)"
    steps = steps_after("0003")
    for line, step in zip(said[1:], steps, strict=True):
        assert line.startswith(f"Schema {step.revision} in ")
        assert line.endswith(f" s: {step.title}")
    assert dry.output.splitlines() == [
        "It would make a backup in var/backups.",
        *(f"It would bring the schema to {step.revision}: {step.title}" for step in steps),
    ]
    assert fault_of(url) is None
    assert before.items() <= rows(url).items()
    assert run().output == run("--dry-run").output == NOTHING
    assert backups(old_site) == [backup]


def test_a_dry_run_makes_nothing(site: SetUp) -> None:
    result = run("--dry-run")

    assert result.output == f"It would make the tables (schema {newest_revision()}). There is nothing to back up.\n"
    assert list(site.folder.iterdir()) == []


def test_a_dry_run_knows_no_number_where_texts_have_no_version_yet(site: SetUp, url: str) -> None:
    upgrade(url, "0002")
    fill(url)

    assert run("--dry-run").output.endswith("It would ask the worker to render all texts anew.\n")


def test_without_an_account_or_when_told_so_there_is_no_backup(site: SetUp, url: str) -> None:
    upgrade(url, "0005")
    assert "no backup, because there is no account" in run("--dry-run").output
    assert "ackup" not in run().output

    downgrade(url, "0005")
    fill(url)
    assert "no backup, because of --no-backup" in run("--no-backup", "--dry-run").output
    assert run("--no-backup").exit_code == 0
    assert backups(site) == []


def test_a_database_of_a_newer_version_is_refused(old_site: SetUp, url: str) -> None:
    with connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = rows(url)

    for options in ([], ["--dry-run"]):
        result = run(*options)
        assert result.exit_code == 1
        assert "a newer version (9999 instead of" in result.output
    assert rows(url) == before
    assert backups(old_site) == []


def test_two_at_once_are_one(old_site: SetUp, url: str) -> None:
    """The second waits, says so, and finds nothing to do."""
    with alone(url):
        both = [subprocess.Popen(DEPLOY, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for each in both:
            assert each.stdout is not None
            assert each.stdout.readline() == "Another deploy is running. This one waits for it.\n"
    said = [each.communicate(timeout=60)[0] for each in both]

    assert [each.returncode for each in both] == [0, 0]
    assert sorted(each.count("Schema ") for each in said) == [0, len(steps_after("0003"))]
    assert NOTHING in said
    assert len(backups(old_site)) == 1


@pytest.mark.parametrize("lines", range(5))
def test_a_killed_deploy_harms_nothing_and_the_next_one_goes_on(old_site: SetUp, url: str, lines: int) -> None:
    """After each line that it says, and a little later."""
    before = rows(url)
    for moment in (0.0, 0.01, 0.03):
        with subprocess.Popen(DEPLOY, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            time.sleep(moment if lines else 0.4 + 4 * moment)
            process.send_signal(signal.SIGKILL)
        assert process.returncode in (0, -signal.SIGKILL)
        assert before.items() <= rows(url).items()
        backups(old_site)

    assert run().exit_code == 0
    assert fault_of(url) is None
    assert before.items() <= rows(url).items()
    assert run().output == NOTHING
    names = {path.name for path in (old_site.folder / "var" / "backups").iterdir()}
    assert {path.name for path in backups(old_site)} == {name for name in names if not name.endswith((".part", "base"))}


@pytest.mark.sql
@pytest.mark.postgres
def test_a_missing_pg_dump_does_not_stop_a_deploy(
    old_postgres: str, bare: SetUp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres_programs, "DEBIAN", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (tmp_path / "pg_dump").chmod(0o755)

    dry, result = run("--dry-run"), run()

    assert dry.output.startswith("It would make no backup. There is no pg_dump of version ")
    assert result.exit_code == 0
    assert result.output.startswith("No backup is made. There is no pg_dump of version ")
    assert fault_of(old_postgres) is None


@pytest.fixture
def old_postgres(bare: SetUp, postgres_server: PostgresServer) -> str:
    url = postgres_server.create_database()
    upgrade(url, "0004")
    fill(url)
    bare.set(database_url=url)
    return url


def test_a_folder_that_cannot_be_written_stops_a_deploy(old_site: SetUp, url: str) -> None:
    (old_site.folder / "taken").touch()
    old_site.set(backups=str(old_site.folder / "taken"))
    before = rows(url)

    result = run()

    assert result.exit_code == 1
    assert "No backup was made, and nothing was changed." in result.output
    assert "--no-backup" in result.output
    assert rows(url) == before
    assert fault_of(url) is not None


@pytest.mark.sql
def test_a_full_disk_stops_a_deploy(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{bare.folder}/var/chapbook.db"
    upgrade(url, "0004")
    fill(url)
    monkeypatch.setattr("entrypoints.backups.making.SPARE", 1 << 60)

    dry, result = run("--dry-run"), run()

    assert "It would stop. There is no room for a backup" in dry.output
    assert result.exit_code == 1
    assert "There is no room for a backup in var/backups" in result.output
    assert fault_of(url) is not None
