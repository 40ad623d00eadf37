"""Every revision goes up, down and up again on a database with rows in every table, and loses none that can stay."""

import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adapters.sql import deploying, migrate
from adapters.sql.checkup import fault_of
from adapters.sql.engine import Database
from adapters.sql.members import SqlMemberFeeds
from adapters.sql.outbox import SqlOutboxFeeds
from adapters.sql.overview import SqlOverviewFeeds
from adapters.sql.people import SqlPeopleFeeds
from adapters.sql.storage import sql_storage
from adapters.sql.tables import metadata
from application.ports.paging import Window
from application.storage import StorageFault
from domain.errors import AlreadyTaken
from domain.identifiers import Email
from domain.ids import make_id
from domain.mailing import Failure
from domain.members import names_pattern, search_pattern
from domain.outbox import Stage
from domain.overview import Daily, Series
from tests.migrations.rows import ROOT, connected, fill, revisions, rows, scripts, tables_of, value
from tests.postgres import PostgresServer

BASE = "base"


def test_the_migrations_have_one_head_and_no_branches() -> None:
    found = scripts()

    assert len(found.get_heads()) == 1
    assert len(found.get_bases()) == 1
    assert all(not script.is_branch_point and not script.is_merge_point for script in found.walk_revisions())


def test_every_revision_goes_up_down_and_up_again_with_rows_in_every_table(url: str) -> None:
    before, kept = BASE, dict[str, int]()
    for revision in revisions():
        migrate.upgrade(url, revision)
        assert kept.items() <= rows(url).items()
        fill(url)
        full = rows(url)
        assert set(full.values()) == {1}

        migrate.downgrade(url, before)
        down = rows(url)
        assert down == {table: 1 for table in full if table in kept}

        migrate.upgrade(url, revision)
        assert {table: number for table, number in rows(url).items() if table in kept} == down
        fill(url)
        before, kept = revision, rows(url)

    assert rows(url) == dict.fromkeys(metadata.tables, 1)


def test_downgrading_to_the_base_removes_every_table(url: str) -> None:
    migrate.upgrade(url)
    fill(url)

    migrate.downgrade(url, BASE)

    assert rows(url) == {}


def test_upgrading_twice_changes_nothing(url: str) -> None:
    migrate.upgrade(url)
    fill(url)

    migrate.upgrade(url)

    assert rows(url) == dict.fromkeys(metadata.tables, 1)


