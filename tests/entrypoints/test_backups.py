"""`chapbook backup` and `chapbook restore`: what comes back, what is refused, and that a refusal changes nothing."""

import errno
import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url, text

from adapters.sql import postgres_programs
from adapters.sql.connecting import place_of
from adapters.sql.migrate import newest_revision, upgrade
from adapters.sql.tables import metadata
from application.storage import StorageFault
from domain.errors import BadCredentials
from entrypoints.backups import making
from entrypoints.backups.folder import NotWritten, backups_in, writing
from entrypoints.cli import cli
from tests.disks import small_disk_at
from tests.entrypoints.conftest import SetUp
from tests.migrations.rows import connected, fill, rows
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
PASSWORD = "a horse, a battery"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="chapbook")


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.fixture
def url(any_setup: SetUp) -> str:
    """The database of the site, with an administrator in it."""
    container = any_setup.container()
    container.storage().close()
    return str(container.settings().database_url)


@pytest.fixture
def backup(url: str, tmp_path: Path) -> Path:
    path: Path = tmp_path / "one.tar"
    done("backup", path)
    return path


@pytest.fixture
def empty_url(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Another database of the same kind, without tables."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/other/chapbook.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made = server.create_database()
    yield made
    server.drop_database(made)


def everything(url: str) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with connected(url) as connection:
        return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in metadata.sorted_tables}


def without_access(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: rows for name, rows in found.items() if name not in ("sessions", "links", "accounts")}


def test_a_restored_database_has_every_row(any_setup: SetUp, url: str, empty_url: str, tmp_path: Path) -> None:
    with connected(url) as connection:
        for table in ("names", "accounts"):
            connection.execute(text(f"DELETE FROM {table}"))
    fill(url)
    before = everything(url)
    assert all(before.values())
    said = done("backup", tmp_path / "one.tar")
    assert said.startswith(f"{tmp_path}/one.tar: ")
    assert (tmp_path / "one.tar").stat().st_mode & 0o777 == 0o600

    any_setup.set(database_url=empty_url)
    said = done("restore", tmp_path / "one.tar")

    assert said.startswith(f"The community is as it was at {datetime.now(UTC):%Y-%m-%d} ")
    after = everything(empty_url)
    assert without_access(after) == without_access(before)
    assert len(after["accounts"]) == len(before["accounts"])
    found = {finding.check: finding.level.value for finding in any_setup.look("database", "counters", counters=True)}
    assert found["database"] == "ok"
    assert everything(url) == before


def test_an_administrator_signs_in_after_a_restore_and_old_access_is_gone(
    any_setup: SetUp, url: str, tmp_path: Path
) -> None:
    """What was signed out or revoked after the backup does not come back, and neither does what was valid then."""
    site = any_setup.container()
    secret = site.sessions().sign_in(client="here", email="ada@example.com", password=PASSWORD).secret
    with connected(url) as connection:
        (account_id, before) = connection.execute(text("SELECT id, token_generation FROM accounts")).one()
        connection.execute(text(f"INSERT INTO links VALUES ({account_id}, 'reset', 'x', 'ada@example.com')"))
    reader = site.storage().credential_feeds.token_reader(account_id, datetime.now(UTC))
    token = site.credentials().issue_token(reader=reader)
    assert site.credentials().check_token(token=token).id == account_id
    site.storage().close()
    done("backup", tmp_path / "one.tar")
    done("restore", tmp_path / "one.tar", "--replace")
    done("restore", tmp_path / "one.tar", "--replace")

    site = any_setup.container()
    assert site.storage().session_feeds.viewer(site.session_secrets().hash(secret), datetime.now(UTC)) is None
    with pytest.raises(BadCredentials):
        site.credentials().check_token(token=token)
    site.sessions().sign_in(client="here", email="ada@example.com", password=PASSWORD)
    with connected(url) as connection:
        after = connection.execute(text("SELECT token_generation FROM accounts")).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM links")).scalar_one() == 0
    site.storage().close()
    assert after > before + 1_000_000


