"""Counters are compared with what they count, and counted anew while others write. Search texts are made anew."""

import threading
from collections.abc import Callable
from typing import Self

import pytest
from sqlalchemy import text

from adapters.sql.engine import Database
from application.ports.mending import Counter, Drift, Part
from application.ports.paging import Window
from application.ports.tallies import Tally, Total
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.comments import Comment
from domain.liking import Like
from domain.members import search_pattern
from domain.posts import Post
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage

PATIENCE = 20
OF_SITE = (Counter.MEMBERS, Counter.POSTS, Counter.COMMENTS, Counter.LOG_ENTRIES)


def counting(work: UnitOfWork) -> list[Callable[[int, int], Part[Drift]]]:
    return [work.counters.of_members, work.counters.of_posts, work.counters.of_comments, work.counters.of_tags]


def drifts(storage: Storage, size: int = 100) -> set[tuple[Counter, int, int, int]]:
    """All of them, in parts of this size."""
    found: list[Drift] = []
    with storage.unit_of_work(reading=True) as work:
        for next_part in counting(work):
            after: int | None = 0
            while after is not None:
                part = next_part(after, size)
                found += part.wrong
                after = part.last_id
        found += filter(None, map(work.counters.of_site, OF_SITE))
    return {(drift.counter, drift.owner_id, drift.stored, drift.counted) for drift in found}


def recount_all(storage: Storage) -> None:
    for counter, owner_id, *_ in drifts(storage):
        with storage.unit_of_work() as work:
            work.counters.recount(counter, owner_id)
            work.commit()


@pytest.fixture
def busy(community: Community) -> tuple[Account, Account, Post]:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    comment = community.comment(bob, post)
    community.log_entry(ada, comment)
    community.like(ada, comment)
    community.hide(community.comment(ada, post))
    community.follow(bob, ada)
    community.like(bob, post)
    community.tag(post, "soup")
    community.delete(community.member("carol"))
    return ada, bob, post


def test_counters_that_are_kept_have_not_drifted(storage: Storage, busy: tuple[Account, Account, Post]) -> None:
    assert drifts(storage) == set()
    assert drifts(storage, size=1) == set()
    with storage.unit_of_work(reading=True) as work:
        assert work.counters.owners() == 7


@pytest.mark.parametrize("size", [1, 100])
def test_every_counter_that_drifted_is_found_and_mended(
    storage: Storage, community: Community, busy: tuple[Account, Account, Post], size: int
) -> None:
    ada, bob, post = busy
    comment = storage.comment_feeds.thread(None, post.id, Window(1)).comments.items[0]
    other = community.post(ada)
    community.tag(other, "soup")
    with storage.unit_of_work() as work:
        work.tallies.add_comments(post.id, 5)
        work.tallies.add_likes(post.id, 2)
        # It leaves the storage without leaving the counter of its tag.
        soup, _ = work.tags.lock("soup", "")
        work.posts.remove(other.id)
        work.tallies.add({ada.id: Tally(posts=-1)})
        work.tallies.add_to_site({Total.POSTS: -1}, shard_of=other.id)
        work.tallies.add_likes_of_comment(comment.id, -3)
        work.tallies.add({ada.id: Tally(posts=1, comments=-2), bob.id: Tally(followers=3, following=-1)})
        work.tallies.add_to_site(
            {Total.POSTS: -1, Total.COMMENTS: 10, Total.LOG_ENTRIES: 1, Total.MEMBERS: 2}, shard_of=3
        )
        work.commit()

    assert drifts(storage, size) == {
        (Counter.COMMENTS_OF_POST, post.id, 7, 2),
        (Counter.LIKES_OF_POST, post.id, 3, 1),
        (Counter.POSTS_OF_TAG, soup.id, 2, 1),
        (Counter.LIKES_OF_COMMENT, comment.id, -2, 1),
        (Counter.POSTS_OF_MEMBER, ada.id, 2, 1),
        (Counter.COMMENTS_OF_MEMBER, ada.id, -1, 1),
        (Counter.FOLLOWERS, bob.id, 3, 0),
        (Counter.FOLLOWING, bob.id, 0, 1),
        (Counter.POSTS, 0, 0, 1),
        (Counter.COMMENTS, 0, 12, 2),
        (Counter.LOG_ENTRIES, 0, 2, 1),
        (Counter.MEMBERS, 0, 4, 2),
    }
    recount_all(storage)
    assert drifts(storage, size) == set()
    profile = storage.people_feeds.profile(None, "bob")
    assert (profile.post_count, profile.comment_count, profile.follower_count, profile.following_count) == (0, 1, 0, 1)