def test_two_processes_that_upgrade_at_once_both_succeed(url: str) -> None:
    """As `deploy` does it. An index that is made CONCURRENTLY waits for no lock of a transaction."""
    program = (
        "import sys; from adapters.sql.deploying import alone, migrate; print('ready'); input()\n"
        "with alone(sys.argv[1]): migrate(sys.argv[1])"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-u", "-c", program, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()

    ended = [(*each.communicate(timeout=60), each.returncode) for each in both]

    assert [(errors, status) for _, errors, status in ended] == [("", 0), ("", 0)]
    assert fault_of(url) is None


def test_a_deploy_waits_for_another_one_for_a_while(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.upgrade(url)
    monkeypatch.setattr(deploying, "FOR_ANOTHER", 0.1)
    waited: list[str] = []

    with (
        deploying.alone(url),
        pytest.raises(StorageFault) as refused,
        deploying.alone(url, on_wait=lambda: waited.append("waits")),
    ):
        pass

    assert refused.value.code == "busy"
    assert waited == ["waits"]
    with deploying.alone(url):
        pass


def test_a_database_is_current_at_the_newest_revision_only(url: str) -> None:
    assert fault_of(url) is not None
    migrate.upgrade(url)
    assert fault_of(url) is None
    migrate.downgrade(url, BASE)
    assert fault_of(url) is not None


@pytest.mark.sql
def test_checking_whether_a_database_is_current_does_not_create_it(tmp_path: Path) -> None:
    assert fault_of(f"sqlite:///{tmp_path}/gone/chapbook.db") is not None

    assert list(tmp_path.iterdir()) == []


@pytest.mark.sql
def test_a_missing_folder_is_created(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/deep/chapbook.db"

    migrate.upgrade(url)

    assert fault_of(url) is None


@pytest.mark.sql
def test_rows_with_a_missing_parent_are_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chapbook.db"
    migrate.upgrade(url)
    fill(url)
    with connected(url) as connection:
        connection.execute(text("DELETE FROM accounts"))

    with pytest.raises(migrate.BrokenKeys, match="the first in table"):
        migrate.upgrade(url)
    with pytest.raises(migrate.BrokenKeys), planted(tmp_path, url) as config:
        command.upgrade(config, "head")

    assert fault_of(url) is None


REBUILDS_ACCOUNTS = """
import sqlalchemy as sa
from alembic import op

revision = "planted"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("accounts", recreate="{recreate}") as accounts:
        accounts.add_column(sa.Column("planted", sa.String(20), nullable=False, server_default="yes"))


def downgrade():
    with op.batch_alter_table("accounts", recreate="{recreate}") as accounts:
        accounts.drop_column("planted")
"""


@contextmanager
def planted(directory: Path, url: str) -> Iterator[Config]:
    """What Alembic is given, with one more revision, which makes the table anew that most others point to."""
    script = REBUILDS_ACCOUNTS.format(
        head=scripts().get_current_head(), recreate="always" if url.startswith("sqlite") else "auto"
    )
    versions = directory / "versions"
    versions.mkdir(exist_ok=True)
    (versions / "planted.py").write_text(script, encoding="utf-8")
    with migrate.migrating(url) as config:
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{ROOT / 'migrations' / 'versions'}\n{versions}")
        yield config


def test_a_recreated_table_keeps_its_rows_and_those_that_refer_to_it(url: str, tmp_path: Path) -> None:
    migrate.upgrade(url)
    fill(url)

    with planted(tmp_path, url) as config:
        command.upgrade(config, "head")
    with connected(url) as connection:
        assert connection.execute(text("SELECT planted FROM accounts")).scalar_one() == "yes"
    assert rows(url) == dict.fromkeys(metadata.tables, 1)

    with planted(tmp_path, url) as config:
        command.downgrade(config, "-1")
    assert rows(url) == dict.fromkeys(metadata.tables, 1)
    with migrate.migrating(url) as config:
        command.check(config)


def test_jobs_of_the_outbox_survive_the_second_revision_both_ways(url: str) -> None:
    def insert(kinds: dict[int, str]) -> None:
        at = datetime(2026, 1, 5, 12, tzinfo=UTC)
        with connected(url) as connection:
            (outbox,) = (table for table in tables_of(connection) if table.name == "outbox")
            rest = {"address": "a@b.co", "language": "en", "state": "waiting", "attempts": 1, "due_at": at}
            for id, kind in kinds.items():
                connection.execute(outbox.insert().values(id=id, kind=kind, account_id=id, last_error="", **rest))

    def waiting(column: str) -> list[Any]:
        with connected(url) as connection:
            found = connection.execute(text(f"SELECT id, kind, account_id, {column} FROM outbox ORDER BY id"))
            return [tuple(row) for row in found]

    migrate.upgrade(url, "0001")
    insert({1: "welcome", 2: "erase_all"})
    migrate.upgrade(url, "0002")
    # A process of the version before may still be running: it names none of the new columns.
    insert({3: "confirm"})
    assert waiting("priority") == [(1, "welcome", 1, 0), (2, "erase_all", 2, 1), (3, "confirm", 3, 0)]

    migrate.downgrade(url, "0001")
    assert waiting("attempts") == [(1, "welcome", 1, 1), (2, "erase_all", 2, 1), (3, "confirm", 3, 1)]


def test_usernames_from_before_the_fourth_revision_are_kept_both_ways(url: str) -> None:
    def add(id: int, username: str) -> None:
        """As a process of the version before, which names no new column and may still be running."""
        given = {"id": id, "username": username, "username_key": username.lower(), "email_key": f"{username}@b.co"}
        given |= {"role": "User", "language": "en", "theme": "auto"}
        with connected(url) as connection:
            (accounts,) = (table for table in tables_of(connection) if table.name == "accounts")
            named = {column.name: value(column.type) for column in accounts.c if column.name != "renamed_at"}
            connection.execute(accounts.insert().values(named | given))

    def names() -> list[Any]:
        with connected(url) as connection:
            return [tuple(row) for row in connection.execute(text("SELECT key, account_id FROM names ORDER BY key"))]

    migrate.upgrade(url, "0003")
    add(1, "Ada")
    add(2, "bob")
    migrate.upgrade(url, "0004")
    add(3, "Cyd")
    assert names() == [("ada", 1), ("bob", 2)]
    migrate.upgrade(url, "head")
    with contextlib.closing(Database(url)) as database:
        open_work = sql_storage(database).unit_of_work
        with open_work() as work:
            cyd = work.accounts.find_by_username("cyd")
            assert cyd is not None
            with pytest.raises(AlreadyTaken):
                work.accounts.add(replace(cyd, id=4, email=Email("new@example.com")))
        with open_work() as work:
            work.accounts.save(cyd)
            work.commit()
    assert names() == [("ada", 1), ("bob", 2), ("cyd", 3)]

    migrate.downgrade(url, "0003")
    migrate.upgrade(url, "0004")
    assert names() == [("ada", 1), ("bob", 2), ("cyd", 3)]


def test_texts_from_before_the_third_revision_are_of_no_version(url: str) -> None:
    def add(id: int) -> None:
        """As a process of the version before, which names no new column and may still be running."""
        values = {"id": id, "author_id": 1, "post_id": id, "cut": True, "hidden": False, "version": 1}
        with connected(url) as connection:
            for table in tables_of(connection):
                if table.name in ("posts", "comments"):
                    named = {column.name: value(column.type) for column in table.c if column.name != "html_version"}
                    known = {name: given for name, given in values.items() if name in named}
                    connection.execute(table.insert().values(named | known))

    def versions(table: str) -> list[Any]:
        with connected(url) as connection:
            return [tuple(row) for row in connection.execute(text(f"SELECT id, html_version FROM {table} ORDER BY id"))]

    migrate.upgrade(url, "0002")
    fill(url)
    migrate.upgrade(url, "0003")
    add(2)
    assert versions("posts") == versions("comments") == [(1, 0), (2, 0)]

    migrate.downgrade(url, "0002")
    add(3)
    migrate.upgrade(url, "0003")
    assert versions("posts") == versions("comments") == [(1, 0), (2, 0), (3, 0)]


def test_the_fifth_revision_finds_counts_and_sorts_what_is_there(url: str) -> None:
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def add(table: str, **given: object) -> None:
        """As a process of the version before, which names no new column and may still be running."""
        new = {"search_text", "stage", "is_mail", "failure", "tried_at"}
        with connected(url) as connection:
            (found,) = (each for each in tables_of(connection) if each.name == table)
            named = {column.name: value(column.type) for column in found.c if column.name not in new}
            connection.execute(found.insert().values(named | given))

    def account(id: int, name: str, **given: object) -> None:
        names = {"username": name, "username_key": name.lower(), "email": f"{name}@b.co", "email_key": f"{name}@b.co"}
        standing = {"confirmed": True, "disabled": False, "deleted": False, "role": "User"}
        add("accounts", id=id, name="Gräfin", **(names | standing | given))

    def job(id: int, kind: str, state: str, error: str) -> None:
        rest = {
            "due_at": datetime.now(UTC) + timedelta(hours=1) if state == "waiting" else at,
            "leased_until": None,
            "again_at": None,
            "key": "",
        }
        add("outbox", id=id, kind=kind, state=state, last_error=error, **rest)

    migrate.upgrade(url, "0003")
    account(1, "Ada")
    account(2, "gone", deleted=True)
    account(3, "bob", confirmed=False)
    for id, (kind, state, error) in enumerate(
        [
            ("confirm", "waiting", ""),
            ("confirm", "waiting", "away"),
            ("confirm", "sent", "away"),
            ("erase_all", "dropped", ""),
            ("erase_all", "waiting", "busy"),
            ("confirm", "given_up", "unknown"),
        ],
        start=1,
    ):
        job(id, kind, state, error)
    migrate.upgrade(url)
    account(4, "late", admission="admitted")

    database = Database(url)
    members, outbox = SqlMemberFeeds(database), SqlOutboxFeeds(database)
    found = {
        typed: [card.id for card in members.search(None, search_pattern(typed) or "", Window(9)).items]
        for typed in ("ADA", "gone", "GRÄF", "", "late")
    }
    # Who joins before the old processes are gone is found when the account is saved again.
    assert found == {"ADA": [1], "gone": [], "GRÄF": [3, 1], "": [4, 3, 1], "late": []}
    assert members.counts().members == 2
    assert members.counts().unconfirmed == 1
    listed = {
        (stage, mails): [card.id for card in outbox.latest(Window(9), stage=stage, mails=mails).items]
        for stage in Stage
        for mails in (True, False)
    }
    assert {key: ids for key, ids in listed.items() if ids} == {
        (Stage.WAITING, True): [1],
        (Stage.FAILING, True): [2],
        (Stage.FAILING, False): [5],
        (Stage.DONE, True): [3],
        (Stage.DONE, False): [4],
        (Stage.GIVEN_UP, True): [6],
    }
    health = outbox.mail_health()
    assert (health.failing, health.given_up, health.last_error, health.sent_at) == (1, 1, "away", at)
    assert health.failure is Failure.SERVER
    # The next attempt lies ahead, and the last one does not.
    assert health.failed_at is not None
    assert at < health.failed_at <= datetime.now(UTC)
    database.close()

    migrate.downgrade(url, "0003")
    migrate.upgrade(url)
    database = Database(url)
    members = SqlMemberFeeds(database)
    assert [card.id for card in members.search(None, search_pattern("late") or "", Window(9)).items] == [4]
    assert members.counts().members == 3
    database.close()


@pytest.mark.parametrize(
    "obstacle", ["people_search_config", "ix_accounts_id_listed", "ix_comments_author_id_id_listed"]
)
def test_people_are_listed_though_their_revision_was_interrupted(url: str, obstacle: str) -> None:
    """By a table that has the name of something that the revision makes. What it did until then may be kept."""
    if obstacle == "people_search_config" and not url.startswith("sqlite"):
        obstacle = "ix_accounts_names_text"
    migrate.upgrade(url, "0024")
    with connected(url) as connection:
        add_accounts(connection, "Ada", "left")
        connection.execute(text("UPDATE accounts SET deleted = TRUE WHERE username = 'left'"))
        connection.execute(text(f"CREATE TABLE {obstacle} (id INTEGER)"))

    for _ in range(2):
        with pytest.raises(DBAPIError):
            migrate.upgrade(url, "0025")
    with connected(url) as connection:
        # The version before runs on.
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0024"
        add_accounts(connection, "bob", without=("names_text",), first=3)
        connection.execute(text(f"DROP TABLE {obstacle}"))
    migrate.upgrade(url)

    assert people_found(url, "") == ["bob", "Ada"]
    assert people_found(url, "ada") == ["Ada"]
    assert people_found(url, "bob") == ["bob"]
    with migrate.migrating(url) as config:
        command.check(config)
    with connected(url) as connection:
        connection.execute(text("UPDATE accounts SET names_text = '' WHERE username = 'Ada'"))
    assert people_found(url, "ada") == []


@pytest.mark.sql
@pytest.mark.postgres
def test_accounts_change_while_the_revision_of_people_fills_them(postgres_server: PostgresServer) -> None:
    """It stands at an account of the second batch until it is killed. The first batch is kept and free meanwhile."""
    url = postgres_server.create_database()
    migrate.upgrade(url, "0024")
    with connected(url) as connection:
        add_accounts(connection, *(f"m{number}" for number in range(1, 1_002)))
        connection.execute(text(STANDS_AT_THE_LAST))
    stands = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'")

    with ThreadPoolExecutor(1) as pool, connected(url) as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(1)"))
        migration = pool.submit(migrate.upgrade, url, "0025")
        try:
            until(lambda: asked(url, stands))
            with connected(url) as other:
                other.execute(text("SET lock_timeout = '1s'"))
                other.execute(text("UPDATE accounts SET names_text = 'its own' WHERE id = 1"))
                assert other.execute(text("SELECT id FROM accounts WHERE names_text = ''")).scalars().all() == [1_001]
        finally:
            for pid in asked(url, stands):
                asked(url, text(f"SELECT pg_terminate_backend({pid})"))
        with pytest.raises(SQLAlchemyError):
            migration.result(timeout=30)
    migrate.upgrade(url)

    assert asked(url, text("SELECT id FROM accounts WHERE names_text = ''")) == []
    assert asked(url, text("SELECT names_text FROM accounts WHERE id IN (1, 1001) ORDER BY id")) == [
        "its own",
        "\n\nm1001\n\nx",
    ]


STANDS_AT_THE_LAST = """
CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN new; END';
CREATE TRIGGER stand BEFORE UPDATE ON accounts FOR EACH ROW WHEN (new.id = 1001) EXECUTE FUNCTION stand()
"""


def add_accounts(connection: Connection, *usernames: str, without: tuple[str, ...] = (), first: int = 1) -> None:
    (accounts,) = (table for table in tables_of(connection) if table.name == "accounts")
    given = {column.name: value(column.type) for column in accounts.c if column.name not in without}
    given |= {"disabled": False, "deleted": False, "admission": "admitted", "role": "User", "suspended_until": None}
    for id, name in enumerate(usernames, start=first):
        names = {"username": name, "username_key": name.lower(), "email": f"{name}@b.co", "email_key": f"{name}@b.co"}
        connection.execute(accounts.insert().values(given | names | {"id": id}))


def people_found(url: str, typed: str) -> list[str]:
    with contextlib.closing(Database(url)) as database:
        found = SqlPeopleFeeds(database).people(None, names_pattern(typed) or "", Window(9), datetime.now(UTC))
    return [profile.username for profile in found.items]


def asked(url: str, question: TextClause) -> list[Any]:
    with connected(url) as connection:
        return list(connection.execute(question).scalars())


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_days_of_the_overview_are_counted_from_what_is_there(url: str) -> None:
    """The last two months only. Who waits, or has not confirmed, has not signed up."""
    now = datetime.now(UTC)
    today, before, long_ago = now, now - timedelta(days=3), now - timedelta(days=90)
    numbers = itertools.count()

    def add(table: str, at: datetime, **given: object) -> int:
        id = make_id(at, next(numbers))
        with connected(url) as connection:
            (found,) = (each for each in tables_of(connection) if each.name == table)
            own = {column.name: value(column.type) for column in found.c} | {"id": id}
            connection.execute(found.insert().values(own | given))
        return id

    def account(at: datetime, name: str, **given: object) -> int:
        names = {"username": name, "username_key": name, "email": f"{name}@b.co", "email_key": f"{name}@b.co"}
        return add("accounts", at, **(names | {"confirmed": True, "admission": "admitted"} | given))

    migrate.upgrade(url, "0025")
    ada = account(before, "ada")
    account(today, "bob", confirmed=False)
    account(today, "cyd", admission="approval")
    account(long_ago, "dan")
    entry = {"hidden_by": None, "deleted_by": None}
    posts = [add("posts", at, author_id=ada, **entry) for at in (today, before, before, long_ago)]
    add("comments", today, author_id=ada, post_id=posts[0], reply_to=None, **entry)
    for stage, kind in (("done", "confirm"), ("failing", "confirm"), ("done", "probe")):
        add("outbox", today, account_id=ada, stage=stage, kind=kind, is_mail=kind == "confirm", key="")

    migrate.upgrade(url)

    database = Database(url)
    days = SqlOverviewFeeds(database).days(long_ago.date(), today.date())
    database.close()
    assert days == {
        Daily.at(Series.SIGN_UPS, before): 1,
        Daily.at(Series.POSTS, today): 1,
        Daily.at(Series.POSTS, before): 2,
        Daily.at(Series.COMMENTS, today): 1,
        Daily.at(Series.MAILS, today): 1,
    }
    with connected(url) as connection:
        connection.execute(text("INSERT INTO site_totals (name, shard, amount) VALUES ('posts', 0, 4)"))
    migrate.downgrade(url, "0025")
    with connected(url) as connection:
        assert connection.execute(text("SELECT name FROM site_totals")).scalars().all() == ["posts"]
