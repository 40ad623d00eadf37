"""A timeline against its definition, and what it costs a database: the page and the followees, not the posts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from adapters.sql import timeline
from adapters.sql.engine import Database
from adapters.sql.tables import posts
from application.ports.paging import Page, Window
from domain.accounts import Account
from domain.ids import LARGEST
from domain.posts import Post
from domain.roles import Reader
from tests.contracts.community import BEGINNING, Community
from tests.contracts.costs import asked, plan_of, rows_read, steps
from tests.contracts.storages import Storage, memory_storage, sql_storage

SIZE = 20


def defined(written: list[Post], authors: set[int], window: Window) -> tuple[list[int], int | None, int | None]:
    """All posts of these authors, in order, and cut."""
    listed = sorted((post.id for post in written if post.author_id in authors), reverse=True)
    if window.before is not None:
        shown = [id for id in listed if id < window.before][: window.size]
    elif window.after is not None:
        shown = [id for id in listed if id > window.after][-window.size :]
    else:
        shown = listed[: window.size]
    before = shown[-1] if shown and shown[-1] != listed[-1] else None
    after = shown[0] if shown and shown[0] != listed[0] else None
    return shown, before, after


def found(page: Page[Any]) -> tuple[list[int], int | None, int | None]:
    return [item.id for item in page.items], page.before, page.after


@pytest.fixture(
    params=[
        "memory",
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def emptied(request: pytest.FixtureRequest) -> Callable[[], Storage]:
    """Makes an empty storage of each kind in turn."""
    if request.param == "memory":
        return memory_storage
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return lambda: sql_storage(database)


@pytest.fixture(params=[1, 3, timeline.NEAR])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are found near the cursor, by asking each author, or in both ways."""
    for name in ("NEAR", "NEAR_ON_POSTGRES"):
        monkeypatch.setattr(timeline, name, request.param)


@dataclass(frozen=True, slots=True)
class Case:
    """Numbers stand for people. Number 0 reads."""

    authors: list[int]
    followed: set[int]
    muted: set[int]
    size: int
    places: list[int]


cases = st.builds(
    Case,
    authors=st.lists(st.integers(0, 5), max_size=30),
    followed=st.sets(st.integers(1, 5)),
    muted=st.sets(st.integers(1, 5), max_size=2),
    size=st.integers(1, 4),
    places=st.lists(st.integers(0, 30), min_size=1, max_size=3),
)


@pytest.mark.usefixtures("near")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(case=cases)
def test_a_timeline_is_as_defined(emptied: Callable[[], Storage], case: Case) -> None:
    storage = emptied()
    community = Community(storage)
    with community.at_once():
        people = [community.member(f"m{number}") for number in range(6)]
        for number in case.followed:
            community.follow(people[0], people[number])
        for number in case.muted:
            community.mute(people[0], people[number])
        written = [community.post(people[number]) for number in case.authors]
    authors = {people[number].id for number in {0, *case.followed}}
    shown = authors - {people[number].id for number in case.muted}
    around = [written[place % len(written)].id for place in case.places if written]
    reader = storage.session_feeds.reader(people[0].id, BEGINNING)

    windows = [Window(case.size)]
    for cursor in (0, LARGEST, *around):
        windows += [Window(case.size, before=cursor), Window(case.size, after=cursor)]
    for window in windows:
        expected = defined(written, shown, window)
        assert found(storage.post_feeds.timeline(reader, window)) == expected, window
        counted = storage.post_feeds.whole_timeline(reader, window)
        assert found(counted.page) == expected, window
        assert counted.count == sum(post.author_id in authors for post in written)


def test_a_busy_author_does_not_hide_the_others(storage: Storage, community: Community) -> None:
    """One followee wrote a page more than fits after each of the others, and strangers wrote all that is near."""
    ada, busy, stranger = community.member("ada"), community.member("busy"), community.member("stranger")
    quiet = [community.member(f"quiet{number}") for number in range(5)]
    with community.at_once():
        for author in (busy, *quiet):
            community.follow(ada, author)
        written = [
            community.post(author) for author in (*quiet, *[busy] * (SIZE + 2), quiet[0], busy, *[stranger] * 201)
        ]
    authors = {ada.id, busy.id, *(author.id for author in quiet)}

    window: Window | None = Window(SIZE)
    while window is not None:
        page = storage.post_feeds.timeline(ada.reader, window)
        assert found(page) == defined(written, authors, window)
        window = None if page.before is None else Window(SIZE, before=page.before)


