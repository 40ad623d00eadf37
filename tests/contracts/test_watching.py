"""Who watches which post, in each storage."""

import pytest

from application.ports.paging import Window
from domain.errors import NotFound
from domain.watching import Watch
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_a_post_is_watched_once_and_the_watch_keeps_its_first_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    watch = community.watch(ada, post)

    with storage.unit_of_work() as work:
        assert not work.watches.add(Watch(id=community.new_id(), post_id=post.id, account_id=ada.id))
        work.commit()

    assert list(storage.archive_feeds.watches(ada.reader)) == [watch]
    assert list(storage.archive_feeds.watches(bob.reader)) == []


def test_a_watch_is_removed_once(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    community.watch(ada, post)

    with storage.unit_of_work() as work:
        assert not work.watches.remove(post.id, bob.id)
        assert work.watches.remove(post.id, ada.id)
        assert not work.watches.remove(post.id, ada.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.watches.some_after(post.id, 0, 9) == []


@pytest.mark.parametrize("missing", ["account_id", "post_id"])
def test_a_watch_needs_a_post_and_an_account(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member("ada")
    pair = {"account_id": ada.id, "post_id": community.post(ada).id, missing: 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.watches.add(Watch(id=community.new_id(), **pair))
        work.commit()


def test_those_who_watch_a_post_are_read_in_parts_oldest_first(storage: Storage, community: Community) -> None:
    members = [community.member(name) for name in ("cyd", "bob", "ada")]
    post, other = community.post(members[0]), community.post(members[0])
    watches = [community.watch(member, post) for member in members[::-1]]
    community.watch(members[0], other)
    pairs = [(watch.id, watch.account_id) for watch in watches]

    with storage.unit_of_work() as work:
        assert work.watches.some_after(post.id, 0, 2) == pairs[:2]
        assert work.watches.some_after(post.id, watches[1].id, 2) == pairs[2:]
        assert work.watches.some_after(post.id, watches[2].id, 2) == []


def test_some_are_removed_and_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada) for _ in range(3)]
    for post in posts:
        community.watch(ada, post)
    kept = community.watch(bob, posts[0])

    removed = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            removed.append(work.watches.remove_some_of(ada.id, 2))
            work.commit()

    assert removed == [2, 1, 0]
    with storage.unit_of_work() as work:
        assert work.watches.some_after(posts[0].id, 0, 9) == [(kept.id, bob.id)]


def test_only_a_page_with_one_post_says_whether_its_reader_watches_it(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    community.watch(ada, post)

    for reader, watched in ((ada.reader, True), (bob.reader, False), (None, False)):
        assert storage.post_feeds.post(reader, post.id).watched is watched
        assert storage.comment_feeds.thread(reader, post.id, Window(1)).post.watched is watched
