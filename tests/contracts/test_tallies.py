"""Counters that are kept in the commit of the write."""

from application.ports.paging import Window
from application.ports.tallies import Tally, Total
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_tallies_are_added_up(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")

    with storage.unit_of_work() as work:
        work.tallies.add({bob.id: Tally(posts=1, comments=2, followers=3, following=4), ada.id: Tally(posts=5)})
        work.tallies.add({bob.id: Tally(posts=-3, comments=-1), ada.id: Tally()})
        work.tallies.add({1: Tally(posts=1)})
        work.tallies.add({})
        work.tallies.add_comments(1, 1)
        work.commit()

    seen = storage.people_feeds.profile(None, "bob")
    assert (seen.post_count, seen.comment_count, seen.follower_count, seen.following_count) == (-2, 1, 3, 4)
    assert storage.people_feeds.profile(None, "ada").post_count == 5


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
