"""Mutes and blocks in each storage: what is kept, what a reader then sees, and what happens at the same moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from adapters.memory import paging as paging_in_memory
from adapters.sql import paging as paging_in_sql
from adapters.sql.engine import Database
from adapters.sql.tables import comments, posts
from application.ports.paging import COUNTED_AT_MOST, READ_BEYOND, Page, Window
from domain.accounts import Account
from domain.errors import Forbidden, NotFound
from domain.ids import LARGEST
from domain.muting import Mute
from domain.roles import Reader
from tests.contracts.community import BEGINNING, Community
from tests.contracts.costs import asked, rows_read, steps
from tests.contracts.storages import Storage, memory_storage, sql_storage
from tests.contracts.test_ending_access import Town
from tests.contracts.test_timeline import SIZE, strangers

ALL = Window(50)


def reader(storage: Storage, account: Account) -> Reader:
    return storage.session_feeds.reader(account.id, BEGINNING)


def find(storage: Storage, owner: Account, other: Account) -> Mute | None:
    with storage.unit_of_work() as work:
        return work.mutes.find(owner.id, other.id)


def is_block_between(storage: Storage, one: Account, other: Account) -> bool:
    with storage.unit_of_work() as work:
        return work.mutes.is_block_between(one.id, other.id)


def test_a_mute_comes_back_as_it_was_saved_and_keeps_its_first_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    first = community.mute(ada, bob)
    assert find(storage, ada, bob) == first
    assert find(storage, bob, ada) is None

    community.mute(ada, bob, muted=False, blocked=True)

    assert find(storage, ada, bob) == replace(first, muted=False, blocked=True)


def test_one_that_hides_nothing_is_removed(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.mute(ada, bob, muted=True, blocked=True)

    community.mute(ada, bob, muted=False, blocked=False)

    assert find(storage, ada, bob) is None
    assert not reader(storage, ada).mutes


@pytest.mark.parametrize("missing", ["owner_id", "other_id"])
def test_a_mute_needs_two_accounts(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member("ada")
    pair: dict[str, Any] = {"owner_id": ada.id, "other_id": ada.id, missing: 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.mutes.save(Mute(id=community.new_id(), muted=True, **pair))
        work.commit()


def test_a_block_is_between_both_and_a_mute_is_not(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    community.mute(ada, bob)
    assert not is_block_between(storage, ada, bob)

    community.mute(bob, ada, muted=False, blocked=True)

    assert is_block_between(storage, ada, bob)
    assert is_block_between(storage, bob, ada)
    assert not is_block_between(storage, ada, cyd)


def test_some_are_removed_of_both_sides_and_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    for owner, other in ((ada, bob), (cyd, ada), (ada, cyd), (bob, cyd)):
        community.mute(owner, other)

    removed = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            removed.append(work.mutes.remove_some_of(ada.id, 2))
            work.commit()

    assert removed == [2, 1, 0]
    assert find(storage, bob, cyd) is not None


def test_a_reader_knows_whether_they_mute_anybody(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    community.mute(ada, bob)
    community.mute(bob, ada, muted=False, blocked=True)
    for account in (ada, bob, cyd):
        community.session(account, secret_hash=f"hash of {account.username.text}")

    for account, mutes in ((ada, True), (bob, True), (cyd, False)):
        viewer = storage.session_feeds.viewer(f"hash of {account.username.text}", community.now)
        assert viewer is not None
        found = (viewer, reader(storage, account), storage.credential_feeds.token_reader(account.id, BEGINNING))
        assert [one.mutes for one in found] == [mutes] * 3


def test_the_list_has_both_kinds_newest_first_without_who_has_left(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    first, _, third = community.mute(ada, bob), community.mute(ada, dan), community.mute(ada, cyd, blocked=True)
    community.mute(bob, ada)
    community.delete(dan)

    page = storage.mute_feeds.people(ada.reader, Window(1))
    assert [(card.id, card.member.username, card.muted, card.blocked) for card in page.items] == [
        (third.id, "cyd", True, True)
    ]
    page = storage.mute_feeds.people(ada.reader, Window(1, before=page.before))
    assert [(card.id, card.member.username, card.muted, card.blocked) for card in page.items] == [
        (first.id, "bob", True, False)
    ]
    assert storage.mute_feeds.people(cyd.reader, ALL).items == ()
    assert [card.member.username for card in storage.archive_feeds.mutes(ada.reader)] == ["bob", "cyd"]


def test_the_lists_of_profiles_are_counted_up_to_a_hundred(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with community.at_once():
        others = [community.member(f"m{number}") for number in range(COUNTED_AT_MOST + 1)]
        for other in others[:-1]:
            community.mute(ada, other)
        community.mute(ada, others[-1], muted=False, blocked=True)

    muted, blocked = (
        feed(ada.reader, Window(2)) for feed in (storage.mute_feeds.muted_profiles, storage.mute_feeds.blocked_profiles)
    )
    assert [row.profile.username for row in muted.page.items] == ["m99", "m98"]
    assert [row.profile.username for row in blocked.page.items] == ["m100"]
    assert (muted.count, blocked.count) == (100, 1)
    assert (blocked.page.before, blocked.page.after) == (None, None)

    community.mute(ada, others[-1], muted=True)
    assert storage.mute_feeds.muted_profiles(ada.reader, Window(2)).count is None


def test_a_profile_and_a_post_say_how_the_reader_stands_to_their_author(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    post = community.post(bob)
    comments = [community.comment(author, post) for author in (ada, bob, cyd)]

    def seen(account: Account | None) -> list[tuple[bool, bool, bool]]:
        looking = None if account is None else reader(storage, account)
        thread = storage.comment_feeds.thread(looking, post.id, ALL)
        shown: list[Any] = [
            storage.people_feeds.profile(looking, "bob"),
            storage.people_feeds.page(looking, "bob", ALL).profile,
            storage.post_feeds.post(looking, post.id),
            thread.post,
        ]
        below = [(card.muted, card.blocked) for card in thread.comments.items]
        alone = [storage.comment_feeds.comment(looking, comment.id) for comment in comments]
        assert [(card.muted, card.blocked) for card in alone] == below
        assert below[::2] == [(False, False)] * 2
        return [*((one.muted, one.blocked, one.refuses) for one in shown), (*below[1], False)]

    nothing = [(False, False, False)] * 5
    assert seen(None) == seen(ada) == nothing
    community.mute(ada, bob)
    assert seen(ada) == [(True, False, False)] * 5
    assert seen(bob) == seen(cyd) == seen(None) == nothing
    community.mute(ada, bob, blocked=True)
    assert seen(ada) == [*[(True, True, True)] * 4, (True, True, False)]
    community.mute(ada, bob, muted=False)
    community.mute(bob, ada, muted=False, blocked=True)
    assert seen(ada) == [*[(False, False, True)] * 4, (False, False, False)]
    assert seen(cyd) == nothing


def test_lists_of_people_leave_out_whom_the_reader_mutes_but_not_on_their_own_pages(
    storage: Storage, community: Community
) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    for follower, followed in ((bob, dan), (cyd, dan), (dan, bob), (dan, cyd), (ada, bob), (bob, ada)):
        community.follow(follower, followed)
    community.mute(ada, bob)
    looking = reader(storage, ada)
    feeds = storage.follow_feeds

    for listed in (feeds.followers(looking, dan.id, ALL), feeds.following(looking, dan.id, ALL)):
        assert [card.member.username for card in listed.items] == ["cyd"]
    for counted in (feeds.follower_profiles(looking, "dan", ALL), feeds.following_profiles(looking, "dan", ALL)):
        assert ([row.profile.username for row in counted.page.items], counted.count) == (["cyd"], 2)
    for listed in (feeds.followers(looking, ada.id, ALL), feeds.following(looking, ada.id, ALL)):
        assert [card.member.username for card in listed.items] == ["bob"]
    for counted in (feeds.follower_profiles(looking, "ada", ALL), feeds.following_profiles(looking, "ada", ALL)):
        assert [row.profile.username for row in counted.page.items] == ["bob"]


def test_a_list_of_people_says_whom_the_reader_cannot_follow(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    disabled = community.member("eve", disabled=True)
    for follower in (bob, cyd, disabled):
        community.follow(follower, dan)
    community.mute(cyd, ada, muted=False, blocked=True)

    for looking, refusing in ((reader(storage, ada), {"cyd", "eve"}), (dan.reader, {"eve"}), (None, set())):
        cards = storage.follow_feeds.followers(looking, dan.id, ALL).items
        assert {card.member.username for card in cards if card.refuses} == refusing


def test_nobody_is_suggested_whom_one_mutes_or_who_blocks_one(storage: Storage, community: Community) -> None:
    ada, *authors = (community.member(name) for name in ("ada", "bob", "cyd", "dan", "eve"))
    bob, cyd, dan, eve = authors
    for author in authors:
        community.post(author)
    community.mute(ada, bob)
    community.mute(ada, cyd, muted=False, blocked=True)
    community.mute(dan, ada, muted=False, blocked=True)
    community.mute(eve, ada)

    suggested = storage.follow_feeds.suggestions(reader(storage, ada), 9, community.now)

    assert [profile.username for profile in suggested] == ["eve"]


# At the same moment.


@pytest.fixture
def town(storage: Storage) -> Town:
    return Town(storage)


def follows_between(town: Town) -> int:
    profiles = [town.site.storage.people_feeds.profile(None, name) for name in ("john", "susan")]
    counted = {(profile.follower_count, profile.following_count) for profile in profiles}
    listed = [town.site.storage.follow_feeds.followers(None, profile.id, ALL).items for profile in profiles]
    assert counted == {(0, 0)} or any(listed)
    return sum(map(len, listed))


@pytest.mark.parametrize("follows", [("john", "susan"), ("susan", "john")])
@pytest.mark.parametrize("blocks", [("john", "susan"), ("susan", "john")])
@pytest.mark.parametrize("first", ["follow", "block"])
def test_no_follow_survives_a_block_at_the_same_moment(
    town: Town, first: str, blocks: tuple[str, str], follows: tuple[str, str]
) -> None:
    def follow() -> None:
        town.site.following.follow(actor_id=town.ids[follows[0]], username=follows[1])

    def block() -> None:
        town.site.muting.block(actor_id=town.ids[blocks[0]], username=blocks[1])

    acts = {"follow": follow, "block": block}
    (second,) = acts.keys() - {first}
    ended = dict(zip((first, second), town.meet(acts[first], acts[second]), strict=True))

    assert ended["block"] is None, ended
    assert first == "follow" or isinstance(ended["follow"], Forbidden), ended
    assert follows_between(town) == 0
    with town.site.storage.unit_of_work(reading=True) as work:
        assert work.mutes.is_block_between(town.ids["john"], town.ids["susan"])


def test_two_who_block_each_other_at_the_same_moment_both_do(town: Town) -> None:
    town.site.following.follow(actor_id=town.ids["john"], username="susan")

    ended = town.meet(
        lambda: town.site.muting.block(actor_id=town.ids["john"], username="susan"),
        lambda: town.site.muting.block(actor_id=town.ids["susan"], username="john"),
    )

    assert ended == (None, None)
    assert follows_between(town) == 0
    with town.site.storage.unit_of_work(reading=True) as work:
        pairs = (("john", "susan"), ("susan", "john"))
        assert all(work.mutes.find(town.ids[owner], town.ids[other]) for owner, other in pairs)


def test_a_mute_and_a_block_at_the_same_moment_are_both_kept(town: Town) -> None:
    ended = town.meet(
        lambda: town.site.muting.mute(actor_id=town.ids["john"], username="susan"),
        lambda: town.site.muting.block(actor_id=town.ids["john"], username="susan"),
    )

    assert ended == (None, None)
    with town.site.storage.unit_of_work(reading=True) as work:
        mute = work.mutes.find(town.ids["john"], town.ids["susan"])
    assert mute is not None
    assert (mute.muted, mute.blocked) == (True, True)


@pytest.mark.parametrize("first", ["mute", "leave"])
def test_who_leaves_at_the_same_moment_leaves_no_mute_behind(town: Town, first: str) -> None:
    def mute() -> None:
        town.site.muting.mute(actor_id=town.ids["john"], username="susan")

    acts = {"mute": mute, "leave": town.leave}
    (second,) = acts.keys() - {first}
    ended = dict(zip((first, second), town.meet(acts[first], acts[second]), strict=True))
    town.deliver()

    assert ended["leave"] is None, ended
    assert first == "mute" or isinstance(ended["mute"], NotFound), ended
    assert not town.site.storage.session_feeds.reader(town.ids["john"], BEGINNING).mutes


# What lists leave out, and how far they look.


def ids(page: Page[Any]) -> list[int]:
    return [item.id for item in page.items]


def lists(storage: Storage, looking: Reader) -> list[list[int]]:
    """Of posts, of comments, and the timeline."""
    posts, comments = storage.post_feeds, storage.comment_feeds
    found = [ids(posts.latest(looking, ALL)), ids(comments.latest(looking, ALL).page)]
    assert ids(posts.whole_latest(looking, ALL).page) == found[0]
    found.append(ids(posts.timeline(looking, ALL)))
    assert ids(posts.whole_timeline(looking, ALL).page) == found[2]
    return found


def test_lists_and_the_timeline_leave_out_whom_the_reader_mutes_or_blocks(
    storage: Storage, community: Community
) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    for followed in (bob, cyd, dan):
        community.follow(ada, followed)
    written = [community.post(author) for author in (ada, bob, cyd, dan)]
    own, muted, blocked, other = (post.id for post in written)
    below = [community.comment(author, written[1]).id for author in (ada, bob, cyd, dan)]
    everything = [[other, blocked, muted, own], below[::-1], [other, blocked, muted, own]]
    assert lists(storage, reader(storage, ada)) == everything
    counts = [
        storage.post_feeds.whole_latest(reader(storage, ada), ALL).count,
        storage.post_feeds.whole_timeline(reader(storage, ada), ALL).count,
        storage.comment_feeds.latest(reader(storage, ada), ALL).count,
    ]

    community.mute(ada, bob)
    community.mute(ada, cyd, muted=False, blocked=True)

    looking = reader(storage, ada)
    assert lists(storage, looking) == [[other, own], [below[3], below[0]], [other, own]]
    assert counts == [
        storage.post_feeds.whole_latest(looking, ALL).count,
        storage.post_feeds.whole_timeline(looking, ALL).count,
        storage.comment_feeds.latest(looking, ALL).count,
    ]
    # By its address, and on the page of the person, everything is there.
    assert ids(storage.people_feeds.page(looking, "bob", ALL).posts) == [muted]
    assert ids(storage.post_feeds.whole_by(looking, "bob", ALL).page) == [muted]
    assert storage.post_feeds.post(looking, muted).muted
    assert ids(storage.comment_feeds.thread(looking, muted, ALL).comments) == below
    assert storage.comment_feeds.position(looking, below[1]).post_id == muted
    # Nobody else's lists change, nor those of moderators for moderation.
    assert lists(storage, reader(storage, dan))[:2] == everything[:2]
    assert ids(storage.moderation_feeds.comments(looking, ALL)) == below[::-1]


def test_whom_one_mutes_is_still_followed(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.follow(ada, bob)
    post = community.post(bob)
    community.mute(ada, bob)
    assert ids(storage.post_feeds.timeline(reader(storage, ada), ALL)) == []

    community.mute(ada, bob, muted=False)

    assert ids(storage.post_feeds.timeline(reader(storage, ada), ALL)) == [post.id]


READ = 3


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


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists look at so few rows beyond a page that a test has more."""
    for module in (paging_in_memory, paging_in_sql):
        monkeypatch.setattr(module, "READ_BEYOND", READ)