def test_a_community_is_replaced_only_when_told_so(url: str, backup: Path) -> None:
    with connected(url) as connection:
        connection.execute(text("UPDATE accounts SET name = 'Later'"))
    before = everything(url)

    said = refused("restore", backup)
    assert f"The database {place_of(make_url(url))} holds a community already. Nothing was changed." in said
    assert everything(url) == before

    said = done("restore", backup, "--replace")
    with connected(url) as connection:
        assert connection.execute(text("SELECT name FROM accounts")).scalar_one() == ""
    if url.startswith("sqlite"):
        (kept,) = Path(place_of(make_url(url))).parent.glob("chapbook.db.before-*")
        assert str(kept) in said
        assert everything(f"sqlite:///{kept}") == before
    else:
        assert "What was there is gone." in said


def test_a_backup_of_an_older_schema_is_restored_and_deploy_is_named(
    any_setup: SetUp, url: str, empty_url: str, tmp_path: Path
) -> None:
    upgrade(empty_url, "0004")
    fill(empty_url)
    before = rows(empty_url)
    any_setup.set(database_url=empty_url)
    done("backup", tmp_path / "old.tar")

    # Over the newest schema, which has tables that the older one has not.
    any_setup.set(database_url=url)
    said = done("restore", tmp_path / "old.tar", "--replace")

    assert "Run `chapbook deploy`" in said
    assert rows(url) == before | {"sessions": 0, "links": 0}
    done("deploy")
    assert any_setup.is_well("database")


def test_the_file_is_an_ordinary_tar_with_checksums(url: str, backup: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "xf", backup], cwd=tmp_path, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "manifest.json.sha256"], cwd=tmp_path, check=True)
    told = json.loads((tmp_path / "manifest.json").read_text())
    (member,) = told["members"]
    assert (told["format"], told["revision"], told["chapbook"]) == ("chapbook-backup/1", newest_revision(), "0.1.0")
    assert told["database"] == url.partition(":")[0].partition("+")[0]
    assert member["sha256"] == hashlib.sha256((tmp_path / "database").read_bytes()).hexdigest()


# Files that are refused, each made of a good one.


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda good: good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda good: good[: int(len(good) * share)]


def changed(**values: Any) -> Callable[[bytes], bytes]:
    """With another manifest, and its right checksum."""

    def make(good: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(good)) as tar:
            members = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
        manifest = json.dumps(json.loads(members["manifest.json"]) | values).encode()
        members["manifest.json"] = manifest
        members["manifest.json.sha256"] = f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n".encode()
        made_at = datetime.fromisoformat(json.loads(manifest)["made_at"]).timestamp()
        return b"".join(entry(name, content, int(made_at)) for name, content in members.items()) + bytes(1024)

    return make