def test_counting_what_is_gone_changes_nothing(storage: Storage, busy: tuple[Account, Account, Post]) -> None:
    with storage.unit_of_work() as work:
        work.counters.recount(Counter.COMMENTS_OF_POST, 1)
        work.counters.recount(Counter.FOLLOWERS, 1)
        work.commit()

    assert drifts(storage) == set()


# What a writer does in two steps: the row, then its counters.
Step = Callable[[UnitOfWork], object]
Steps = tuple[Step, Step]


def a_post(community: Community, ada: Account, post: Post) -> Steps:
    new = Post(id=community.new_id(), author_id=ada.id, text=post.text, html=post.html)

    def count(work: UnitOfWork) -> None:
        work.tallies.add({ada.id: Tally(posts=1)})
        work.tallies.add_to_site({Total.POSTS: 1}, shard_of=new.id + 1)

    return lambda work: (work.accounts.actor(ada.id), work.posts.add(new)), count


def a_comment(community: Community, ada: Account, post: Post) -> Steps:
    new = Comment(id=community.new_id(), post_id=post.id, author_id=ada.id, body="!", body_html="!", html_version=1)

    def count(work: UnitOfWork) -> None:
        work.tallies.add_comments(post.id, 1)
        work.tallies.add({ada.id: Tally(comments=1)})
        work.tallies.add_to_site({Total.COMMENTS: 1}, shard_of=new.id + 1)

    return lambda work: (work.accounts.actor(ada.id), work.comments.add(new)), count


def a_like(community: Community, ada: Account, post: Post) -> Steps:
    new = Like(id=community.new_id(), thing_id=post.id, account_id=ada.id)
    return lambda work: (work.accounts.actor(ada.id), work.post_likes.add(new)), lambda work: work.tallies.add_likes(
        post.id, 1
    )


@pytest.mark.parametrize("write", [a_post, a_comment, a_like])
@pytest.mark.parametrize("drifted", [True, False])
def test_recounting_beside_who_has_written_and_not_counted_is_exact(
    storage: Storage,
    community: Community,
    busy: tuple[Account, Account, Post],
    write: Callable[[Community, Account, Post], Steps],
    drifted: bool,
) -> None:
    ada, _, post = busy
    add, count = write(community, ada, post)
    _plant(storage, ada, post, drifted)
    with recounting(storage, ada, post) as recounted, storage.unit_of_work() as work:
        add(work)
        recounted.begin()
        if storage.overlaps:
            recounted.end()  # it waits for nobody
        count(work)
        work.commit()

    assert drifts(storage) == set()


@pytest.mark.parametrize("write", [a_post, a_comment, a_like])
@pytest.mark.parametrize("drifted", [True, False])
def test_recounting_waits_for_who_has_counted_and_not_committed(
    storage: Storage,
    community: Community,
    busy: tuple[Account, Account, Post],
    write: Callable[[Community, Account, Post], Steps],
    drifted: bool,
) -> None:
    ada, _, post = busy
    add, count = write(community, ada, post)
    _plant(storage, ada, post, drifted)
    with recounting(storage, ada, post) as recounted, storage.unit_of_work() as work:
        add(work)
        count(work)
        recounted.begin()
        assert recounted.still_runs(0.3)
        work.commit()

    assert drifts(storage) == set()


def _plant(storage: Storage, ada: Account, post: Post, drifted: bool) -> None:
    with storage.unit_of_work() as work:
        if drifted:
            work.tallies.add_comments(post.id, 5)
            work.tallies.add_likes(post.id, -2)
            work.tallies.add({ada.id: Tally(posts=3, comments=-2)})
            work.tallies.add_to_site({Total.POSTS: -4, Total.COMMENTS: 10}, shard_of=3)
        work.commit()