def defined(listed: list[int], walked: list[int], window: Window) -> tuple[list[int], int | None, int | None]:
    """A page in words: of the nearest rows, READ more than fit, those that are listed. Where it has room left and rows
    were not looked at, its cursor is there; where it is empty, it leads back."""
    rising = window.before is None and window.after is not None
    start = window.after if rising else window.before
    ahead = sorted(id for id in walked if start is None or (id > start if rising else id < start))
    behind = sorted(set(walked) - set(ahead), reverse=rising)
    ahead = ahead if rising else ahead[::-1]
    near = [id for id in ahead[: window.size + READ] if id in listed]
    shown, room = near[: window.size], len(near) <= window.size
    left = ahead[window.size + READ :]
    further = (left[0] - 1 if rising else left[0] + 1) if room and left else None if room else shown[-1]
    is_there = len(behind) > READ or any(id in listed for id in behind)
    back = None
    if is_there and start is not None:
        back = shown[0] if shown else start + 1 if rising else start - 1
    before, after = (back, further) if rising else (further, back)
    return sorted(shown, reverse=True), before, after


@dataclass(frozen=True, slots=True)
class Case:
    """Numbers stand for authors. The reader mutes those below 2."""

    authors: list[int]
    size: int
    places: list[int]


cases = st.builds(
    Case,
    authors=st.lists(st.integers(0, 3), max_size=25),
    size=st.integers(1, 3),
    places=st.lists(st.integers(0, 25), min_size=1, max_size=3),
)


