"""Lists for programs: whole objects, and how many there are in all. Their pages are tested with all other pages."""

import pytest

from application.ports.paging import Window
from application.ports.tallies import Total
from domain.errors import NotFound
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_an_empty_site_counts_nothing(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    reader, window = ada.reader, Window(5)

    for counted in (
        storage.post_feeds.whole_latest(reader, window),
        storage.post_feeds.whole_by(reader, "ada", window),
        storage.post_feeds.whole_timeline(reader, window),
        storage.comment_feeds.latest(reader, window),
        storage.follow_feeds.follower_profiles(reader, "ada", window),
        storage.follow_feeds.following_profiles(reader, "ada", window),
        storage.moderation_feeds.log(reader, window),
    ):
        assert (counted.page.items, counted.count) == ((), 0)


def test_totals_of_the_site_are_added_up_whatever_shard_they_are_in(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        for id in range(20):
            work.tallies.add_to_site({Total.POSTS: 2, Total.LOG_ENTRIES: 1}, shard_of=id)
        work.tallies.add_to_site({Total.POSTS: -5}, shard_of=99)
        work.tallies.add_to_site({}, shard_of=99)
        work.commit()

    assert storage.post_feeds.whole_latest(None, Window(5)).count == 35
    assert storage.moderation_feeds.log(None, Window(5)).count == 20
    assert storage.comment_feeds.latest(ada.reader, Window(5)).count == 0


def test_the_site_counts_only_what_is_committed(storage: Storage, community: Community) -> None:
    community.post(community.member())
    with storage.unit_of_work() as work:
        work.tallies.add_to_site({Total.POSTS: 7}, shard_of=1)

    assert storage.post_feeds.whole_latest(None, Window(5)).count == 1


def test_posts_are_whole_and_counted(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    posts = [community.post(author, title="T") for author in (ada, bob, cyd, bob)]
    details = [storage.post_feeds.post(None, post.id) for post in posts][::-1]
    window = Window(9)

    counted = storage.post_feeds.whole_latest(None, window)
    assert (list(counted.page.items), counted.count) == (details, 4)
    counted = storage.post_feeds.whole_by(None, "BOB", window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2]], 2)
    counted = storage.post_feeds.whole_timeline(ada.reader, window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2], details[3]], 3)


def test_a_page_beyond_the_end_is_still_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.post(ada)

    counted = storage.post_feeds.whole_by(None, "ada", Window(5, before=1))

    assert (counted.page.items, counted.count) == ((), 1)


def test_comments_are_as_their_reader_may_see_them(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    comments = [community.comment(ada, community.post(ada)) for _ in range(2)]
    community.hide(comments[0])

    for reader in (ada.reader, moderator.reader):
        counted = storage.comment_feeds.latest(reader, Window(5))
        seen = [storage.comment_feeds.comment(reader, comment.id) for comment in reversed(comments)]
        assert (list(counted.page.items), counted.count) == (seen, 2)


def test_people_come_with_their_profiles_as_their_reader_sees_them(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    for follower, followed in ((bob, ada), (cyd, ada), (ada, cyd)):
        community.follow(follower, followed)

    for reader in (ada.reader, bob.reader):
        counted = storage.follow_feeds.follower_profiles(reader, "Ada", Window(5))
        assert counted.count == 2
        assert [row.profile for row in counted.page.items] == [
            storage.people_feeds.profile(reader, "cyd"),
            storage.people_feeds.profile(reader, "bob"),
        ]
        assert [row.id for row in counted.page.items] == [
            card.id for card in storage.follow_feeds.followers(None, ada.id, Window(5)).items
        ]
        counted = storage.follow_feeds.following_profiles(reader, "Ada", Window(5))
        assert counted.count == 1
        assert [row.profile for row in counted.page.items] == [storage.people_feeds.profile(reader, "cyd")]


def test_acts_of_moderation_are_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    for _ in range(3):
        community.log_entry(ada, comment)

    counted = storage.moderation_feeds.log(None, Window(2))

    assert (len(counted.page.items), counted.count) == (2, 3)


def test_a_deleted_member_has_no_lists(storage: Storage, community: Community) -> None:
    ada, left = community.member("ada"), community.member("left")
    post = community.post(left)
    community.follow(left, ada)
    community.delete(left)

    for name in ("left", "nobody", ""):
        with pytest.raises(NotFound):
            storage.post_feeds.whole_by(None, name, Window(5))
        with pytest.raises(NotFound):
            storage.follow_feeds.follower_profiles(ada.reader, name, Window(5))
        with pytest.raises(NotFound):
            storage.follow_feeds.following_profiles(ada.reader, name, Window(5))
    assert [item.author for item in storage.post_feeds.whole_latest(None, Window(5)).page.items] == [None]
    assert storage.follow_feeds.follower_profiles(ada.reader, "ada", Window(5)).page.items == ()
    assert [item.id for item in storage.post_feeds.whole_latest(None, Window(5)).page.items] == [post.id]
