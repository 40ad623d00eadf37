"""What a reader may see is said in one place per storage. A rule that is planted there holds on every surface."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Select, false

from adapters import memory, sql
from adapters.memory import comments as memory_comments
from adapters.memory import following as memory_following
from adapters.memory import leaving as memory_leaving
from adapters.memory import people as memory_people
from adapters.memory import posts as memory_posts
from adapters.memory.store import PostRow, Store
from adapters.sql import comments as sql_comments
from adapters.sql import following as sql_following
from adapters.sql import leaving as sql_leaving
from adapters.sql import people as sql_people
from adapters.sql import posts as sql_posts
from adapters.sql.tables import posts
from application.ports.paging import Window
from domain.errors import NotFound
from domain.roles import Reader
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(50)
SECRET, BELOW = "a post for its author alone", "a comment below it"


def only_for_authors_in_memory(store: Store, reader: Reader | None) -> dict[int, PostRow]:
    rows = store.posts.committed
    return {id: row for id, row in rows.items() if reader is not None and row.post.author_id == reader.id}


def only_for_authors_in_sql(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    return listed.where(false() if reader is None else posts.c.author_id == reader.id)


@pytest.fixture(autouse=True)
def posts_are_for_their_authors_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (memory_posts, memory_comments, memory_following, memory_leaving, memory_people):
        monkeypatch.setattr(module, "visible_posts", only_for_authors_in_memory)
    for module in (sql_posts, sql_comments, sql_following, sql_leaving, sql_people):
        monkeypatch.setattr(module, "visible_posts", only_for_authors_in_sql)


def surfaces(
    storage: Storage, reader: Reader, post_id: int, comment_id: int
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each shows the post or the comment to whoever may see them; the name says which."""
    yield "post", lambda: storage.post_feeds.post(reader, post_id).body
    yield "post", lambda: storage.post_feeds.latest(reader, ALL).items
    yield "post", lambda: storage.post_feeds.timeline(reader, ALL).items
    yield "post", lambda: storage.post_feeds.whole_latest(reader, ALL).page.items
    yield "post", lambda: storage.post_feeds.whole_timeline(reader, ALL).page.items
    yield "post", lambda: storage.post_feeds.whole_by(reader, "ada", ALL).page.items
    yield "id", lambda: [entry.id for entry in storage.post_feeds.sitemap(reader, 0, 2**63 - 1, 9)]
    yield "post", lambda: storage.people_feeds.page(reader, "ada", ALL).posts.items
    yield "post", lambda: storage.comment_feeds.thread(reader, post_id, ALL).post.body
    yield "comment", lambda: storage.comment_feeds.thread(reader, post_id, ALL).comments.items
    yield "comment", lambda: storage.comment_feeds.comment(reader, comment_id).body
    yield "id", lambda: storage.comment_feeds.place(reader, comment_id).post_id
    yield "comment", lambda: storage.comment_feeds.latest(reader, ALL).page.items
    yield "comment", lambda: storage.moderation_feeds.comments(reader, ALL).items


def shown(read: Callable[[], Any]) -> str:
    try:
        return repr(read())
    except NotFound:
        return ""


def test_what_a_reader_may_not_see_is_on_no_surface(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada, SECRET + "." * 9)
    comment = community.comment(ada, post, BELOW)
    community.follow(bob, ada)
    marks = {"post": SECRET[:20], "comment": BELOW, "id": str(post.id)}

    for what, read in surfaces(storage, ada.reader, post.id, comment.id):
        assert marks[what] in shown(read)
    for what, read in surfaces(storage, bob.reader, post.id, comment.id):
        assert marks[what] not in shown(read)


def test_nobody_is_suggested_for_what_the_reader_may_not_see(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.post(ada)

    assert storage.follow_feeds.suggestions(bob.reader, 5) == ()


def test_what_a_member_takes_home_is_what_they_may_see(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    own, others = community.comment(ada, post), community.comment(bob, post)

    assert [detail.id for detail in storage.archive_feeds.posts(ada.reader)] == [post.id]
    assert [card.id for card in storage.archive_feeds.comments(ada.reader)] == [own.id]
    assert others.id not in [card.id for card in storage.archive_feeds.comments(bob.reader)]


def test_the_rule_is_planted_wherever_the_place_is_used() -> None:
    """Otherwise a module that asks the place by another way would pass for one that asks nothing."""
    for package, planted in (
        (memory, (memory_posts, memory_comments, memory_following, memory_leaving, memory_people)),
        (sql, (sql_posts, sql_comments, sql_following, sql_leaving, sql_people)),
    ):
        names = {name for name in dir(package) if hasattr(getattr(package, name), "visible_posts")}
        assert names == {module.__name__.rpartition(".")[2] for module in planted}