@dataclass(frozen=True, slots=True)
class Site:
    storage: Storage
    readers: dict[str, Reader]
    silent: Account
    unanswered: Post
    windows: list[Window]


# So many followees wrote nothing or long ago, and as many others write all the time.
FOLLOWEES = 30


def a_site(database: Database, strangers_posts: int, *, others_write: bool = True) -> Site:
    """One stranger wrote nearly everything. Others wrote before it, and in its midst, unless they write nothing. One of
    the readers follows the stranger, and mutes them."""
    storage = sql_storage(database)
    community = Community(storage)
    with community.at_once():
        lone, fan, regular, weary = (community.member(name) for name in ("lone", "fan", "regular", "weary"))
        stranger, silent = community.member("stranger"), community.member("silent")
        quiet = [community.member(f"quiet{number}") for number in range(FOLLOWEES)]
        active = [community.member(f"active{number}") for number in range(FOLLOWEES)]
        for author in quiet:
            community.follow(fan, author)
            community.follow(weary, author)
        community.follow(weary, stranger)
        community.mute(weary, stranger)
        for author in active:
            community.follow(regular, author)
        unanswered = community.post(stranger)
        for author in [*quiet[::2], *active] * 3 * others_write:
            community.post(author)
    older, newer = strangers(database, community, stranger, strangers_posts)
    with community.at_once():
        for author in active * 3 * others_write:
            community.post(author)
    middle = strangers(database, community, stranger, strangers_posts)[0]
    windows = [Window(SIZE)]
    windows += [Window(SIZE, before=id) for id in (older, newer, middle)]
    windows += [Window(SIZE, after=id) for id in (older, newer, middle)]
    readers = {
        account.username.text: storage.session_feeds.reader(account.id, BEGINNING)
        for account in (lone, fan, regular, weary)
    }
    return Site(storage, readers, silent, unanswered, windows)


def strangers(database: Database, community: Community, author: Account, size: int) -> tuple[int, int]:
    """Adds so many posts in one statement, and answers the ids of the first and the last."""
    text = {"title": "", "body": "x" * 900, "body_html": "", "excerpt_html": "", "cut": False, "comment_count": 0}
    ids = [community.new_id() for _ in range(size)]
    with database.writing() as connection:
        connection.execute(insert(posts), [{"id": id, "author_id": author.id, "version": 1, **text} for id in ids])
        connection.commit()
    return ids[0], ids[-1]


def reads(site: Site) -> Iterator[tuple[str, Callable[[], object]]]:
    stored, silent = site.storage, site.silent.username.text
    for number, window in enumerate(site.windows):
        for name, reader in site.readers.items():
            yield f"timeline of {name} {number}", partial(stored.post_feeds.timeline, reader, window)
            yield f"whole timeline of {name} {number}", partial(stored.post_feeds.whole_timeline, reader, window)
        yield f"whole by silent {number}", partial(stored.post_feeds.whole_by, None, silent, window)
        yield f"page of silent {number}", partial(stored.people_feeds.page, None, silent, window)
        yield f"thread {number}", partial(stored.comment_feeds.thread, None, site.unanswered.id, window)


@pytest.mark.sql
def test_sqlite_takes_as_many_steps_among_few_posts_as_among_many(sqlite_database: Database) -> None:
    def taken(size: int) -> dict[str, int]:
        site = a_site(sqlite_database, size)
        return {name: steps(sqlite_database, *asked(sqlite_database, read)) for name, read in reads(site)}

    few, many = taken(timeline.NEAR + SIZE), taken(10_000)

    assert {name: (few[name], many[name]) for name in few if many[name] != few[name]} == {}


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.parametrize("upkeep", ["ANALYZE", "VACUUM ANALYZE"])
@pytest.mark.parametrize("others_write", [True, False])
def test_postgres_reads_few_rows_among_many(postgres_database: Database, upkeep: str, others_write: bool) -> None:
    """Where only one person writes, PostgreSQL believes that any author's post is close by."""
    site = a_site(postgres_database, 5_000, others_write=others_write)
    authors, size = FOLLOWEES + 1, SIZE + 1
    # Twice what is near, two posts of each author (ahead and behind), a merge, and the page itself.
    most = 2 * timeline.NEAR_ON_POSTGRES + 2 * authors + size * size + size
    with postgres_database.reads.connect() as connection:
        connection.exec_driver_sql(upkeep)
        for name, read in reads(site):
            statement, parameters = asked(postgres_database, read)
            plan = plan_of(connection, statement, parameters)

            assert rows_read(plan, {"posts", "comments"}) <= most, f"{name}\n{plan}"
