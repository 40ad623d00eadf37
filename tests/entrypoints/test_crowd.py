"""The demo of any size: that it is as if its members had written it, that it is the same again, and that it is there as
a whole or not at all."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, select

from adapters.markdown.rendering import InlineRenderer
from adapters.sql.checkup import fault_of
from adapters.sql.engine import Database
from adapters.sql.filling.storing import SqlFilling
from adapters.sql.moving import MOVES
from adapters.sql.storage import sql_storage
from adapters.sql.tables import accounts, comments, metadata, notifications, posts, site_totals
from application.ports.filling import Crowd
from application.ports.moving.records import KINDS
from application.ports.moving.storing import NotEmpty
from application.ports.paging import Window
from application.storage import StorageFault
from domain.ids import time_of
from domain.roles import Role
from domain.searching.queries import Query
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.demo import ADMIN_EMAIL, administrator_password, password_works
from entrypoints.demo.crowd import BadSize, Size, crowd_of, sights_of
from tests.entrypoints.conftest import SetUp
from tests.postgres import PostgresServer

UNTIL = date(2026, 3, 14)
SMALL = Size(users=60, posts=150, comments=400, follows=300, seed=1, until=UNTIL)
ROOT = Path(__file__).parent.parent.parent
BOTH = [
    pytest.param("sqlite", marks=pytest.mark.sql),
    pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
]


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks how far it is."""


def crowd_like(size: Size) -> Crowd:
    return crowd_of(size, renderer=InlineRenderer(), password_hash="no password", progress=silent)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return crowd_like(SMALL)


@pytest.fixture
def empty_file(tmp_path: Path, migrated_file: Path) -> str:
    shutil.copy(migrated_file, tmp_path / "empty.db")
    return f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture
