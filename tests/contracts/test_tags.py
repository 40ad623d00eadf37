"""Tags in each storage: counts, names that lead on, and the posts of one tag."""

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from application.ports.paging import READ_BEYOND, Window
from application.ports.tags import LISTED_AT_MOST, TagCard
from application.ports.work import UnitOfWork
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.posts import Post
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(50)


def used(storage: Storage) -> dict[str, int]:
    return {card.name: card.post_count for card in storage.tag_feeds.used(None)}


def ids(storage: Storage, name: str, window: Window = ALL) -> list[int]:
    return [card.id for card in storage.tag_feeds.posts(None, name, window).page.items]


def do(storage: Storage, act: Callable[[UnitOfWork], object]) -> object:
    with storage.unit_of_work() as work:
        answer = act(work)
        work.commit()
    return answer


def rename(storage: Storage, community: Community, name: str, to: str) -> None:
    do(storage, lambda work: work.tags.rename(work.tags.lock(name, to)[0], to, community.new_id()))


def merge(storage: Storage, name: str, into: str) -> int:
    def act(work: UnitOfWork) -> int:
        tag, other = work.tags.lock(name, into)
        assert other is not None
        work.tags.merge(tag, other)
        return tag.id

    merged = do(storage, act)
    assert isinstance(merged, int)
    return merged


