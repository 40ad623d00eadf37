"""Lists for programs: whole objects, and how many there are in all. Their pages are tested with all other pages."""

import pytest

from application.feeds import Window
from application.ports import Total
from domain.errors import NotFound
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_an_empty_site_counts_nothing(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    catalogue, window = storage.catalogue, Window(5)

    for counted in (
        catalogue.posts(window),
        catalogue.posts_of("ada", window),
        catalogue.timeline(ada.id, window),
        catalogue.comments(window, ada.reader),
        catalogue.followers("ada", window, ada.reader),
        catalogue.following("ada", window, ada.reader),
        catalogue.log(window),
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

    assert storage.catalogue.posts(Window(5)).count == 35
    assert storage.catalogue.log(Window(5)).count == 20
    assert storage.catalogue.comments(Window(5), ada.reader).count == 0


def test_the_site_counts_only_what_is_committed(storage: Storage, community: Community) -> None:
    community.post(community.member())
    with storage.unit_of_work() as work:
        work.tallies.add_to_site({Total.POSTS: 7}, shard_of=1)

    assert storage.catalogue.posts(Window(5)).count == 1


def test_posts_are_whole_and_counted(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    posts = [community.post(author, title="T") for author in (ada, bob, cyd, bob)]
    details = [storage.posts.post(post.id) for post in posts][::-1]
    window = Window(9)

    counted = storage.catalogue.posts(window)
    assert (list(counted.page.items), counted.count) == (details, 4)
    counted = storage.catalogue.posts_of("BOB", window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2]], 2)
    counted = storage.catalogue.timeline(ada.id, window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2], details[3]], 3)


def test_a_page_beyond_the_end_is_still_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.post(ada)

    counted = storage.catalogue.posts_of("ada", Window(5, before=1))

    assert (counted.page.items, counted.count) == ((), 1)


def test_comments_are_as_their_reader_may_see_them(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    comments = [community.comment(ada, community.post(ada)) for _ in range(2)]
    community.hide(comments[0])

    for reader in (ada.reader, moderator.reader):
        counted = storage.catalogue.comments(Window(5), reader)
        seen = [storage.comments.comment(comment.id, reader) for comment in reversed(comments)]
        assert (list(counted.page.items), counted.count) == (seen, 2)


def test_people_come_with_their_profiles_as_their_reader_sees_them(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    for follower, followed in ((bob, ada), (cyd, ada), (ada, cyd)):
        community.follow(follower, followed)

    for reader in (ada.reader, bob.reader):
        counted = storage.catalogue.followers("Ada", Window(5), reader)
        assert counted.count == 2
        assert [row.profile for row in counted.page.items] == [
            storage.people.profile("cyd", reader),
            storage.people.profile("bob", reader),
        ]
        assert [row.id for row in counted.page.items] == [
            card.id for card in storage.people.followers(ada.id, Window(5)).items
        ]
        counted = storage.catalogue.following("Ada", Window(5), reader)
        assert counted.count == 1
        assert [row.profile for row in counted.page.items] == [storage.people.profile("cyd", reader)]


def test_acts_of_moderation_are_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    for _ in range(3):
        community.log_entry(ada, comment)

    counted = storage.catalogue.log(Window(2))

    assert (counted.page, counted.count) == (storage.moderation.log(Window(2)), 3)


def test_a_deleted_member_has_no_lists(storage: Storage, community: Community) -> None:
    ada, left = community.member("ada"), community.member("left")
    post = community.post(left)
    community.follow(left, ada)
    community.delete(left)

    for name in ("left", "nobody", ""):
        with pytest.raises(NotFound):
            storage.catalogue.posts_of(name, Window(5))
        with pytest.raises(NotFound):
            storage.catalogue.followers(name, Window(5), ada.reader)
        with pytest.raises(NotFound):
            storage.catalogue.following(name, Window(5), ada.reader)
    assert [item.author for item in storage.catalogue.posts(Window(5)).page.items] == [None]
    assert storage.catalogue.followers("ada", Window(5), ada.reader).page.items == ()
    assert [item.id for item in storage.catalogue.posts(Window(5)).page.items] == [post.id]