def entry(name: str, content: bytes, made_at: int) -> bytes:
    """As this program writes it."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, made_at
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


def with_more(info: tarfile.TarInfo, content: bytes = b"") -> Callable[[bytes], bytes]:
    """A member that the manifest does not name."""

    def make(good: bytes) -> bytes:
        return good[:-1024] + packed((info, content))

    return make


def link(name: str, to: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, to
    return info


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is no backup of Chapbook"),
    "noise": (lambda _: b"no backup at all. " * 500, "is no backup of Chapbook"),
    "another tar": (lambda _: packed((tarfile.TarInfo("letters.txt"), b"Dear Ada")), "is no backup of Chapbook"),
    "cut in the manifest": (lambda good: good[:600], "is cut"),
    "cut in the middle": (cut(0.5), "is cut"),
    "cut at the end": (lambda good: good[:-1], "is cut"),
    "something behind it": (lambda good: good + b"\0" * 512, "is damaged"),
    "a flipped bit of the database": (lambda good: flipped(len(good) // 2)(good), "is damaged (database"),
    "a flipped bit of the manifest": (flipped(540), "is damaged (manifest.json"),
    "no json": (lambda good: good.replace(b'"format"', b"'format'", 1), "is damaged (manifest.json"),
    "a deep manifest": (
        lambda _: packed((tarfile.TarInfo("manifest.json"), b"[" * 200_000)),
        "is damaged (manifest.json",
    ),
    "a newer format": (changed(format="chapbook-backup/2"), "has the format 'chapbook-backup/2'"),
    "a newer schema": (changed(revision="9000", chapbook="3.2.1"), "was made by Chapbook 3.2.1, whose schema (9000)"),
    "a field more": (changed(more=1), "is damaged (manifest.json"),
    "no members": (changed(members=[]), "is damaged (manifest.json"),
    "names that lead out": (
        changed(members=[{"name": "../../etc/passwd", "size": 1, "sha256": "0" * 64}]),
        "is damaged (manifest.json",
    ),
    "a huge size": (changed(members=[{"name": "database", "size": 1 << 61, "sha256": "0" * 64}]), "is cut"),
    "a negative size": (
        changed(members=[{"name": "database", "size": -1, "sha256": "0" * 64}]),
        "is damaged (manifest.json",
    ),
    "a name twice": (
        changed(members=[{"name": "database", "size": 0, "sha256": "0" * 64}] * 2),
        "is damaged",
    ),
    "a member more": (with_more(tarfile.TarInfo("database"), b"again"), "is damaged"),
    "a link": (with_more(link("var", "/etc")), "is damaged"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_before_anything_is_touched(url: str, backup: Path, tmp_path: Path, kind: str) -> None:
    make, sentence = BAD[kind]
    bad = tmp_path / "bad.tar"
    bad.write_bytes(make(backup.read_bytes()))
    before, there = everything(url), files(tmp_path)

    said = refused("restore", bad, "--replace")

    assert sentence in said
    assert everything(url) == before
    assert files(tmp_path) == there


def files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if not path.name.endswith((".lock", "-wal", "-shm"))}


@pytest.mark.sql
def test_no_byte_of_a_backup_can_change_unseen(setup: SetUp, tmp_path: Path) -> None:
    """Of everything but the database, and of the bytes around it."""
    done("backup", tmp_path / "one.tar")
    good, bad = (tmp_path / "one.tar").read_bytes(), tmp_path / "bad.tar"
    size = (tmp_path / "one.tar").stat().st_size
    for at in [*range(0, 4_096, 7), *range(size - 1_100, size, 13)]:
        bad.write_bytes(flipped(at)(good))
        assert refused("restore", bad, "--replace")


def test_a_backup_of_the_other_kind_names_the_way(
    any_setup: SetUp, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_sqlite = any_setup.container().settings().database_url.startswith("sqlite")
    other = (
        request.getfixturevalue("postgres_server").create_database() if is_sqlite else f"sqlite:///{tmp_path}/other.db"
    )
    any_setup.set(database_url=other)

    said = refused("restore", backup)

    assert "`chapbook site export` there and `chapbook site import` here" in said
    assert not (tmp_path / "other.db").exists()


@pytest.mark.sql
def test_a_file_that_a_server_has_open_is_not_replaced(setup: SetUp, tmp_path: Path) -> None:
    done("backup", tmp_path / "one.tar")
    site = setup.container()
    assert not site.storage().member_feeds.is_empty()

    said = refused("restore", tmp_path / "one.tar", "--replace")

    assert "is in use" in said
    assert "Stop `chapbook serve` and `chapbook worker`" in said
    site.storage().close()
    done("restore", tmp_path / "one.tar", "--replace")
    assert {path.name for path in (tmp_path / "var").iterdir() if "restoring" in path.name} == set()


@pytest.mark.sql
def test_a_damaged_database_is_replaced_and_kept(setup: SetUp, tmp_path: Path) -> None:
    done("backup", tmp_path / "one.tar")
    path = tmp_path / "var" / "chapbook.db"
    path.write_bytes(b"no database at all. " * 500)
    path.with_name("chapbook.db-wal").write_bytes(b"of another one")

    assert "holds a community" in refused("restore", tmp_path / "one.tar")
    said = done("restore", tmp_path / "one.tar", "--replace")

    (kept,) = path.parent.glob("chapbook.db.before-*Z")
    assert str(kept) in said
    assert kept.read_bytes().startswith(b"no database")
    assert setup.is_well("database", "counters", counters=True)


@pytest.mark.sql
def test_a_damaged_database_gives_no_backup(setup: SetUp, tmp_path: Path) -> None:
    path = tmp_path / "var" / "chapbook.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("INSERT INTO sessions VALUES (1, 99, 'x', 1, '', '2026-01-01 00:00:00')")

    said = refused("backup", tmp_path / "one.tar")

    assert "is damaged" in said
    assert not list(tmp_path.glob("one.tar*"))


@pytest.mark.sql
@pytest.mark.postgres
def test_tables_of_another_program_are_not_dropped(postgres_setup: SetUp, tmp_path: Path) -> None:
    done("backup", tmp_path / "one.tar")
    url = postgres_setup.container().settings().database_url
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE invoices (id int)"))
    before = everything(url)

    said = refused("restore", tmp_path / "one.tar", "--replace")

    assert "tables that are not Chapbook's (invoices)" in said
    assert everything(url) == before


@pytest.mark.sql
@pytest.mark.postgres
def test_a_password_is_in_no_argument(postgres_setup: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url(postgres_setup.container().settings().database_url).set(password="hush%@hush")
    with connected(url.render_as_string(hide_password=False)) as connection:
        connection.execute(text("ALTER ROLE app PASSWORD 'hush%@hush'"))
    postgres_setup.set(database_url=url.render_as_string(hide_password=False))
    kept = tmp_path / "programs"
    kept.mkdir()
    real = postgres_programs.newest("pg_dump", at_least=1)
    lines = ["#!/bin/sh", f'echo "$@" >> {tmp_path}/arguments', f'echo "$PGPASSWORD" >> {tmp_path}/password']
    (kept / "pg_dump").write_text("\n".join([*lines, f'exec {real} "$@"', ""]))
    (kept / "pg_dump").chmod(0o755)
    monkeypatch.setattr(postgres_programs, "DEBIAN", kept)
    monkeypatch.setenv("PATH", str(kept), prepend=":")

    done("backup", tmp_path / "one.tar")

    assert "hush" not in (tmp_path / "arguments").read_text()
    assert "hush%@hush\n" in (tmp_path / "password").read_text()


@pytest.mark.sql
@pytest.mark.postgres
def test_without_programs_of_postgresql_a_sentence_says_what_to_install(
    postgres_setup: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("backup", tmp_path / "one.tar")
    before = everything(postgres_setup.container().settings().database_url)
    with monkeypatch.context() as without:
        without.setattr(postgres_programs, "DEBIAN", tmp_path)
        without.setenv("PATH", str(tmp_path))
        for command in (["backup", tmp_path / "two.tar"], ["restore", tmp_path / "one.tar", "--replace"]):
            said = refused(*command)
            assert "Install the package postgresql-client" in said
    assert not list(tmp_path.glob("two.tar*"))
    assert everything(postgres_setup.container().settings().database_url) == before


def schema_of(url: str) -> str:
    """As pg_dump writes it."""
    program = postgres_programs.newest("pg_dump", at_least=1)
    assert program is not None
    plain = url.replace("+psycopg", "")
    made = subprocess.run([program, "--schema-only", plain], check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in made.splitlines() if "restrict" not in line)


@pytest.mark.sql
@pytest.mark.postgres
def test_a_restored_schema_of_postgresql_is_the_same(
    postgres_setup: SetUp, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_setup.container().settings().database_url
    done("backup", tmp_path / "one.tar")
    elsewhere = postgres_server.create_database()
    postgres_setup.set(database_url=elsewhere)
    done("restore", tmp_path / "one.tar")

    assert schema_of(elsewhere) == schema_of(url)


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.parametrize("attack", ["COMMIT", "DROP TABLE names CASCADE"])
def test_a_statement_that_was_put_into_a_copy_of_postgresql_is_not_run(
    postgres_setup: SetUp, tmp_path: Path, attack: str
) -> None:
    """In the place of one that makes an index, where the copy tells the length of the text. Behind another statement it
    is refused, alone it is left out."""
    done("backup", tmp_path / "one.tar")
    before = everything(postgres_setup.container().settings().database_url)
    index = b"CREATE INDEX ix_posts_author_id_id ON public.posts USING btree (author_id, id);"
    behind = f"CREATE INDEX x ON public.posts (id); {attack};".encode().ljust(len(index))
    alone = f"{attack};".encode().ljust(len(index) - 1) + b"\n"

    (tmp_path / "behind.tar").write_bytes(with_database(index, behind)((tmp_path / "one.tar").read_bytes()))
    said = refused("restore", tmp_path / "behind.tar", "--replace")
    assert "cannot be restored into" in said
    assert "multiple commands" in said
    assert everything(postgres_setup.container().settings().database_url) == before

    (tmp_path / "alone.tar").write_bytes(with_database(index, alone)((tmp_path / "one.tar").read_bytes()))
    done("restore", tmp_path / "alone.tar", "--replace")
    assert everything(postgres_setup.container().settings().database_url)["names"] == before["names"]


def with_database(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """With another database, and its right checksum."""

    def make(good: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(good)) as tar:
            manifest, _, database = (tar.extractfile(info).read() for info in tar)  # type: ignore[union-attr]
        assert database.count(old) == 1
        replaced = database.replace(old, new)
        member = json.loads(manifest)["members"][0] | {"sha256": hashlib.sha256(replaced).hexdigest()}
        return changed(members=[member])(good.replace(database, replaced))

    return make


@pytest.mark.sql
@pytest.mark.postgres
def test_a_view_of_the_operator_prevents_a_restore_in_a_sentence(postgres_setup: SetUp, tmp_path: Path) -> None:
    url = postgres_setup.container().settings().database_url
    with connected(url) as connection:
        connection.execute(text("CREATE VIEW writers AS SELECT author_id FROM posts"))
    done("backup", tmp_path / "one.tar")
    before = everything(url)

    said = refused("restore", tmp_path / "one.tar", "--replace")
    assert "cannot be restored into" in said
    assert "other objects depend on" in said
    assert everything(url) == before

    with connected(url) as connection:
        connection.execute(text("DROP VIEW writers"))
    done("restore", tmp_path / "one.tar", "--replace")
    assert everything(url)["names"] == before["names"]


@pytest.mark.sql
def test_the_journal_of_a_killed_restore_is_not_applied_to_the_next_one(setup: SetUp, tmp_path: Path) -> None:
    done("backup", tmp_path / "one.tar")
    path, other = tmp_path / "var" / "chapbook.db", tmp_path / "other.db"
    upgrade(f"sqlite:///{other}")
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE more AS SELECT randomblob(1000000) AS noise")
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        shutil.copy(f"{other}-journal", f"{path}.restoring-journal")
        connection.execute("ROLLBACK")

    done("restore", tmp_path / "one.tar", "--replace")

    assert setup.is_well("database", "counters", counters=True)
    assert not list(path.parent.glob("*.restoring*"))


# Where backups go.


@pytest.mark.sql
def test_only_the_newest_of_its_own_backups_are_kept(setup: SetUp, tmp_path: Path) -> None:
    folder = tmp_path / "var" / "backups"
    done("backup")
    foreign = ["chapbook.tar", "chapbook-20200101T000000Z.tar.gz", "chapbook-holiday.tar", "a.tar", "chapbook-2020.tar"]
    for name in foreign:
        (folder / name).touch()
    (folder / "chapbook-20200101T000000Z.tar").touch()
    (folder / "chapbook-20200102T000000Z.tar.part").touch()
    for _ in range(3):
        said = done("backup", "--keep", 2)

    assert "Older ones removed: chapbook-" in said
    assert len(backups_in(folder)) == 2
    assert {path.name for path in folder.iterdir()} == {*foreign, *(path.name for path in backups_in(folder))}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert run("backup", tmp_path / "x.tar", "--keep", 2).exit_code == 2
    assert run("backup", "--keep", 0).exit_code == 2


@pytest.mark.sql
def test_the_doctor_says_when_no_backup_has_been_made_for_days(setup: SetUp, tmp_path: Path) -> None:
    folder = tmp_path / "var" / "backups"
    assert setup.is_well("backups")
    folder.mkdir()
    (folder / "chapbook-20200101T000000Z.tar").touch()
    (folder / "foreign.tar").touch()
    assert "is of 2020-01-01 00:00 UTC" in setup.warning("backups")
    done("backup")
    assert setup.is_well("backups")


@pytest.mark.sql
def test_a_file_that_is_there_is_not_written_over(setup: SetUp, tmp_path: Path) -> None:
    (tmp_path / "letter.tar").write_text("Dear Ada")

    assert "is there already" in refused("backup", tmp_path / "letter.tar")
    assert "cannot be written" in refused("backup", tmp_path / "gone" / "one.tar")
    setup.set(backups=str(tmp_path / "letter.tar"))
    assert "letter.tar cannot be used (File exists)" in refused("backup")
    assert (tmp_path / "letter.tar").read_text() == "Dear Ada"
    with writing(tmp_path / "one.tar"):
        assert "Another `chapbook backup` is writing" in refused("backup", tmp_path / "one.tar")


@pytest.mark.sql
def test_a_backup_that_became_whole_meanwhile_is_not_written_over(
    setup: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one opened the same file, and ends before this one has the lock."""

    def end_other(*_: object) -> None:
        (tmp_path / "one.tar.part").write_text("whole")
        (tmp_path / "one.tar.part").rename(tmp_path / "one.tar")

    monkeypatch.setattr("entrypoints.backups.folder.fcntl.flock", end_other)

    with pytest.raises(NotWritten, match="has written"), writing(tmp_path / "one.tar"):
        pass
    assert (tmp_path / "one.tar").read_text() == "whole"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", megabytes=2) as place:
        yield place