def test_a_post_stands_under_its_tags_and_shows_them(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    first, second = community.post(ada), community.post(ada)
    community.tag(first, "soup", "汤")
    community.tag(second, "soup")

    assert storage.tag_feeds.used(None) == (TagCard("soup", 2), TagCard("汤", 1))
    assert ids(storage, "soup") == [second.id, first.id]
    assert [post.tags for post in storage.tag_feeds.whole_posts(ada.reader, "soup", ALL).page.items] == [
        ("soup",),
        ("soup", "汤"),
    ]
    assert storage.post_feeds.latest(None, ALL).items[1].tags == ("soup", "汤")
    assert storage.post_feeds.post(None, first.id).tags == ("soup", "汤")
    assert storage.comment_feeds.thread(None, first.id, ALL).post.tags == ("soup", "汤")
    with storage.unit_of_work() as work:
        assert work.posts.get(first.id).tags == ("soup", "汤")
    with pytest.raises(NotFound):
        storage.tag_feeds.posts(None, "nothing", ALL)


def test_a_post_that_leaves_a_tag_is_counted_no_more(storage: Storage, community: Community) -> None:
    post = community.post(community.member("ada"))
    community.tag(post, "soup", "bread", "fog")

    kept = do(storage, lambda work: work.tags.detach(post.id, ["bread", "nothing"]))

    assert kept == {"bread"}
    assert used(storage) == {"bread": 1}
    assert storage.tag_feeds.posts(None, "soup", ALL).tag == TagCard("soup", 0)
    do(storage, lambda work: work.tags.detach(post.id))
    assert used(storage) == {}
    # Back again, under those that are there. Without ids, no new tag is made.
    do(storage, lambda work: work.tags.attach(post.id, ["soup", "new"]))
    assert used(storage) == {"soup": 1}


def test_a_removed_post_stands_under_nothing(storage: Storage, community: Community) -> None:
    post = community.post(community.member("ada"))
    community.tag(post, "soup")

    def remove(work: UnitOfWork) -> None:
        work.tags.detach(post.id)
        work.posts.remove(post.id)

    do(storage, remove)

    assert (ids(storage, "soup"), used(storage)) == ([], {})


def test_a_tag_that_was_renamed_keeps_its_posts_and_leads_on(storage: Storage, community: Community) -> None:
    post = community.post(community.member("ada"))
    community.tag(post, "suppe")

    rename(storage, community, "suppe", "soup")

    assert ids(storage, "soup") == [post.id]
    moved = storage.tag_feeds.posts(None, "suppe", ALL)
    assert (moved.tag, moved.page.items) == (TagCard("soup", 1), ())
    with storage.unit_of_work() as work:
        assert work.tags.present_names(["suppe", "soup", "?"]) == {"suppe": "soup"}
        assert work.tags.lock("suppe", "?")[0].name == "soup"
        with pytest.raises(NotFound):
            work.tags.lock("?", "soup")
    # Back to the old name, and on to a third one.
    rename(storage, community, "soup", "suppe")
    rename(storage, community, "suppe", "汤")
    for name in ("soup", "suppe"):
        assert storage.tag_feeds.posts(None, name, ALL).tag == TagCard("汤", 1)
    assert used(storage) == {"汤": 1}


def test_who_types_an_old_name_gets_the_new_one_once(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post = community.post(ada)
    community.tag(community.post(ada), "suppe")
    rename(storage, community, "suppe", "soup")

    right = do(storage, lambda work: work.tags.attach(post.id, ["suppe", "soup", "fog"], community.new_id))

    assert right == {"suppe": "soup"}
    assert used(storage) == {"soup": 2, "fog": 1}


def test_merged_tags_count_each_post_once_while_posts_move(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    both, only = community.post(ada), community.post(ada)
    community.tag(both, "suppe", "soup")
    community.tag(only, "suppe")

    old_id = merge(storage, "suppe", "soup")

    assert used(storage) == {"soup": 1}
    with storage.unit_of_work() as work:
        assert work.tags.posts_of(old_id, LARGEST, 9) == [only.id, both.id]
        assert work.tags.posts_of(old_id, only.id, 9) == [both.id]
        assert work.tags.posts_of(old_id, LARGEST, 1) == [only.id]
    # The name comes back before its posts have moved.
    rename(storage, community, "soup", "suppe")
    do(storage, lambda work: work.tags.move(old_id, [both.id, only.id, 1]))
    do(storage, lambda work: work.tags.move(old_id, [both.id]))
    do(storage, lambda work: work.tags.move(1, [both.id]))
    assert used(storage) == {"suppe": 2}
    assert ids(storage, "suppe") == [only.id, both.id]
    assert storage.tag_feeds.posts(None, "soup", ALL).tag == TagCard("suppe", 2)


def test_a_post_may_leave_while_its_tag_is_merged(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post = community.post(ada)
    community.tag(post, "suppe", "fog")
    community.tag(community.post(ada), "soup")
    merge(storage, "suppe", "soup")

    assert do(storage, lambda work: work.tags.detach(post.id, ["suppe", "fog"])) == {"fog"}

    assert used(storage) == {"soup": 1, "fog": 1}


def test_what_leads_to_a_merged_tag_leads_on(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    for name in ("a", "b", "c"):
        community.tag(community.post(ada), name)
    merge(storage, "a", "b")
    merge(storage, "b", "c")

    assert storage.tag_feeds.posts(None, "a", ALL).tag == TagCard("c", 1)


def test_a_label_is_no_new_version(storage: Storage, community: Community) -> None:
    post = community.post(community.member("ada"))

    post.text = dataclasses.replace(post.text, tags=("soup", "fog"))
    do(storage, lambda work: work.tags.label(post))
    do(storage, lambda work: work.tags.label(dataclasses.replace(post, id=1)))

    with storage.unit_of_work() as work:
        stored = work.posts.get(post.id)
    assert (stored.tags, stored.version) == (("soup", "fog"), 1)


def test_the_list_has_the_most_used_tags(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    posts = [community.post(ada) for _ in range(3)]
    names = [f"t{number:03}" for number in range(LISTED_AT_MOST + 5)]

    def attach(work: UnitOfWork) -> None:
        for name in names:
            work.tags.attach(posts[0].id, [name], community.new_id)
        work.tags.attach(posts[1].id, [names[0], names[1]])
        work.tags.attach(posts[2].id, [names[1]])

    do(storage, attach)

    listed = storage.tag_feeds.used(None)
    assert len(listed) == LISTED_AT_MOST
    assert listed[:3] == (TagCard("t001", 3), TagCard("t000", 2), TagCard("t007", 1))
    assert [card.name for card in listed[2:]] == names[-LISTED_AT_MOST + 2 :]


def test_a_list_is_cut_into_pages_and_leaves_out_the_muted_within_bounds(
    storage: Storage, community: Community
) -> None:
    ada, bob, eve = (community.member(name) for name in ("ada", "bob", "eve"))
    with community.at_once():
        posts = [community.post(bob) for _ in range(3)]
        posts += [community.post(eve) for _ in range(READ_BEYOND + 2)]
        for post in posts:
            community.tag(post, "soup")
    first = storage.tag_feeds.posts(None, "soup", Window(2))
    assert [card.id for card in first.page.items] == [posts[-1].id, posts[-2].id]
    assert (first.page.before, first.page.after) == (posts[-2].id, None)
    assert ids(storage, "soup", Window(2, before=posts[2].id)) == [posts[1].id, posts[0].id]
    assert ids(storage, "soup", Window(2, after=posts[0].id)) == [posts[2].id, posts[1].id]

    community.mute(ada, eve)
    reader = storage.session_feeds.reader(ada.id, community.now)
    beyond = storage.tag_feeds.posts(reader, "soup", Window(1))
    assert (beyond.page.items, beyond.tag.post_count) == ((), READ_BEYOND + 5)
    found = storage.tag_feeds.posts(reader, "soup", Window(2, before=beyond.page.before))
    assert [card.id for card in found.page.items] == [posts[2].id, posts[1].id]


@pytest.mark.sql
def test_two_make_one_tag_at_once(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    posts = [community.post(ada) for _ in range(2)]
    barrier = threading.Barrier(2)

    def tag(post: Post, names: list[str]) -> None:
        barrier.wait(9)
        do(storage, lambda work: work.tags.attach(post.id, names, community.new_id))

    with ThreadPoolExecutor(2) as pool:
        pairs = zip(posts, (["soup", "bread", "fog"], ["fog", "soup", "rain"]), strict=True)
        for done in [pool.submit(tag, *pair) for pair in pairs]:
            done.result(20)

    assert used(storage) == {"soup": 2, "fog": 2, "bread": 1, "rain": 1}
