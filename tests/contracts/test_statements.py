"""What the feeds ask of a database: one statement each, at any size, and none that scans or sorts a table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from adapters.sql.engine import Database
from application.ports.paging import Window
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage

Read = Callable[[Window], object]


class Crowded:
    """A member, a popular post, and so many of everything that a list could show."""

    def __init__(self, database: Database, rows: int) -> None:
        self.storage = sql_storage(database)
        community = Community(self.storage)
        with community.at_once():
            self.ada = community.member("augusta", role=Role.MODERATOR)
            community.rename(self.ada, "ada")
            crowd = [community.member(f"m{number}") for number in range(rows)]
            for member in crowd:
                community.follow(member, self.ada)
                community.follow(self.ada, member)
            posts = [community.post(self.ada) for _ in range(rows)]
            self.post = posts[rows // 2]
            comments = [community.comment(self.ada, self.post) for _ in range(rows)]
            self.comment = comments[rows // 2]
            for comment in comments:
                community.log_entry(self.ada, comment)
                community.job()
                community.session(self.ada)
        self.now = community.now


def lists(stored: Storage, crowded: Crowded) -> dict[str, Read]:
    ada, post, reader = crowded.ada, crowded.post, crowded.ada.reader
    return {
        "posts.latest": lambda window: stored.post_feeds.latest(reader, window),
        "posts.timeline": lambda window: stored.post_feeds.timeline(reader, window),
        "posts.whole_latest": lambda window: stored.post_feeds.whole_latest(reader, window),
        "posts.whole_timeline": lambda window: stored.post_feeds.whole_timeline(reader, window),
        "posts.whole_by": lambda window: stored.post_feeds.whole_by(reader, "ada", window),
        "comments.thread": lambda window: stored.comment_feeds.thread(reader, post.id, window),
        "comments.latest": lambda window: stored.comment_feeds.latest(reader, window),
        "people.page": lambda window: stored.people_feeds.page(reader, "ada", window),
        "following.followers": lambda window: stored.follow_feeds.followers(reader, ada.id, window),
        "following.following": lambda window: stored.follow_feeds.following(reader, ada.id, window),
        "following.follower_profiles": lambda window: stored.follow_feeds.follower_profiles(reader, "ada", window),
        "following.following_profiles": lambda window: stored.follow_feeds.following_profiles(reader, "ada", window),
        "moderation.comments": lambda window: stored.moderation_feeds.comments(reader, window),
        "moderation.log": lambda window: stored.moderation_feeds.log(reader, window),
        "members.search": lambda window: stored.member_feeds.search(reader, "", window),
        "members.search by prefix": lambda window: stored.member_feeds.search(reader, "m1", window),
        "outbox.latest": stored.outbox_feeds.latest,
    }


def single_reads(stored: Storage, crowded: Crowded) -> dict[str, Read]:
    ada, post, comment, reader = crowded.ada, crowded.post, crowded.comment, crowded.ada.reader
    return {
        "posts.post": lambda _: stored.post_feeds.post(reader, post.id),
        "posts.sitemap": lambda _: stored.post_feeds.sitemap(reader, 1, post.id, 50),
        "comments.comment": lambda _: stored.comment_feeds.comment(reader, comment.id),
        "comments.place": lambda _: stored.comment_feeds.position(reader, comment.id),
        "people.profile": lambda _: stored.people_feeds.profile(reader, "ada"),
        "people.present_username": lambda _: stored.people_feeds.present_username(reader, "augusta"),
        "following.suggestions": lambda _: stored.follow_feeds.suggestions(reader, 5),
        "sessions.viewer": lambda _: stored.session_feeds.viewer("a hash", crowded.now),
        "sessions.reader": lambda _: stored.session_feeds.reader(ada.id),
        "sessions.of_account": lambda _: stored.session_feeds.of_account(ada.id, crowded.now),
        "credentials.token_reader": lambda _: stored.credential_feeds.token_reader(ada.id),
        "members.member": lambda _: stored.member_feeds.member(reader, "ada"),
    }


@contextmanager
def asked_of(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_others: object) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def windows(crowded: Crowded) -> list[Window]:
    return [Window(20), Window(20, before=crowded.comment.id), Window(20, after=crowded.post.id)]


@pytest.mark.parametrize("rows", [1, 100])
def test_every_read_is_one_statement_at_any_size(database: Database, rows: int) -> None:
    crowded = Crowded(database, rows)
    reads = {
        **lists(crowded.storage, crowded),
        **single_reads(crowded.storage, crowded),
        "members.is_empty": lambda _: crowded.storage.member_feeds.is_empty(),
    }

    with asked_of(database) as statements:
        for name, read in reads.items():
            for window in windows(crowded):
                statements.clear()
                read(window)
                assert len(statements) == 1, name


def test_the_archive_is_read_in_batches(database: Database) -> None:
    crowded = Crowded(database, 30)
    archive = crowded.storage.archive_feeds

    for read in (archive.posts, archive.comments, archive.following):
        with asked_of(database) as statements:
            assert len(list(read(crowded.ada.reader))) == 30
        assert len(statements) <= 2


# The first page of a list that is a whole table walks it from its newest row; what else reads, searches an index.
WALKED = {
    "posts.latest": "posts",
    "posts.timeline": "posts",
    "moderation.comments": "comments",
    "moderation.log": "moderation_log",
    "members.search": "accounts",
    "outbox.latest": "outbox",
    "posts.whole_latest": "posts",
    "posts.whole_timeline": "posts",
    "comments.latest": "comments",
}
# It sorts what it found by two indexes, for an administrator.
SORTS = {"members.search by prefix"}
# It sorts the one nearest post of each followee, and a page. tests/contracts/test_timeline.py counts what it reads.
MERGES = {"posts.timeline", "posts.whole_timeline"}
# It walks so many of the newest rows, whatever the window, and sorts what they lead to: no index has that in order.
BOUNDED = {"following.suggestions": "posts"}


def plans(database: Database, explain: str, *preparations: str) -> Iterator[tuple[str, Window, list[str]]]:
    """How the database goes about each read."""
    crowded = Crowded(database, 30)
    reads = {**lists(crowded.storage, crowded), **single_reads(crowded.storage, crowded)}
    for name, read in reads.items():
        for window in windows(crowded):
            with asked_of(database) as statements:
                read(window)
            with database.engine.connect() as connection:
                for preparation in preparations:
                    connection.exec_driver_sql(preparation)
                for statement, parameters in statements:
                    yield (
                        name,
                        window,
                        [row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)],
                    )


@pytest.mark.sql
def test_no_read_scans_or_sorts_a_table_on_sqlite(sqlite_database: Database) -> None:
    for name, window, plan in plans(sqlite_database, "EXPLAIN QUERY PLAN"):
        whole = "\n".join(plan)
        made_on_the_way = set(re.findall(r"^(?:MATERIALIZE|CO-ROUTINE) (\w+)", whole, re.MULTILINE))
        scanned = set(re.findall(r"^SCAN (?!CONSTANT ROW)(\w+)", whole, re.MULTILINE)) - made_on_the_way
        first_page = window.before is None and window.after is None
        walked = BOUNDED | (WALKED if first_page else {})

        assert scanned <= {walked.get(name)}, f"{name} {window}\n{whole}"
        assert name in SORTS | MERGES or whole.count("TEMP B-TREE") == (name in BOUNDED), f"{name} {window}\n{whole}"


@pytest.mark.sql
@pytest.mark.postgres
def test_no_read_has_to_scan_or_sort_a_table_on_postgres(postgres_database: Database) -> None:
    """Small tables it scans and sorts because that is cheap there; told that it is not, it must have another way."""
    dear = ("SET enable_seqscan = off", "SET enable_sort = off", "SET enable_bitmapscan = off")
    for name, window, plan in plans(postgres_database, "EXPLAIN (COSTS OFF)", *dear):
        whole = "\n".join(plan)

        assert "Seq Scan" not in whole, f"{name} {window}\n{whole}"
        assert name in MERGES or whole.count("Sort Key") == (name in BOUNDED), f"{name} {window}\n{whole}"
        if name in BOUNDED:
            assert re.search(rf"Limit\n +->  Index Scan Backward using pk_{BOUNDED[name]} ", whole), whole
