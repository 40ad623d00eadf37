"""What every command says about a database that it cannot use."""

import contextlib
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from adapters.sql import migrate
from adapters.sql.connecting import BOUNDED
from adapters.sql.observing import Statement
from application.storage import StorageFault
from entrypoints.cli import cli
from entrypoints.storage_faults import FaultLog, in_words
from tests.log_lines import logged
from tests.postgres import PostgresServer

PRODUCTION = {"password_memory_kib": "19456", "password_rounds": "2"}
ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["serve"],
    ["worker"],
    ["demo"],
    ["shell"],
    ["user", "create", "a@example.com", "ada"],
    ["user", "password", "ada"],
    ["user", "disable", "ada"],
    ["outbox", "list"],
    ["outbox", "retry", "1"],
)
RunOn = Callable[..., Result]


@pytest.fixture
def run_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunOn:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAPBOOK_SECRET_KEY", "0123456789abcdef0123456789abcdeF")

    def run(url: str, *words: str) -> Result:
        monkeypatch.setenv("CHAPBOOK_DATABASE_URL", url)
        return CliRunner().invoke(cli, words, input="a horse, a battery\n")

    return run


def missing(path: Path) -> None:
    """There is nothing."""


def empty(path: Path) -> None:
    path.touch()


def older(path: Path) -> None:
    migrate.upgrade(f"sqlite:///{path}", "0001")


def newer(path: Path) -> None:
    migrate.upgrade(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def other_bytes(path: Path) -> None:
    path.write_bytes(b"no database at all. " * 500)


def folder(path: Path) -> None:
    path.mkdir()


# What is wrong, what every command says of it, and whether `deploy` mends it.
FILES = {
    "missing": (missing, "There is no database", True),
    "empty": (empty, "has no tables", True),
    "older": (older, "an older version (0001 instead of", True),
    "newer": (newer, "a newer version (9999 instead of", False),
    "other bytes": (other_bytes, "is no SQLite database (file is not a database)", False),
    "a folder": (folder, "is no SQLite database (it is no file)", False),
}


@pytest.mark.sql
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_deployed_database_is_called_what_it_is(run_on: RunOn, tmp_path: Path, kind: str) -> None:
    make, sentence, is_mended = FILES[kind]
    path = tmp_path / "site.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None

    for command in COMMANDS:
        result = run_on(f"sqlite:///{path}", *command)
        assert result.exit_code == 1, command
        assert isinstance(result.exception, SystemExit), result.exception
        assert str(path) in result.output
        assert sentence in result.output
        assert ("chapbook deploy" in result.output) == is_mended
    assert (path.read_bytes() if path.is_file() else None) == before

    result = run_on(f"sqlite:///{path}", "deploy")
    assert result.exit_code == (0 if is_mended else 1)
    assert is_mended or sentence in result.output


@pytest.fixture
def silent_port() -> Iterator[int]:
    """It accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.sql
def test_a_server_that_says_nothing_ends_every_command_with_a_sentence(
    run_on: RunOn, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BOUNDED, "connect_timeout", 2)  # the least that psycopg takes
    for command in (["serve"], ["deploy"]):
        result = run_on(f"postgresql://app:secret@127.0.0.1:{silent_port}/site", *command)
        assert result.exit_code == 1
        assert f"127.0.0.1:{silent_port}/site does not answer (connection timeout expired)" in result.output
        assert "secret" not in result.output


@pytest.mark.sql
def test_a_server_that_is_away_is_called_away(run_on: RunOn) -> None:
    for command in (*COMMANDS, ["deploy"]):
        result = run_on("postgresql://app@127.0.0.1:1/site", *command)
        assert result.exit_code == 1
        assert "127.0.0.1:1/site does not answer (connection failed" in result.output
        assert "Traceback" not in result.output


@pytest.mark.postgres
@pytest.mark.sql
def test_a_database_that_takes_no_writes_is_called_read_only(run_on: RunOn, postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    migrate.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
    engine.dispose()

    for command in (["serve"], ["worker"], ["deploy"], ["outbox", "list"]):
        result = run_on(url, *command)
        assert result.exit_code == 1
        assert "is read-only" in result.output


@pytest.mark.postgres
@pytest.mark.sql
def test_deploy_says_who_must_make_the_extension_that_it_may_not(
    run_on: RunOn, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create_database()
    engine = create_engine(url)

    def as_owner(*statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()

    as_owner("CREATE ROLE tenant LOGIN", "GRANT ALL ON SCHEMA public TO tenant")
    tenants = url.replace("app@", "tenant@")

    refused = run_on(tenants, "deploy")
    assert refused.exit_code == 1
    assert "run `CREATE EXTENSION pg_trgm` there once" in refused.output
    assert "Traceback" not in refused.output
    as_owner("CREATE EXTENSION pg_trgm")
    assert run_on(tenants, "deploy").exit_code == 0
    as_owner("DROP OWNED BY tenant", "DROP ROLE tenant")
    engine.dispose()


@pytest.mark.sql
def test_a_command_prints_no_traceback_of_a_database(tmp_path: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "CHAPBOOK_SECRET_KEY": "0123456789abcdef0123456789abcdeF",
        "CHAPBOOK_DATABASE_URL": f"sqlite:///{tmp_path}/gone/site.db",
    }
    for command in ("serve", "worker"):
        ended = subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", command],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"Error: There is no database {tmp_path}/gone/site.db.")
        assert len(ended.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "code",
    [
        "unwritable",
        "full",
        "damaged",
        "unreadable",
        "refused",
        "busy",
        "no_trigrams",
        "pictures_unusable",
        "pictures_full",
        "pictures_away",
        "pictures_refused",
        "pictures_no_bucket",
    ],
)
def test_every_fault_has_a_sentence_with_its_place_and_cause(code: str) -> None:
    words = in_words(StorageFault(code, "/srv/site.db", "no reason given"))

    assert "/srv/site.db" in words
    assert "no reason given" in words


@pytest.mark.parametrize("code", ["locked", "locked_file", "no_connection", "slow", "away", "pictures_away"])
def test_what_stops_a_request_is_said_once_a_minute_whatever_the_cause(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    faults = FaultLog()
    with logged(monkeypatch, **PRODUCTION) as lines:
        for number in range(100):
            faults.complain(StorageFault(code, "/srv/site.db", f"cause {number}"))

    # One when it begins to be away, and one while it is.
    assert len(lines.all) == (2 if code == "away" else 1)
    assert "/srv/site.db" in lines.events[0]["message"]
    assert "cause 0" in lines.events[0]["message"]


def test_a_database_that_answers_again_is_news_and_so_is_its_next_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    faults, away = FaultLog(), StorageFault("away", "db.example.com:5432/site", "connection refused")
    with logged(monkeypatch, **PRODUCTION) as lines:
        faults.observe(Statement("SELECT 1", 0.001, 1))
        faults.complain(away)
        faults.observe(Statement("SELECT 1", 0.001, None, "ConnectionTimeout"))
        faults.observe(Statement("SELECT 1", 0.001, 1))
        faults.observe(Statement("SELECT 1", 0.001, 1))
        faults.complain(away)

    assert ["answers again" in event["message"] for event in lines.events] == [False, True, False]


@pytest.mark.postgres
@pytest.mark.sql
def test_a_server_that_refuses_is_not_said_to_be_away(run_on: RunOn, postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()

    for wrong in (url.replace("app@", "nobody@"), re.sub(r"/[^/?]+\?", "/nosuch?", url)):
        result = run_on(wrong, "deploy")
        assert result.exit_code == 1
        assert "refuses" in result.output
        assert "does not exist" in result.output