@pytest.mark.usefixtures("few")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(case=cases)
def test_a_list_of_a_reader_who_mutes_is_as_defined(emptied: Callable[[], Storage], case: Case) -> None:
    storage = emptied()
    community = Community(storage)
    with community.at_once():
        ada = community.member("ada")
        people = [community.member(f"m{number}") for number in range(4)]
        for other in people[:2]:
            community.mute(ada, other)
        written = [community.post(people[number]) for number in case.authors]
        comments = [community.comment(people[number], written[0]) for number in case.authors]
        followers = [community.member(f"f{number}") for number in range(len(case.authors))]
        follows = [community.follow(follower, people[3]) for follower in followers]
        for follower, number in zip(followers, case.authors, strict=True):
            if number < 2:
                community.mute(ada, follower)
    looking = reader(storage, ada)
    reads: list[tuple[Callable[[Window], Page[Any]], list[int]]] = [
        (lambda window: storage.post_feeds.latest(looking, window), [post.id for post in written]),
        (lambda window: storage.post_feeds.whole_latest(looking, window).page, [post.id for post in written]),
        (lambda window: storage.comment_feeds.latest(looking, window).page, [each.id for each in comments]),
        (lambda window: storage.follow_feeds.followers(looking, people[3].id, window), [each.id for each in follows]),
        (
            lambda window: storage.follow_feeds.follower_profiles(looking, "m3", window).page,
            [each.id for each in follows],
        ),
    ]

    for read, walked in reads:
        listed = [id for id, number in zip(walked, case.authors, strict=True) if number >= 2]
        windows = [Window(case.size)]
        for cursor in (0, LARGEST, *(walked[place % len(walked)] for place in case.places if walked)):
            windows += [Window(case.size, before=cursor), Window(case.size, after=cursor)]
        for window in windows:
            page = read(window)
            assert (ids(page), page.before, page.after) == defined(listed, walked, window), window


