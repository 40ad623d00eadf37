"""Texts of an older renderer in the storage: which are found, and what is stored."""

import re
from collections.abc import Callable

import pytest

from adapters.sql.engine import Database
from application.ports.paging import Window
from application.ports.rerendering import Text
from application.ports.work import UnitOfWork
from domain.comments import Comment
from domain.posts import Post, PostHtml, PostText
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage
from tests.executed import executed

NEW = PostHtml(body_html="<p>New</p>", excerpt_html="<p>N</p>", cut=True, version=3)
MANY = 100


def render_anew(text: Text) -> None:
    if isinstance(text, Post):
        text.render_anew(NEW)
    elif isinstance(text, Comment):
        text.render_anew("<p>New</p>", html_version=3)


def ids(texts: list[Text]) -> list[int]:
    return [text.id for text in texts]


def found(storage: Storage, find: Callable[[UnitOfWork], list[Text]]) -> list[Text]:
    with storage.unit_of_work(reading=True) as work:
        return find(work)


def of_two_versions(community: Community) -> tuple[list[Text], list[Text]]:
    """Some posts and comments of version 1 and 2, each posts first."""
    ada = community.member()
    posts: dict[int, list[Text]] = {1: [], 2: []}
    comments: dict[int, list[Text]] = {1: [], 2: []}
    for version in (2, 1, 1, 2):
        posts[version].append(post := community.post(ada, html_version=version))
        comments[version].append(community.comment(ada, post, html_version=version))
    return posts[1] + comments[1], posts[2] + comments[2]


def test_the_texts_of_older_versions_are_found_posts_first(storage: Storage, community: Community) -> None:
    first, second = of_two_versions(community)

    assert found(storage, lambda work: work.rendered_texts.some_older(1, MANY)) == []
    assert ids(found(storage, lambda work: work.rendered_texts.some_older(2, MANY))) == ids(first[:2])
    assert ids(found(storage, lambda work: work.rendered_texts.some_older(2, 1))) == ids(first[:1])
    older = found(storage, lambda work: work.rendered_texts.some_older(3, MANY))
    assert sorted(ids(older)) == sorted(ids(first[:2] + second[:2]))


def test_comments_are_found_when_no_post_is_left(storage: Storage, community: Community) -> None:
    first, _ = of_two_versions(community)
    with storage.unit_of_work() as work:
        for post in first[:2]:
            render_anew(post)
            assert work.rendered_texts.save(post)
        work.commit()

    assert found(storage, lambda work: work.rendered_texts.some_older(2, MANY)) == first[2:]


def test_all_texts_are_found_by_id(storage: Storage, community: Community) -> None:
    every = sorted([text for texts in of_two_versions(community) for text in texts], key=lambda text: text.id)

    assert found(storage, lambda work: work.rendered_texts.some_after(0, 3)) == every[:3]
    assert found(storage, lambda work: work.rendered_texts.some_after(every[2].id, 3)) == every[3:6]
    assert found(storage, lambda work: work.rendered_texts.some_after(every[5].id, 3)) == every[6:]
    assert found(storage, lambda work: work.rendered_texts.some_after(every[7].id, 3)) == []


@pytest.mark.parametrize(("version", "at_most", "counted"), [(1, 9, 0), (2, 9, 4), (3, 9, 8), (3, 5, 5), (3, 2, 2)])
def test_older_texts_are_counted_up_to_a_limit(
    storage: Storage, community: Community, version: int, at_most: int, counted: int
) -> None:
    of_two_versions(community)

    with storage.unit_of_work(reading=True) as work:
        assert work.rendered_texts.count_older(version, at_most) == counted


def test_the_html_alone_is_stored_and_the_text_keeps_its_version(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada, title="A title")
    comment = community.comment(ada, post)
    post.render_anew(NEW)
    post.text = PostText(title="", body="not stored")
    comment.render_anew("<p>New</p>", html_version=3)
    comment.body = "not stored"

    with storage.unit_of_work() as work:
        assert work.rendered_texts.save(post)
        assert work.rendered_texts.save(comment)
        work.commit()

    with storage.unit_of_work() as work:
        stored, below = work.posts.get(post.id), work.comments.get(comment.id)
    assert (stored.html, stored.version, stored.edited_at) == (NEW, 1, None)
    assert stored.text == PostText(title="A title", body="A post.")
    assert (below.body_html, below.html_version, below.version, below.edited_at) == ("<p>New</p>", 3, 1, None)
    assert below.body == "A comment."
    thread = storage.comment_feeds.thread(None, post.id, Window(5))
    assert thread.post.comment_count == 1
    assert [thread.post.body_html, thread.comments.items[0].body_html] == ["<p>New</p>", "<p>New</p>"]
    assert storage.post_feeds.latest(None, Window(5)).items[0].excerpt_html == "<p>N</p>"