def empty_server(migrated_url: str, postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create_database(template=migrated_url)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    found: str = request.getfixturevalue("empty_file" if request.param == "sqlite" else "empty_server")
    return found


@pytest.fixture
def setup(bare: SetUp, url: str) -> SetUp:
    bare.set(database_url=url, rate_limits="off")
    return bare


@pytest.fixture
def container(setup: SetUp) -> Iterator[Container]:
    """Of the database. Nothing is opened before it is used."""
    found = setup.container()
    yield found
    found.storage().close()


def rows_of(url: str) -> dict[str, list[Any]]:
    """Everything in the database, by table."""
    database = Database(url)
    with database.connected() as connection:
        found = {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }
    database.close()
    return found


def column(url: str, of: Any) -> list[Any]:
    database = Database(url)
    found = [row[0] for row in database.rows(select(of).order_by(of.table.c.id))]
    database.close()
    return found


def indexes_of(url: str) -> set[str]:
    database = Database(url)
    found = {str(index["name"]) for names in inspect(database.engine).get_multi_indexes().values() for index in names}
    database.close()
    return found


def test_no_counter_has_drifted(container: Container, crowd: Crowd, url: str) -> None:
    SqlFilling(url).fill(crowd, silent)
    mending = container.mending()

    assert [drift for compared in mending.compare_counters() for drift in compared.drifts] == []
    assert [stale for part in mending.stale_texts() for stale in part.wrong] == []
    assert not mending.is_index_behind()
    assert sum(column(url, accounts.c.post_count)) == SMALL.posts
    assert sum(column(url, accounts.c.comment_count)) == sum(column(url, posts.c.comment_count)) == SMALL.comments
    assert sum(column(url, accounts.c.follower_count)) == sum(column(url, accounts.c.following_count)) == SMALL.follows
    assert sum(column(url, posts.c.like_count)) > 0 < sum(column(url, comments.c.like_count))


def test_the_index_of_the_search_is_what_would_be_made_anew(container: Container, url: str) -> None:
    """With more comments than one part of the index has."""
    size = Size(users=60, posts=20, comments=9_000, follows=300, seed=1, until=UNTIL)
    SqlFilling(url).fill(crowd_like(size), silent)
    searching = container.searching()
    made = rows_of(url)
    assert len(made["search_segments"]) == 2

    searching.look()
    assert container.storage().outbox_feeds.latest(Window(10)).items == ()
    *_, last = searching.rebuild()

    assert last.done == last.total == 9_020
    again = rows_of(url)
    assert again["posts"] == made["posts"]
    assert again["comments"] == made["comments"]
    assert [row for row in again["search_segments"] if row[1] > 1] == made["search_segments"]


def test_posts_and_members_are_found(container: Container, crowd: Crowd, url: str) -> None:
    SqlFilling(url).fill(crowd, silent)
    storage = container.storage()
    written = (crowd.post_texts[place][0] for place in reversed(crowd.posts.text))
    text = next(text for text in written if text.tags and text.title)

    found = storage.search_feeds.posts(None, Query.parse(f'"{text.title}"'), Window(50))
    assert text.title in {post.title for post in found.page.items}
    tagged = storage.tag_feeds.posts(None, text.tags[0], Window(1_000))
    assert tagged.tag.post_count == len(tagged.page.items) > 0
    assert storage.people_feeds.profile(None, "follows_10").following_count == 6


def test_a_move_into_another_database_finds_nothing_wrong_and_counts_the_same(
    setup: SetUp, crowd: Crowd, url: str, migrated_file: Path
) -> None:
    """An import refuses what does not fit together, and counts everything anew."""
    SqlFilling(url).fill(crowd, silent)
    assert CliRunner().invoke(cli, ["site", "export", "moved.jsonl"]).exit_code == 0
    shutil.copy(migrated_file, "moved.db")
    setup.set(database_url="sqlite:///moved.db")
    assert CliRunner().invoke(cli, ["site", "import", "moved.jsonl"]).exit_code == 0

    for kind in KINDS:
        if kind in MOVES:
            table = MOVES[kind].table
            names = [name for name in (each.name for each in table.c) if not name.startswith("search_")]
            assert chosen("sqlite:///moved.db", table, names) == chosen(url, table, names)
    assert summed("sqlite:///moved.db") == summed(url)


def chosen(url: str, table: Any, names: list[str]) -> list[Any]:
    database = Database(url)
    found = sorted(map(tuple, database.rows(select(*(table.c[name] for name in names)))), key=repr)
    database.close()
    return found


def summed(url: str) -> Counter[str]:
    totals = Counter[str]()
    for name, _, amount in chosen(url, site_totals, ["name", "shard", "amount"]):
        totals[name] += amount
    return totals


@pytest.mark.sql
@pytest.mark.postgres
def test_the_same_numbers_make_the_same_rows_in_each_database(crowd: Crowd, empty_file: str, empty_server: str) -> None:
    SqlFilling(empty_file).fill(crowd, silent)
    SqlFilling(empty_server).fill(crowd_like(SMALL), silent)

    assert rows_of(empty_file) == rows_of(empty_server)


def test_another_seed_and_another_day_make_other_rows(crowd: Crowd) -> None:
    sizes = {"users": 60, "posts": 150, "comments": 400, "follows": 300}
    later = crowd_like(Size(**sizes, seed=1, until=UNTIL + timedelta(days=1)))
    other = crowd_like(Size(**sizes, seed=2, until=UNTIL))

    shift = [after - before for before, after in zip(crowd.posts.id, later.posts.id, strict=True)]
    assert {time_of(each) - time_of(0) for each in shift} == {timedelta(days=1)}
    assert list(later.posts.author_id) != list(crowd.posts.author_id)
    assert list(other.posts.text) != list(crowd.posts.text)


def test_nothing_happens_before_somebody_joined_or_after_the_end(crowd: Crowd) -> None:
    end = datetime(2026, 3, 14, tzinfo=UTC)
    seen = {account.id: account.last_seen_at for account in crowd.accounts}
    acts = [
        *zip(crowd.posts.id, crowd.posts.author_id, strict=True),
        *zip(crowd.comments.id, crowd.comments.author_id, strict=True),
        *zip(crowd.follows.id, crowd.follows.follower_id, strict=True),
        *zip(crowd.post_likes.id, crowd.post_likes.account_id, strict=True),
        *zip(crowd.comment_likes.id, crowd.comment_likes.account_id, strict=True),
    ]

    assert all(time_of(member) <= time_of(id) <= seen[member] < end for id, member in acts)
    assert all(id >= post for id, post in zip(crowd.comments.id, crowd.comments.post_id, strict=True))
    assert all(id >= thing for id, thing in zip(crowd.comment_likes.id, crowd.comment_likes.thing_id, strict=True))
    assert min(time_of(id) for id, _ in acts) > end - timedelta(days=735)
    for rows in (crowd.posts, crowd.comments, crowd.follows, crowd.post_likes, crowd.comment_likes):
        assert list(rows.id) == sorted(set(rows.id))


def test_texts_differ_and_have_the_length_of_posts() -> None:
    crowd = crowd_like(Size(users=60, posts=3_000, comments=3_000, follows=300, seed=1, until=UNTIL))
    bodies = [text.body for text, _ in crowd.post_texts]

    assert len(set(bodies)) == len({each.body for each in crowd.comment_texts}) == 2_000
    assert all(300 <= len(body) <= 1_500 for body in bodies)
    assert {text for text, _ in crowd.post_texts if not text.tags}
    assert len({tag for text, _ in crowd.post_texts for tag in text.tags}) == len(crowd.tags) > 30


def test_a_few_have_most_of_it_and_the_known_ones_follow_so_many() -> None:
    crowd = crowd_like(Size(users=1_000, posts=2_000, comments=3_000, follows=50_000, seed=1, until=UNTIL))
    names = {account.username: account.id for account in crowd.accounts}
    following, followers = Counter(crowd.follows.follower_id), Counter(crowd.follows.followed_id)
    writers = {*crowd.posts.author_id, *crowd.comments.author_id}
    followed = {
        followed
        for follower, followed in zip(crowd.follows.follower_id, crowd.follows.followed_id, strict=True)
        if follower == names["follows_silent"]
    }

    known = ("follows_200", "follows_10", "follows_nobody", "follows_silent", "follows_many")
    assert [following[names[name]] for name in known] == [200, 10, 0, 100, 500]
    assert not followed & writers
    assert not {names[name] for name in known} & writers
    assert max(followers.values()) == max(following.values()) == 500
    assert sorted(followers.values())[len(followers) // 2] < 60
    written = Counter(crowd.posts.author_id)
    assert sum(number for _, number in written.most_common(len(names) // 20)) > len(crowd.posts.id) * 0.25
    assert len(set(zip(crowd.follows.follower_id, crowd.follows.followed_id, strict=True))) == 50_000
    assert [sight.number for sight in sights_of(crowd)][:5] == [200, 10, 0, 100, 500]


def test_what_was_told_before_the_last_visit_is_read(crowd: Crowd, url: str) -> None:
    SqlFilling(url).fill(crowd, silent)
    told = rows_of(url)["notifications"]
    database = Database(url)
    rows = database.rows(select(notifications, accounts.c.last_seen_at).join(accounts))
    database.close()

    assert len(told) == len(rows) > 100
    assert {row.unread for row in rows} == {True, False}
    assert all(row.mail_at is None and row.mail_id is None for row in rows)
    assert all(time_of(row.last_id) <= row.last_seen_at for row in rows if not row.unread)


def test_the_days_of_the_overview_count_all_of_it(container: Container, crowd: Crowd, url: str) -> None:
    SqlFilling(url).fill(crowd, silent)
    days = container.storage().overview_feeds.days(UNTIL - timedelta(days=735), UNTIL)

    assert sum(days.values()) == SMALL.users + SMALL.posts + SMALL.comments
    shards = [row for row in rows_of(url)["site_totals"] if row[0] == "comments"]
    assert len(shards) > 1


@pytest.mark.parametrize("what", ["posts", "notifications", "index"])
def test_a_filling_that_is_killed_leaves_an_empty_store_that_can_be_filled(url: str, crowd: Crowd, what: str) -> None:
    indexes = indexes_of(url)
    script = (
        "import os, signal, sys\n"
        "from tests.entrypoints.test_crowd import SMALL, crowd_like\n"
        "from adapters.sql.filling.storing import SqlFilling\n"
        "def die(what, done, total):\n"
        "    if what.startswith(sys.argv[2]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "SqlFilling(sys.argv[1]).fill(crowd_like(SMALL), die)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, url, what], cwd=ROOT, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert killed.returncode == -signal.SIGKILL

    assert fault_of(url) is None
    assert all(rows == [] for rows in rows_of(url).values())
    assert indexes_of(url) == indexes
    SqlFilling(url).fill(crowd, silent)
    assert len(rows_of(url)["posts"]) == SMALL.posts
    assert indexes_of(url) == indexes


def test_a_store_with_members_is_left_alone(url: str, crowd: Crowd) -> None:
    SqlFilling(url).fill(crowd, silent)
    before = rows_of(url)

    with pytest.raises(NotEmpty):
        SqlFilling(url).fill(crowd, silent)

    assert rows_of(url) == before


@pytest.mark.sql
def test_a_file_that_somebody_has_open_is_left_alone(empty_file: str, crowd: Crowd) -> None:
    database = Database(empty_file)
    with database.connected() as connection:
        connection.execute(select(accounts.c.id))
        with pytest.raises(StorageFault) as refused:
            SqlFilling(empty_file).fill(crowd, silent)
    assert sql_storage(database).member_feeds.is_empty()
    database.close()

    assert refused.value.code == "in_use"


@pytest.mark.sql
def test_sqlite_writes_its_log_again_and_has_no_statistics(empty_file: str, crowd: Crowd) -> None:
    """As a database that has grown by itself."""
    SqlFilling(empty_file).fill(crowd, silent)

    with closing(sqlite3.connect(empty_file.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", *arguments], prog_name="chapbook")


NUMBERS = ("--users", "60", "--posts", "150", "--comments", "400", "--follows", "300")


def test_the_command_says_how_to_sign_in_and_whom_measurements_know(container: Container) -> None:
    result = run(*NUMBERS, "--until", "2026-03-14")

    assert result.exit_code == 0, result.output
    assert "Administrator: admin@example.com (librarian)" in result.output
    assert "follows_silent" in result.output
    assert "Storing posts" in result.output
    assert password_works(container, administrator_password())
    assert container.credentials().find(email="follows_10@example.com", password=administrator_password()) is not None
    assert container.credentials().find(email=ADMIN_EMAIL, password="a horse, a battery") is None
    cards = container.storage().member_feeds.search(None, "", Window(100), role=Role.ADMINISTRATOR)
    assert [member.username for member in cards.items] == ["librarian"]
    assert "There are members already" in run(*NUMBERS).output


def test_the_numbers_have_to_be_all_there_and_to_fit(container: Container) -> None:
    assert "needs --users, --posts, --comments and --follows" in run("--users", "60").output
    few = run("--users", "60", "--posts", "9", "--comments", "9", "--follows", "5")
    assert few.exit_code == 2
    assert "60 members have between 54 and 720 follows." in few.output
    assert container.storage().member_feeds.is_empty()
    with pytest.raises(BadSize):
        Size(users=20, posts=1, comments=0, follows=1_000, seed=1, until=UNTIL)


@pytest.mark.parametrize("seed", range(3))
def test_the_smallest_one_is_made(seed: int, url: str) -> None:
    crowd = crowd_like(Size(users=20, posts=1, comments=0, follows=40, seed=seed, until=UNTIL))

    SqlFilling(url).fill(crowd, silent)

    assert len(crowd.accounts) == 20
    assert len(crowd.follows.id) == 40
