"""What each read of a list or a page costs among very many rows: as much as its page, whatever a table holds.

SQLite counts its instructions, PostgreSQL the rows that it read, those that it left out included. Both grow with what
is walked, and with what is sorted. SQLite has no statistics here, as on a site, where nothing makes any."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from adapters.sql import member_search, timeline
from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from application.ports.following import LATELY
from application.ports.paging import COUNTED_AT_MOST, READ_BEYOND
from tests.contracts.costs import asked, plan_of, rows_read, steps
from tests.contracts.crowded import lists, single_reads, windows
from tests.contracts.filled import COPIES, ROWS, Filled
from tests.postgres import PostgresServer

pytestmark = pytest.mark.sql

# A page has 20 rows, and each looks up a few others: its author, what the reader likes.
A_PAGE = 130
# For a reader who mutes so many, the rows past the page are looked at, up to READ_BEYOND, each with a few others.
PAST_MUTES = 5 * READ_BEYOND
# The few who are read about have so many followees, sessions, cases.
OF_ONE = ROWS * COPIES
# SQLite looks up a row in fewer instructions.
STEPS_OF_A_ROW = 40

# How many rows more a read may take, and why.
MORE = {
    "posts.timeline": (2 * timeline.NEAR_ON_POSTGRES + 2 * OF_ONE, "asks each followee for one post"),
    "posts.whole_timeline": (2 * timeline.NEAR_ON_POSTGRES + 4 * OF_ONE, "and adds up what the followees wrote"),
    "following.suggestions": (2 * LATELY, "the authors of the newest posts"),
    "people.people": (member_search.NEAR + 2 * OF_ONE, "looks at the next members, then at the few who match"),
    "members.search": (member_search.NEAR + OF_ONE, "looks at the next members, then at the few who match"),
    "notifications.latest": (20 * COUNTED_AT_MOST, "each of a page has its newest events"),
    "notifications.latest_profiles": (20 * COUNTED_AT_MOST, "each of a page has its newest events"),
    "notifications.of_mail": (COUNTED_AT_MOST, "each of a mail has its newest events"),
    "bookmarks.posts": (READ_BEYOND, "hidden posts are passed"),
    "bookmarks.whole_posts": (READ_BEYOND, "hidden posts are passed"),
    "overview.standing": (4 * COUNTED_AT_MOST, "counts a few of each"),
    "muting.muted_profiles": (2 * COUNTED_AT_MOST, "counts a few"),
    "muting.blocked_profiles": (2 * COUNTED_AT_MOST, "counts a few"),
    "tags.used": (COUNTED_AT_MOST, "a page of tags is longer"),
    "sanctions.of_person": (COUNTED_AT_MOST, "a page of sanctions is longer"),
    "sessions.of_account": (OF_ONE, "all sessions of a member are one list"),
    "cases.next_waiting": (2 * OF_ONE, "passes the cases about the moderator"),
    "deleting.own": (2 * OF_ONE, "PostgreSQL may read what all have deleted, which is there for 30 days"),
}


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Filled]]:
    """A database of its own. What it learns about its size would change the plans of other tests."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'chapbook.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    upgrade(url)
    database = Database(url)
    found = Filled(database)
    if not database.is_sqlite:
        with database.reads.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    yield database, found
    database.close()


def made_anew(database: Database) -> Iterator[None]:
    """Once with the indexes as they are. On SQLite, then with all of them made again, and once more in the reverse
    order. Of two that it likes as much, SQLite takes the one that was made last, and a migration that copies a table
    makes its indexes in any order."""
    yield
    for is_reverse in (False, True) if database.is_sqlite else ():
        with database.writing() as connection:
            found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            indexes = connection.exec_driver_sql(found).all()
            for name, _ in indexes:
                connection.exec_driver_sql(f"DROP INDEX {name}")
            for _, statement in sorted(indexes, reverse=is_reverse):
                connection.exec_driver_sql(statement)
            connection.commit()
        # A connection keeps the plans that it has made.
        database.engine.dispose()
        yield


def most(name: str) -> int:
    """So many rows a read may take. A name may end in what is searched for, and in who reads."""
    read = name.partition(" ")[0]
    return A_PAGE + MORE.get(read, (0, ""))[0] + PAST_MUTES * name.endswith("(weary)")


def test_a_read_costs_as_much_as_its_page_among_very_many_rows(filled: tuple[Database, Filled]) -> None:
    database, site = filled
    reads = {**lists(site.storage, site), **single_reads(site.storage, site)}
    for _ in made_anew(database):
        costs = {
            (name, number): cost_of(database, partial(read, window))
            for name, read in reads.items()
            for number, window in enumerate(windows(site))
        }
        assert {read: cost for read, cost in costs.items() if cost > most(read[0])} == {}


def cost_of(database: Database, read: Callable[[], object]) -> float:
    """In rows."""
    statement, parameters = asked(database, read)
    if database.is_sqlite:
        return steps(database, statement, parameters) / STEPS_OF_A_ROW
    with database.reads.connect() as connection:
        return rows_read(plan_of(connection, statement, parameters))


def test_what_may_cost_more_is_read(filled: tuple[Database, Filled]) -> None:
    _, site = filled
    reads = {name.partition(" ")[0] for name in {**lists(site.storage, site), **single_reads(site.storage, site)}}
    assert set(MORE) - reads == set()