def test_a_text_that_was_saved_or_removed_meanwhile_keeps_what_is_there(storage: Storage, community: Community) -> None:
    ada = community.member()
    post, gone = community.post(ada), community.post(ada)
    comment, removed = community.comment(ada, post), community.comment(ada, gone)
    with storage.unit_of_work() as work:
        edited, below = work.posts.get(post.id), work.comments.get(comment.id)
        work.posts.save(edited)
        work.comments.save(below)
        work.posts.remove(gone.id)
        work.commit()

    with storage.unit_of_work() as work:
        for text in (post, comment, gone, removed):
            render_anew(text)
            assert not work.rendered_texts.save(text)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.posts.get(post.id) == edited
        assert work.comments.get(comment.id) == below


def test_html_that_is_not_committed_is_lost(storage: Storage, community: Community) -> None:
    post = community.post(community.member())
    before = post.html
    post.render_anew(NEW)

    with storage.unit_of_work() as work:
        assert work.rendered_texts.save(post)

    with storage.unit_of_work() as work:
        assert work.posts.get(post.id).html == before


def test_what_is_found_is_a_copy(storage: Storage, community: Community) -> None:
    community.post(community.member(), html_version=1)

    for _ in range(2):
        (text,) = found(storage, lambda work: work.rendered_texts.some_older(2, 5))
        assert isinstance(text, Post | Comment)
        render_anew(text)


# The statements of the job, by what they may search.
READS: dict[str, Callable[[UnitOfWork], object]] = {
    "some_older": lambda work: work.rendered_texts.some_older(2, 20),
    "count_older": lambda work: work.rendered_texts.count_older(2, 1_000),
    "some_after": lambda work: work.rendered_texts.some_after(1, 20),
}


def plans(database: Database, explain: str, *preparations: str) -> dict[str, list[str]]:
    """How the database goes about each statement of a read."""
    storage = sql_storage(database)
    community = Community(storage)
    with community.at_once():
        ada = community.member()
        posts = [community.post(ada, html_version=2) for _ in range(30)]
        for post in posts:
            community.comment(ada, post, html_version=2)
    found = {}
    for name, read in READS.items():
        with executed(database) as statements, storage.unit_of_work(reading=True) as work:
            read(work)
        with database.engine.connect() as connection:
            for preparation in preparations:
                connection.exec_driver_sql(preparation)
            found[name] = [
                "\n".join(row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
                for statement, parameters in statements
            ]
    return found


@pytest.mark.sql
def test_sqlite_searches_an_index_for_them_and_sorts_nothing(sqlite_database: Database) -> None:
    for name, read in plans(sqlite_database, "EXPLAIN QUERY PLAN").items():
        assert len(read) == 3, name
        for plan in read:
            assert re.search(r"SEARCH (posts|comments|site) USING", plan), f"{name}\n{plan}"
            assert "TEMP B-TREE" not in plan, f"{name}\n{plan}"
            assert name == "some_after" or re.search(r"INDEX ix_\w+_html_version_id \(html_version<\?", plan), plan
    # Counting reads no row.
    assert all("COVERING INDEX" in plan for plan in plans(sqlite_database, "EXPLAIN QUERY PLAN")["count_older"])


@pytest.mark.sql
@pytest.mark.postgres
def test_postgres_searches_an_index_for_them_and_sorts_nothing(postgres_database: Database) -> None:
    dear = ("SET enable_seqscan = off", "SET enable_sort = off", "SET enable_bitmapscan = off")
    for name, read in plans(postgres_database, "EXPLAIN (COSTS OFF)", *dear).items():
        assert len(read) == 3, name
        for plan in read:
            assert "Seq Scan" not in plan, f"{name}\n{plan}"
            assert "Sort Key" not in plan, f"{name}\n{plan}"
            assert "Index Cond" in plan, f"{name}\n{plan}"
            assert name == "some_after" or re.search(r"using ix_\w+_html_version_id", plan), plan
            assert name != "count_older" or "Index Only Scan" in plan, plan