@pytest.mark.usefixtures("few")
def test_turning_pages_over_many_muted_rows_shows_everything_once(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    community.mute(ada, bob)
    with community.at_once():
        written = [community.post(author) for author in (cyd, *[bob] * 13, cyd, *[bob] * 21)]
    looking = reader(storage, ada)

    found: list[int] = []
    pages, window = 0, Window(2)
    while True:
        page = storage.post_feeds.latest(looking, window)
        found += ids(page)
        pages += 1
        if page.before is None:
            break
        window = Window(2, before=page.before)
    assert found == [written[14].id, written[0].id]
    assert pages <= 9

    upwards: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        page = storage.post_feeds.latest(looking, Window(2, after=cursor))
        upwards += ids(page)[::-1]
        cursor = page.after
    assert upwards == found[::-1]


def muted_site(database: Database, size: int) -> tuple[Storage, Reader, list[Window]]:
    """Nearly everything is by one author, whom the reader mutes among a thousand others."""
    storage = sql_storage(database)
    community = Community(storage)
    with community.at_once():
        ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
        for number in range(1_000):
            community.mute(ada, community.member(f"m{number}"))
        community.mute(ada, bob)
        for _ in range(30):
            community.post(cyd)
    first, _ = strangers(database, community, bob, size)
    middle = community.post(cyd)
    strangers(database, community, bob, size)
    with database.writing() as connection:
        rows = connection.execute(select(posts.c.id).where(posts.c.author_id == bob.id)).scalars()
        below = {
            "post_id": middle.id,
            "body": "x",
            "body_html": "x",
            "version": 1,
            "hidden": False,
            "hidden_reason": "",
        }
        found = [{"id": id + 1, "author_id": bob.id, **below} for id in rows]
        connection.execute(insert(comments), found)
        connection.commit()
    windows = [Window(SIZE), *(Window(SIZE, before=id) for id in (first + 1, middle.id))]
    windows += [Window(SIZE, after=id) for id in (first - 1, middle.id)]
    return storage, reader(storage, ada), windows


def bounded_reads(storage: Storage, looking: Reader, windows: list[Window]) -> dict[str, Callable[[], object]]:
    return {
        f"{name} {window}": partial(read, looking, window)
        for window in windows
        for name, read in (
            ("posts", storage.post_feeds.latest),
            ("whole posts", storage.post_feeds.whole_latest),
            ("comments", storage.comment_feeds.latest),
        )
    }


@pytest.mark.sql
def test_sqlite_takes_as_many_steps_for_many_muted_rows_as_for_some(sqlite_database: Database) -> None:
    def taken(size: int) -> dict[str, int]:
        reads = bounded_reads(*muted_site(sqlite_database, size))
        return {name: steps(sqlite_database, *asked(sqlite_database, read)) for name, read in reads.items()}

    some, many = taken(READ_BEYOND + SIZE + 9), taken(5_000)

    assert [count for count in many.values() if count > 60_000] == []
    assert list(some.values()) == list(many.values())


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.parametrize("upkeep", ["ANALYZE", "VACUUM ANALYZE"])
def test_postgres_reads_at_most_two_thousand_rows_beyond_a_page(postgres_database: Database, upkeep: str) -> None:
    reads = bounded_reads(*muted_site(postgres_database, 5_000))
    with postgres_database.reads.connect() as connection:
        connection.exec_driver_sql(upkeep)
        for name, read in reads.items():
            statement, parameters = asked(postgres_database, read)
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            plan = explained.scalar_one()[0]["Plan"]

            tables = {"comments"} if name.startswith("comments") else {"posts"}
            assert rows_read(plan, tables) <= 2_000 + SIZE, f"{name}\n{plan}"
