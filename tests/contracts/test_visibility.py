"""What a reader may see is said in one place per storage. A rule that is planted there holds on every surface."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Select, false

from adapters import memory, sql
from adapters.memory.store import PostRow, Store
from adapters.sql import visibility
from adapters.sql.muted import READER
from adapters.sql.tables import comments, posts
from application.ports.flasky import Brought
from application.ports.paging import Window
from domain.comments import Comment
from domain.errors import NotFound
from domain.flasky import Kind
from domain.roles import Reader
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(50)
SECRET, BELOW = "a post for its author alone", "a comment below it"


def only_for_authors_in_memory(store: Store, reader: Reader | None) -> dict[int, PostRow]:
    rows = store.posts.committed
    return {id: row for id, row in rows.items() if reader is not None and row.post.author_id == reader.id}


Rule = Callable[[Reader | None, Select[Any]], Select[Any]]


def only_for_authors_in_sql(own: Rule) -> Rule:
    """Beside the storage's own rule, without which SQLite could not use the index that a list names."""

    def rule(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
        return own(reader, listed).where(false() if reader is None else posts.c.author_id == READER)

    return rule


def for_nobody_in_sql(own: Rule) -> Rule:
    return lambda reader, listed: own(reader, listed).where(comments.c.id == 0)


def comments_of_authors_in_memory(store: Store, reader: Reader | None) -> Iterator[tuple[Comment, PostRow]]:
    rows = only_for_authors_in_memory(store, reader)
    return ((row, rows[row.post_id]) for row in store.comments.committed.values() if row.post_id in rows)


@pytest.fixture
def built_anew() -> Iterator[None]:
    """Statements that are kept follow the rules of this test alone."""
    forget_statements()
    yield
    forget_statements()


def forget_statements() -> None:
    below = [module for path, module in sys.modules.items() if path.startswith(f"{sql.__name__}.")]
    for module in below:
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


@pytest.fixture
def posts_are_for_their_authors_alone(monkeypatch: pytest.MonkeyPatch, built_anew: None) -> None:
    for name in ("listed_posts", "visible_posts"):
        plant(monkeypatch, memory, name, only_for_authors_in_memory)
        plant(monkeypatch, sql, name, only_for_authors_in_sql(getattr(visibility, name)))
    for name in ("listed_comments", "visible_comments"):
        plant(monkeypatch, memory, name, comments_of_authors_in_memory)
        plant(monkeypatch, sql, name, only_for_authors_in_sql(getattr(visibility, name)))


@pytest.fixture
def comments_are_for_nobody(monkeypatch: pytest.MonkeyPatch, built_anew: None) -> None:
    for name in ("listed_comments", "visible_comments"):
        plant(monkeypatch, memory, name, lambda store, reader: iter(()))
        plant(monkeypatch, sql, name, for_nobody_in_sql(getattr(visibility, name)))


def plant(monkeypatch: pytest.MonkeyPatch, package: ModuleType, name: str, rule: Callable[..., Any]) -> None:
    """In the module that says what is visible, and in those that took it from there."""
    below = f"{package.__name__}."
    planted = [module for path, module in sys.modules.items() if path.startswith(below) and hasattr(module, name)]
    assert len(planted) >= 2
    for module in planted:
        monkeypatch.setattr(module, name, rule)


def surfaces(
    storage: Storage, reader: Reader, post_id: int, comment_id: int
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each shows the post or the comment to whoever may see them; the name says which."""
    yield "post", lambda: storage.post_feeds.post(reader, post_id).body
    yield "id", lambda: storage.flasky_feeds.post_id(reader, 7)
    yield "post", lambda: storage.post_feeds.latest(reader, ALL).items
    yield "post", lambda: storage.post_feeds.timeline(reader, ALL).items
    yield "post", lambda: storage.post_feeds.whole_latest(reader, ALL).page.items
    yield "post", lambda: storage.post_feeds.whole_timeline(reader, ALL).page.items
    yield "post", lambda: storage.post_feeds.whole_by(reader, "ada", ALL).page.items
    yield "id", lambda: [entry.id for entry in storage.post_feeds.sitemap(reader, 0, 2**63 - 1, 9)]
    yield "post", lambda: storage.bookmark_feeds.posts(reader, ALL).items
    yield "post", lambda: storage.bookmark_feeds.whole_posts(reader, ALL).items
    yield "post", lambda: storage.tag_feeds.posts(reader, "soup", ALL).page.items
    yield "post", lambda: storage.tag_feeds.whole_posts(reader, "soup", ALL).page.items
    yield "liker", lambda: storage.like_feeds.of_post(reader, post_id, ALL).items
    yield "post", lambda: storage.people_feeds.page(reader, "ada", ALL).posts.items
    yield "post", lambda: storage.comment_feeds.thread(reader, post_id, ALL).post.body
    yield "comment", lambda: storage.comment_feeds.thread(reader, post_id, ALL).comments.items
    yield "comment", lambda: storage.comment_feeds.comment(reader, comment_id).body
    yield "id", lambda: storage.comment_feeds.position(reader, comment_id).post_id
    yield "comment", lambda: storage.comment_feeds.latest(reader, ALL).page.items
    yield "comment", lambda: storage.people_feeds.comments(reader, "ada", ALL).comments.items


def shown(read: Callable[[], Any]) -> str:
    try:
        return repr(read())
    except NotFound:
        return ""


@pytest.mark.usefixtures("posts_are_for_their_authors_alone")
def test_an_invisible_post_is_on_no_surface(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada, SECRET + "." * 9)
    comment = community.comment(ada, post, BELOW)
    community.tag(post, "soup")
    community.follow(bob, ada)
    community.like(community.member("the one who likes it"), post)
    for member in (ada, bob):
        community.bookmark(member, post)
    with storage.unit_of_work() as work:
        work.flasky.add([Brought(Kind.POST, 7, post.id)])
        work.commit()
    marks = {"post": SECRET[:20], "comment": BELOW, "id": str(post.id), "liker": "the one who likes it"}

    for what, read in surfaces(storage, ada.reader, post.id, comment.id):
        assert marks[what] in shown(read)
    for what, read in surfaces(storage, bob.reader, post.id, comment.id):
        assert marks[what] not in shown(read)


@pytest.mark.usefixtures("posts_are_for_their_authors_alone")
def test_an_invisible_post_suggests_no_author(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.post(ada)

    assert storage.follow_feeds.suggestions(bob.reader, 5, community.now) == ()


def test_an_export_has_own_comments_below_any_post_without_the_title_of_one_that_is_hidden(
    storage: Storage, community: Community
) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    hidden, shown = community.post(ada, title=SECRET), community.post(ada, title="Shown")
    below = [community.comment(bob, post) for post in (hidden, shown)]
    hidden.hidden_by = 7
    with storage.unit_of_work() as work:
        work.posts.save(hidden)
        work.comments.relist(hidden.id, listed=False)
        work.commit()

    titles = {card.id: card.post_title for card in storage.archive_feeds.comments(bob.reader)}

    assert titles == {below[0].id: "", below[1].id: "Shown"}
    assert {post.id for post in storage.archive_feeds.posts(ada.reader)} == {hidden.id, shown.id}


@pytest.mark.usefixtures("comments_are_for_nobody")
def test_an_invisible_comment_is_on_no_surface(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post = community.post(ada, SECRET)
    comment = community.comment(ada, post, BELOW)

    for what, read in surfaces(storage, ada.reader, post.id, comment.id):
        if what == "comment":
            assert BELOW not in shown(read)
    with pytest.raises(NotFound):
        storage.comment_feeds.position(ada.reader, comment.id)
    assert storage.comment_feeds.thread(ada.reader, post.id, ALL).post.id == post.id