class recounting:  # noqa: N801 - reads as a verb after `with`
    """Counts all that a post and a comment are counted by, each in a unit of work of its own, in a thread."""

    def __init__(self, storage: Storage, ada: Account, post: Post) -> None:
        self._storage = storage
        self._counters = [
            (Counter.COMMENTS_OF_POST, post.id),
            (Counter.LIKES_OF_POST, post.id),
            (Counter.POSTS_OF_MEMBER, ada.id),
            (Counter.COMMENTS_OF_MEMBER, ada.id),
            (Counter.COMMENTS, 0),
            (Counter.POSTS, 0),
        ]
        self._threads = [
            threading.Thread(target=self._recount, args=counter, daemon=True) for counter in self._counters
        ]
        self._done: list[Counter] = []

    def _recount(self, counter: Counter, owner_id: int) -> None:
        with self._storage.unit_of_work() as work:
            work.counters.recount(counter, owner_id)
            work.commit()
        self._done.append(counter)

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def still_runs(self, seconds: float) -> bool:
        """Whether any of them waits, after this time."""
        self._threads[0].join(seconds)
        return any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "counting hangs"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        assert sorted(self._done, key=str) == sorted((counter for counter, _ in self._counters), key=str)


@pytest.mark.sql
@pytest.mark.postgres
def test_who_writes_is_no_drift(postgres_database: Database) -> None:
    """A comparison sees neither the row nor the counters of who has not committed."""
    community = Community(sql_storage(postgres_database))
    ada = community.member()
    post = community.post(ada)
    with community.storage.unit_of_work() as work:
        for step in a_comment(community, ada, post):
            step(work)
            assert drifts(community.storage) == set()


# Search texts.


@pytest.fixture
def members(database: Database) -> Community:
    return Community(sql_storage(database))


def stale(storage: Storage, size: int = 100) -> list[int]:
    found: list[int] = []
    after: int | None = 0
    with storage.unit_of_work(reading=True) as work:
        while after is not None:
            part = work.search_texts.stale(after, size)
            found += part.wrong
            after = part.last_id
    return found


def finds(storage: Storage, typed: str) -> list[str]:
    pattern = search_pattern(typed)
    assert pattern is not None
    return [card.username for card in storage.member_feeds.search(None, pattern, Window(10)).items]


def execute(database: Database, statement: str) -> None:
    with database.writing() as connection:
        connection.execute(text(statement))
        connection.commit()


def test_texts_that_are_kept_are_not_stale(storage: Storage, community: Community) -> None:
    community.member("ada")
    community.delete(community.member("bob"))

    assert stale(storage) == []
    with storage.unit_of_work() as work:
        assert not work.search_texts.is_index_behind()
        work.search_texts.store(1)
        work.search_texts.fill_index()
        work.commit()
    assert finds(storage, "ada") == ["ada"]


@pytest.mark.parametrize("size", [1, 100])
def test_a_text_that_an_older_process_left_is_found_and_made_anew(
    database: Database, members: Community, size: int
) -> None:
    ada, bob = members.member("ada", name="Ada Lovelace"), members.member("bob", name="Robert")
    execute(database, f"UPDATE accounts SET search_text = '' WHERE id = {ada.id}")
    execute(database, f"UPDATE accounts SET name = 'Bobby' WHERE id = {bob.id}")
    assert stale(members.storage, size) == [ada.id, bob.id]

    for id in (ada.id, bob.id):
        with members.storage.unit_of_work() as work:
            work.search_texts.store(id)
            work.commit()

    assert stale(members.storage, size) == []
    assert finds(members.storage, "lovelace") == ["ada"]
    assert finds(members.storage, "bobby") == ["bob"]


@pytest.mark.sql
def test_an_index_that_knows_too_little_is_behind_and_is_filled(sqlite_database: Database) -> None:
    members = Community(sql_storage(sqlite_database))
    members.member("ada", name='Ada "Countess" Lovelace')
    execute(sqlite_database, "INSERT INTO member_search (member_search) VALUES ('delete-all')")
    with members.storage.unit_of_work(reading=True) as work:
        assert work.search_texts.is_index_behind()

    with members.storage.unit_of_work() as work:
        work.search_texts.fill_index()
        assert not work.search_texts.is_index_behind()
        work.commit()

    assert finds(members.storage, "lovelace") == ["ada"]