@pytest.mark.parametrize("kilobytes", [1_200, 3_000])
def test_a_disk_that_fills_up_meanwhile_leaves_nothing(
    any_setup: SetUp, url: str, small_disk: Path, monkeypatch: pytest.MonkeyPatch, kilobytes: int
) -> None:
    """While the copy goes into the file, and while the database is copied."""
    monkeypatch.setattr(making, "SPARE", -(1 << 40))
    with connected(url) as connection:
        noise = "".join(secrets.token_hex(500) for _ in range(kilobytes * 2))
        # pg_dump compresses this by half.
        size = kilobytes * (2_000 if url.startswith("postgresql") else 1_000)
        connection.execute(text("UPDATE accounts SET about_me = :noise"), {"noise": noise[:size]})

    said = refused("backup", small_disk / "one.tar")

    assert f"The disk of {small_disk} is full" in said
    assert list(small_disk.iterdir()) == []
    assert any_setup.is_well("database")


@pytest.mark.sql
def test_a_restore_onto_a_full_disk_changes_nothing(setup: SetUp, tmp_path: Path, small_disk: Path) -> None:
    done("backup", tmp_path / "one.tar")
    (small_disk / "ballast").write_bytes(bytes(2_000_000))
    setup.set(database_url=f"sqlite:///{small_disk}/chapbook.db")

    said = refused("restore", tmp_path / "one.tar")

    assert f"The disk of the database {small_disk}/chapbook.db is full" in said
    assert not list(small_disk.glob("chapbook.db"))
    assert not list(small_disk.glob("*.restoring*"))


