"""What was brought from an old site of Flasky, in each storage, and a whole community brought from each database."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.sql.engine import Database
from adapters.sql.flasky import SqlBroughtThings
from adapters.sql.flasky_source import old_site
from application.flasky.bringing import Flasky
from application.flasky.run import Step
from application.mending import Mending
from application.ports.flasky import Brought, OldComment, OldPost, OldSiteFault, OldUser
from application.ports.paging import Window
from application.ports.tallies import Tally, Total
from application.rendering import Rendering
from application.repeating import Repeat
from domain.errors import NotFound, TryAgain
from domain.flasky import Kind, Note, Outcome
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage
from tests.doubles import BEGINNING, RENDERER, CountingHasher, OldRows
from tests.flasky_site import BEGINNING as THEN
from tests.flasky_site import FlaskySite, inhabited
from tests.postgres import PostgresServer

ALL = Window(100)


def bring(storage: Storage, url: str, report: list[Note] | None = None) -> list[Step]:
    told: list[Note] = [] if report is None else report
    with old_site(url) as old:
        return list(_use_case(storage).bring(old, report=told.extend))


def _use_case(storage: Storage) -> Flasky:
    repeat = Repeat(storage.unit_of_work)
    rendering = Rendering(renderer=RENDERER, mention_feeds=storage.mention_feeds, picture_feeds=storage.picture_feeds)
    return Flasky(repeat=repeat, now=lambda: BEGINNING, hasher=CountingHasher(), rendering=rendering)


def drifts(storage: Storage) -> list[object]:
    compared = Mending(repeat=Repeat(storage.unit_of_work)).compare_counters()
    return [drift for part in compared for drift in part.drifts]


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data.sqlite"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def old(old_url: str) -> FlaskySite:
    return FlaskySite(old_url, keys=True)


@pytest.fixture
def odd(old_url: str) -> FlaskySite:
    """Without foreign keys."""
    return FlaskySite(old_url)


def test_what_was_brought_is_found_again(storage: Storage) -> None:
    things = [Brought(Kind.USER, 1, 5, name="Ada"), Brought(Kind.USER, 2**62, 7, name="ada"), Brought(Kind.POST, 1, 9)]
    with storage.unit_of_work() as work:
        work.flasky.add(things)
        work.flasky.add([Brought(Kind.FOLLOW, 1, 11, followed=2), Brought(Kind.FOLLOW, 1, 12, followed=3)])
        work.flasky.add([])
        assert work.flasky.find(Kind.USER, [1])[1] == things[0]
        work.commit()

    with storage.unit_of_work(reading=True) as work:
        assert work.flasky.find(Kind.USER, [1, 2, 2**62]) == {1: things[0], 2**62: things[1]}
        assert work.flasky.find(Kind.POST, [1, 2]) == {1: things[2]}
        assert work.flasky.find(Kind.COMMENT, [1]) == {}
        assert work.flasky.find(Kind.USER, []) == {}
        assert work.flasky.find_follows([(1, 2), (2, 1), (1, 4)]) == {(1, 2)}
        assert work.flasky.find_follows([]) == set()
        assert [work.flasky.is_old_user(id) for id in (5, 7, 9, 11)] == [True, True, False, False]


def test_nothing_is_brought_twice(storage: Storage) -> None:
    thing = Brought(Kind.POST, 1, 9)
    with storage.unit_of_work() as work:
        work.flasky.add([thing])
        work.commit()

    with storage.unit_of_work() as work, pytest.raises(TryAgain):
        work.flasky.add([replace(thing, made_id=10)])


def test_what_is_not_committed_is_lost(storage: Storage) -> None:
    with storage.unit_of_work() as work:
        work.flasky.add([Brought(Kind.POST, 1, 9)])

    with storage.unit_of_work() as work:
        assert work.flasky.find(Kind.POST, [1]) == {}


def test_ids_that_are_taken_are_told(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment = community.comment(ada, post)

    with storage.unit_of_work() as work:
        assert work.flasky.taken(Kind.USER, [ada.id, post.id]) == {ada.id}
        assert work.flasky.taken(Kind.POST, [ada.id, post.id]) == {post.id}
        assert work.flasky.taken(Kind.COMMENT, [comment.id, post.id]) == {comment.id}
        assert work.flasky.taken(Kind.POST, []) == set()


def test_the_last_visit_is_kept(storage: Storage, community: Community) -> None:
    ada = community.member()
    with storage.unit_of_work() as work:
        work.flasky.note_visit(ada.id, THEN)
        work.flasky.note_visit(1, THEN)
        work.commit()

    assert storage.people_feeds.profile(None, "ada").last_seen_at == THEN


def test_old_addresses_lead_on_in_exact_case_first(storage: Storage, community: Community) -> None:
    john, other, gone = community.member("john"), community.member("john_2"), community.member("gone")
    community.member("here")
    post = community.post(john)
    with storage.unit_of_work() as work:
        work.flasky.add([Brought(Kind.USER, 1, john.id, name="john"), Brought(Kind.USER, 2, other.id, name="John")])
        work.flasky.add([Brought(Kind.USER, 3, gone.id, name="gone"), Brought(Kind.POST, 7, post.id)])
        work.flasky.add([Brought(Kind.POST, 8, 1)])
        work.commit()
    community.rename(other, "jack")
    community.delete(gone)

    feeds = storage.flasky_feeds
    led_on = [feeds.username(None, name) for name in ("john", "John", "JOHN", "John_2")]
    assert led_on == ["john", "jack", "john", "jack"]
    assert feeds.post_id(john.reader, 7) == post.id
    for name in ("gone", "Gone", "here", "nobody"):
        with pytest.raises(NotFound):
            feeds.username(None, name)
    for number in (0, 1, 8, 2**63 - 1):
        with pytest.raises(NotFound):
            feeds.post_id(None, number)


def test_a_community_comes_from_each_database_into_each_storage(storage: Storage, old: FlaskySite) -> None:
    inhabited(old)

    steps = bring(storage, old.url)

    assert [(step.kind, step.rows, step.brought, step.needless) for step in steps] == [
        (Kind.USER, 5, 5, 0),
        (Kind.POST, 3, 3, 0),
        (Kind.COMMENT, 3, 3, 0),
        (Kind.FOLLOW, 8, 3, 5),
    ]
    assert drifts(storage) == []
    susan = storage.people_feeds.profile(None, "susan")
    assert (susan.location, susan.post_count, susan.follower_count, susan.following_count) == ("Delft", 1, 1, 1)
    assert susan.member_since == datetime(2014, 1, 1, 10, 3, tzinfo=UTC)
    assert susan.last_seen_at == datetime(2014, 1, 2, 10, 3, tzinfo=UTC)
    posts = storage.post_feeds.whole_latest(None, ALL).page.items
    assert [post.body for post in posts] == ["Third.", "Second.", "Soup is a *kind* of hope."]
    assert [post.created_at.minute for post in posts] == [8, 7, 6]
    comments = storage.comment_feeds.latest(None, ALL).page.items
    assert [comment.body for comment in comments] == ["A *comment*.", None, "With **leeks**."]
    (follow,) = storage.follow_feeds.following(None, susan.id, ALL).items
    assert follow.member.username == "David"
    assert [step.brought for step in bring(storage, old.url)] == [0, 0, 0, 0]
    assert drifts(storage) == []


def test_two_imports_at_once_double_nothing(storage: Storage, old: FlaskySite) -> None:
    inhabited(old)
    for number in range(30):
        old.post(1, f"Another {number}.")
    begin = threading.Barrier(2, timeout=20)
    brought: list[int] = []

    def one() -> None:
        begin.wait()
        brought.append(sum(step.brought for step in bring(storage, old.url)))

    threads = [threading.Thread(target=one, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()

    assert sum(brought) == 44
    assert storage.post_feeds.whole_latest(None, ALL).count == 33
    assert drifts(storage) == []


def test_rows_that_nobody_expected(storage: Storage, odd: FlaskySite) -> None:
    nothing = dict.fromkeys(("email", "password_hash", "role_id", "confirmed", "member_since", "last_seen"))
    none = odd.user(None, **nothing)
    susan = odd.user("susan", role_id=99)
    odd.post(susan, None, timestamp=None)
    odd.post(99)
    odd.post(None)
    odd.comment(susan, 99)
    odd.comment(none, 1, "One", disabled=None)
    odd.follow(susan, 99)
    told: list[Note] = []

    bring(storage, odd.url, told)

    assert storage.people_feeds.profile(None, "user_1").member_since == datetime(2014, 1, 1, 10, 2, tzinfo=UTC)
    assert [comment.body for comment in storage.comment_feeds.latest(None, ALL).page.items] == ["One"]
    left_out = [(note.kind.value, note.number, note.code) for note in told if note.outcome is Outcome.LEFT_OUT]
    assert left_out == [
        ("post", 2, "no_author"),
        ("post", 3, "no_author"),
        ("comment", 1, "no_post"),
        ("follow", 2, "no_user"),
    ]
    assert drifts(storage) == []


def test_a_site_of_an_early_chapter_has_fewer_tables_and_columns(odd: FlaskySite) -> None:
    old = odd
    old.user("susan")
    for table in ("follows", "comments", "posts", "roles"):
        old.change(f"DROP TABLE {table}")
    for column in ("member_since", "about_me", "confirmed", "password_hash", "role_id"):
        old.change(f"ALTER TABLE users DROP COLUMN {column}")

    with old_site(old.url) as site:
        assert site.counts() == {Kind.USER: 1, Kind.POST: 0, Kind.COMMENT: 0, Kind.FOLLOW: 0}
        assert site.beginning() is None
        (user,) = site.users(None, 10)
        assert (user.username, user.at, user.confirmed) == ("susan", None, False)
        assert (user.password_hash, user.about_me) == ("", "")
        assert (site.posts(None, 10), site.comments(None, 10), site.follows(None, 10)) == ([], [], [])


def test_the_old_site_is_read_in_batches_and_never_written(old: FlaskySite) -> None:
    inhabited(old)
    with old_site(old.url) as site:
        assert [user.number for user in site.users(None, 3)] == [1, 2, 3]
        assert [user.number for user in site.users(3, 3)] == [4, 5]
        assert [row.number for row in site.posts(2, 3)] == [3]
        assert [row.number for row in site.comments(1, 1)] == [2]
        pairs = [(row.follower, row.followed) for row in site.follows(None, 100)]
        assert pairs == sorted(pairs)
        assert [(row.follower, row.followed) for row in site.follows(pairs[2], 100)] == pairs[3:]
        assert site.has_username("david")
        assert not site.has_username("nobody")
        assert site.beginning() == datetime(2014, 1, 1, 10, 1, tzinfo=UTC)


def test_a_long_text_is_cut_before_it_fills_the_memory(old: FlaskySite) -> None:
    susan = old.user("susan")
    old.post(susan, "ü" * 300_000)

    with old_site(old.url) as site:
        (post,) = site.posts(None, 10)

    assert 200_000 < len(post.body) < 900_000
    assert set(post.body[:200_001]) == {"ü"}


@pytest.mark.sql
def test_sqlite_keeps_anything_in_any_column(tmp_path: Path) -> None:
    odd = FlaskySite(f"sqlite:///{tmp_path}/data.sqlite")
    susan = odd.user("susan", confirmed="yes", member_since="yesterday", last_seen=17)
    odd.post(susan, b"latin-1: \xfc, null: \0, and on")
    odd.post("no number", 12, timestamp="2014-02-03 04:05:06")
    odd.post(susan, "zoned", timestamp="2014-02-03T04:05:06+02:00")
    odd.comment(susan, "1", "text", disabled="t", timestamp=b"\xff")
    odd.comment(susan, 1, "text", timestamp="0001-01-01T00:00:00+05:00")

    with old_site(odd.url) as site:
        (user,) = site.users(None, 10)
        posts = site.posts(None, 10)
        comment, too_early = site.comments(None, 10)

    assert (user.confirmed, user.at, user.seen_at) == (False, None, None)
    assert [post.body for post in posts] == ["latin-1: \udcfc, null: \0, and on", "12", "zoned"]
    assert posts[1] == OldPost(number=2, author=None, body="12", at=datetime(2014, 2, 3, 4, 5, 6, tzinfo=UTC))
    assert posts[2].at == datetime(2014, 2, 3, 2, 5, 6, tzinfo=UTC)
    assert too_early.at is None
    assert comment == OldComment(number=1, author=1, post=1, body="text", disabled=True, at=None)


@pytest.mark.sql
@pytest.mark.postgres
def test_whoever_takes_a_username_or_an_address_at_this_moment_keeps_it(postgres_database: Database) -> None:
    """While the import is about to store the second user, somebody registers with what it would get."""
    storage = sql_storage(postgres_database)
    community = Community(storage)
    taken = {"John_2": "one@example.com", "somebody": "two@example.com"}

    class Meanwhile(OldRows):
        def has_username(self, key: str) -> bool:
            if taken:
                username, email = taken.popitem()
                community.member(username, email=email)
            return super().has_username(key)

    old = Meanwhile()
    old.of_users = [_user(1, "john"), replace(_user(2, "John", email="two@example.com"), confirmed=False)]
    told: list[Note] = []
    list(_use_case(storage).bring(old, report=told.extend))

    assert taken == {}
    assert storage.people_feeds.profile(None, "John_3").username == "John_3"
    with storage.unit_of_work() as work:
        owner = work.accounts.find_by_email("two@example.com")
        assert owner is not None
        assert owner.username.text == "somebody"
    assert drifts(storage) == []


@pytest.mark.sql
@pytest.mark.postgres
def test_a_post_that_is_deleted_at_this_moment_keeps_no_comment(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = sql_storage(postgres_database)
    old = OldRows()
    old.of_users = [_user(1, "susan")]
    old.of_posts = [OldPost(number=1, author=1, body="Soup.", at=THEN)]
    list(_use_case(storage).bring(old))
    (post,) = storage.post_feeds.whole_latest(None, ALL).page.items
    taken = SqlBroughtThings.taken
    deleted: list[int] = []

    def and_then_delete(self: SqlBroughtThings, kind: Kind, ids: Sequence[int]) -> set[int]:
        found = taken(self, kind, ids)
        if kind is Kind.COMMENT and not deleted:
            deleted.append(post.id)
            with storage.unit_of_work() as work:
                work.posts.remove(post.id)
                work.tallies.add({post.author_id: Tally(posts=-1)})
                work.tallies.add_to_site({Total.POSTS: -1}, shard_of=1)
                work.commit()
        return found

    monkeypatch.setattr(SqlBroughtThings, "taken", and_then_delete)
    old.of_comments = [OldComment(number=1, author=1, post=1, body="Yes.", disabled=False, at=THEN)]
    told: list[Note] = []
    list(_use_case(storage).bring(old, report=told.extend))

    assert deleted == [post.id]
    assert [(note.outcome, note.code) for note in told] == [(Outcome.LEFT_OUT, "post_deleted")]
    assert drifts(storage) == []


def _user(number: int, username: str, email: str = "") -> OldUser:
    return OldUser(
        number=number,
        username=username,
        email=email or f"{number}@example.com",
        password_hash="",
        confirmed=True,
        permissions=7,
        role="User",
        name="",
        location="",
        about_me="",
        at=THEN,
        seen_at=None,
    )


@pytest.mark.sql
@pytest.mark.postgres
def test_postgresql_keeps_dates_that_python_does_not_have(postgres_server: PostgresServer) -> None:
    old = FlaskySite(postgres_server.create_database())
    susan = old.user("susan", member_since="infinity", last_seen="-infinity")
    old.post(susan, timestamp="0044-03-15 12:00:00 BC")
    old.post(susan, timestamp="2014-02-03 04:05:06.12")

    with old_site(old.url.replace("postgresql+psycopg", "postgres")) as site:
        assert (site.users(None, 1)[0].at, site.users(None, 1)[0].seen_at) == (None, None)
        assert [post.at for post in site.posts(None, 10)] == [None, datetime(2014, 2, 3, 4, 5, 6, 120_000, tzinfo=UTC)]


@pytest.mark.sql
def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    def fault(url: str) -> str:
        with pytest.raises(OldSiteFault) as raised, old_site(url) as site:
            site.users(None, 1)
        return str(raised.value.code)

    empty, other = tmp_path / "empty.sqlite", tmp_path / "other"
    sqlite3.connect(empty).close()
    empty.touch()
    other.write_bytes(b"no database" * 1_000)

    for name, schema in {
        "ids": "CREATE TABLE users (id VARCHAR(36) PRIMARY KEY, username TEXT, email TEXT)",
        "names": "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT)",
        "posts": "CREATE TABLE users (id INTEGER, username TEXT, email TEXT); CREATE TABLE posts (a INTEGER)",
    }.items():
        connection = sqlite3.connect(tmp_path / name)
        connection.executescript(schema)
        connection.close()
        assert fault(f"sqlite:///{tmp_path}/{name}") == "not_flasky"
    assert fault("nonsense") == "bad_url"
    assert fault("oracle://host/name") == "bad_url"
    assert fault("postgresql://somebody@host:port/name") == "bad_url"
    assert fault("postgresql://somebody:pass@word@host/name") == "bad_url"
    assert fault(f"sqlite:///{tmp_path}/missing") == "missing"
    assert fault("sqlite://") == "missing"
    assert fault(f"sqlite:///{empty}") == "not_flasky"
    assert fault(f"sqlite:///{other}") == "unreadable"
    assert fault("mysql://somebody@localhost/flasky") == "no_driver"
    assert fault("postgresql://somebody@/flasky?host=/nowhere") == "unreadable"
