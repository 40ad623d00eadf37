"""Bookmarks in each storage, and the list of their member."""

import pytest

from application.ports.paging import READ_BEYOND, Page, Window
from application.ports.posts import PostCard
from domain.accounts import Account
from domain.bookmarks import Bookmark
from domain.errors import NotFound
from domain.posts import Post
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(50)


def listed(storage: Storage, community: Community, member: Account, window: Window = ALL) -> Page[PostCard]:
    return storage.bookmark_feeds.posts(storage.session_feeds.reader(member.id, community.now), window)


def ids(page: Page[PostCard]) -> list[int]:
    return [card.id for card in page.items]


def hide(storage: Storage, *posts: Post) -> None:
    with storage.unit_of_work() as work:
        for post in posts:
            post.hidden_by = 7
            work.posts.save(post)
        work.commit()


def test_a_post_is_bookmarked_once_and_the_bookmark_keeps_its_first_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    bookmark = community.bookmark(ada, post)

    with storage.unit_of_work() as work:
        assert not work.bookmarks.add(Bookmark(id=community.new_id(), account_id=ada.id, post_id=post.id))
        work.commit()

    assert list(storage.archive_feeds.bookmarks(ada.reader)) == [bookmark]
    assert list(storage.archive_feeds.bookmarks(bob.reader)) == []


def test_a_bookmark_is_removed_once(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    community.bookmark(ada, post)

    with storage.unit_of_work() as work:
        assert not work.bookmarks.remove(bob.id, post.id)
        assert work.bookmarks.remove(ada.id, post.id)
        assert not work.bookmarks.remove(ada.id, post.id)
        work.commit()

    assert ids(listed(storage, community, ada)) == []


@pytest.mark.parametrize("missing", ["account_id", "post_id"])
def test_a_bookmark_needs_a_post_and_an_account(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member("ada")
    pair = {"account_id": ada.id, "post_id": community.post(ada).id, missing: 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.bookmarks.add(Bookmark(id=community.new_id(), **pair))
        work.commit()


def test_some_are_removed_and_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada) for _ in range(3)]
    for post in posts:
        community.bookmark(ada, post)
    community.bookmark(bob, posts[0])

    removed = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            removed.append(work.bookmarks.remove_some_of(ada.id, 2))
            work.commit()

    assert removed == [2, 1, 0]
    assert ids(listed(storage, community, bob)) == [posts[0].id]


def test_the_list_begins_with_the_newest_bookmark_and_is_cut_by_it(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(bob) for _ in range(3)]
    bookmarks = [community.bookmark(ada, posts[at]) for at in (1, 2, 0)]
    community.bookmark(bob, posts[1])

    first = listed(storage, community, ada, Window(2))
    assert ids(first) == [posts[0].id, posts[2].id]
    assert (first.before, first.after) == (bookmarks[1].id, None)
    assert all(card.bookmarked for card in first.items)
    second = listed(storage, community, ada, Window(2, before=first.before))
    assert (ids(second), second.before, second.after) == ([posts[1].id], None, bookmarks[0].id)
    assert ids(listed(storage, community, ada, Window(2, after=bookmarks[0].id))) == ids(first)


def test_lists_for_the_api_have_the_same_posts(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    posts = [community.post(ada) for _ in range(3)]
    for post in posts:
        community.bookmark(ada, post)

    found = storage.bookmark_feeds.whole_posts(ada.reader, Window(2))

    assert [post.id for post in found.items] == [posts[2].id, posts[1].id]
    assert all(post.bookmarked for post in found.items)


def test_what_is_hidden_deleted_or_by_whom_one_mutes_is_left_out(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    shown, hidden, deleted, muted = community.post(bob), community.post(ada), community.post(bob), community.post(cyd)
    for post in (shown, hidden, deleted, muted):
        community.bookmark(ada, post)
    deleted.deleted_at, deleted.deleted_by = community.now, bob.id
    hide(storage, hidden)
    with storage.unit_of_work() as work:
        work.posts.save(deleted)
        work.commit()
    assert ids(listed(storage, community, ada)) == [muted.id, shown.id]

    community.mute(ada, cyd)

    assert ids(listed(storage, community, ada)) == [shown.id]


def test_a_page_reads_no_further_than_so_many_that_are_left_out(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with community.at_once():
        posts = [community.post(ada) for _ in range(READ_BEYOND + 4)]
        for post in posts:
            community.bookmark(ada, post)
    hide(storage, *posts[1:])

    page = listed(storage, community, ada, Window(2))
    assert page.items == ()
    assert page.before is not None
    assert ids(listed(storage, community, ada, Window(2, before=page.before))) == [posts[0].id]