@pytest.mark.sql
def test_a_backup_that_has_no_room_leaves_nothing(
    setup: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "SPARE", 1 << 60)
    assert "There is no room for a backup" in refused("backup", tmp_path / "one.tar")
    assert not list(tmp_path.glob("one.tar*"))


@pytest.mark.sql
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), StorageFault("full", "x", "database or disk is full")]
)
def test_a_disk_that_becomes_full_leaves_nothing(
    setup: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fill_up(_url: str, to: Path, *_: object) -> None:
        to.write_bytes(b"half of it")
        raise error

    monkeypatch.setattr(making, "copy_database", fill_up)

    assert f"The disk of {tmp_path} is full" in refused("backup", tmp_path / "one.tar")
    assert not list(tmp_path.glob("one.tar*"))


@pytest.mark.parametrize("kills", range(4))
def test_a_killed_restore_leaves_a_whole_community(any_setup: SetUp, url: str, backup: Path, kills: int) -> None:
    """The one of before, or the restored one. The next restore goes on."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "entrypoints.cli", "restore", str(backup), "--replace"]
    for moment in range(3):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            time.sleep(0.45 + 0.05 * kills + 0.015 * moment)
            process.kill()
        with connected(url) as connection:
            assert connection.execute(text("SELECT username FROM accounts")).scalar_one() == "ada"

    done("restore", backup, "--replace")
    assert any_setup.is_well("database", "counters", counters=True)


@pytest.mark.sql
@pytest.mark.postgres
def test_a_site_that_runs_on_postgresql_goes_on_with_what_was_restored(postgres_setup: SetUp, tmp_path: Path) -> None:
    done("backup", tmp_path / "one.tar")
    site = postgres_setup.container()
    site.members().create(email="bob@example.com", username="bob", password=PASSWORD, confirmed=True)
    assert site.storage().member_feeds.counts().members == 2

    done("restore", tmp_path / "one.tar", "--replace")

    assert site.storage().member_feeds.counts().members == 1
    site.members().create(email="bob@example.com", username="bob", password=PASSWORD, confirmed=True)
    assert site.storage().member_feeds.counts().members == 2
    site.storage().close()
