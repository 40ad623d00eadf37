"""`deploy` brings every schema that is out there to the newest one, with rows in every table, and loses none."""

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from adapters.sql import deploying
from adapters.sql.checkup import fault_of
from adapters.sql.deploying import migrate, plan_of
from adapters.sql.migrate import migrating, newest_revision, upgrade
from application.storage import StorageFault
from tests.migrations.rows import ROOT, connected, fill, revisions, rows
from tests.postgres import PostgresServer

# The newest revision of each released version. Nothing is released yet; the first line will be "0.1.0".
RELEASED: dict[str, str] = {}


@pytest.mark.parametrize("revision", sorted({*revisions(), *RELEASED.values()}))
def test_a_schema_of_before_is_upgraded_revision_by_revision(url: str, revision: str) -> None:
    upgrade(url, revision)
    fill(url)
    before = rows(url)
    found = [revision]

    for step in plan_of(url).steps:
        migrate(url, step.revision)
        found.append(revision_of(url))
        assert step.title

    assert found == revisions()[revisions().index(revision) :]
    assert fault_of(url) is None
    assert before.items() <= rows(url).items()
    assert plan_of(url).steps == ()


def revision_of(url: str) -> str:
    with connected(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_a_plan_says_whether_there_is_something_to_lose(url: str) -> None:
    assert (plan_of(url).revision, plan_of(url).has_community) == ("", False)
    upgrade(url, "0001")
    assert (plan_of(url).revision, plan_of(url).has_community) == ("0001", False)
    fill(url)
    assert (plan_of(url).revision, plan_of(url).has_community) == ("0001", True)
    assert [step.revision for step in plan_of(url).steps] == revisions()[1:]


@pytest.mark.sql
def test_looking_makes_nothing(tmp_path: Path) -> None:
    plan_of(f"sqlite:///{tmp_path}/var/chapbook.db")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.sql
@pytest.mark.postgres
def test_a_migration_lets_requests_pass_while_it_waits_for_a_table(postgres_server: PostgresServer) -> None:
    """Somebody reads the table for long. Who comes behind the migration waits for a second, not until the end."""
    url = postgres_server.create_database()
    upgrade(url, "0002")
    fill(url)
    waits: list[str] = []

    with connected(url) as reader:
        reader.execute(text("SELECT count(*) FROM posts"))

        def look() -> None:
            waits.append("waits")
            with connected(url) as other:
                other.execute(text("SET lock_timeout = '100ms'"))
                other.execute(text("UPDATE posts SET title = 'written meanwhile'"))
            reader.rollback()

        migrate(url, "0003", on_busy=look)

    assert waits == ["waits"]
    assert revision_of(url) == "0003"


@pytest.mark.sql
@pytest.mark.postgres
def test_a_migration_gives_up_in_the_end(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres_server.create_database()
    upgrade(url, "0002")
    monkeypatch.setattr(deploying, "FOR_THE_SITE", 0.1)

    with connected(url) as reader:
        reader.execute(text("SELECT count(*) FROM posts"))
        with pytest.raises(StorageFault) as refused:
            migrate(url, "0003")

    assert refused.value.code == "busy"
    migrate(url)
    assert revision_of(url) == newest_revision()


def test_an_index_is_made_while_the_site_writes_as_the_guide_says(url: str, tmp_path: Path) -> None:
    """Another transaction is open meanwhile, and the revision was interrupted once."""
    guide = (ROOT / "docs" / "building" / "migrations.md").read_text(encoding="utf-8")
    lines = re.findall(r"^      (    op\..+|with op\..+)$", guide, flags=re.MULTILINE)
    assert len(lines) == 3
    body = "".join(f"    {line}\n" for line in lines)
    head = newest_revision()
    (tmp_path / "planted.py").write_text(
        f'from alembic import op\nrevision = "planted"\ndown_revision = "{head}"\n\n\ndef upgrade():\n{body}'
    )
    upgrade(url)
    fill(url)
    with connected(url) as connection:
        connection.execute(text("CREATE INDEX ix_posts_title ON posts (title)"))

    # A deploy that holds its lock has a transaction open, and must not wait for itself.
    with deploying.alone(url), migrating(url) as config:
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{ROOT / 'migrations' / 'versions'}\n{tmp_path}")
        command.upgrade(config, "planted")

    assert revision_of(url) == "planted"
    with connected(url) as connection:
        assert "ix_posts_title" in {index["name"] for index in inspect(connection).get_indexes("posts")}
    assert rows(url)["posts"] == 1
