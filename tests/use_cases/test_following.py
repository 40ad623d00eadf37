"""Following, and the timeline that comes of it."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound

ALL = Window(100)


def counts(community, name: str) -> tuple[int, int]:
    profile = community.people_feeds.profile(None, name)
    return profile.follower_count, profile.following_count


def test_following_twice_makes_one_follow(community):
    susan = community.join("susan")
    community.join("john")
    for _ in range(2):
        community.following.follow(actor_id=susan, username="John")
    assert counts(community, "john") == (1, 0)
    assert counts(community, "susan") == (0, 1)
    profile = community.people_feeds.profile(community.reader("susan"), "john")
    assert (profile.followed, profile.follows_you) == (True, False)
    assert community.people_feeds.profile(community.reader("john"), "susan").follows_you


def test_w19_nobody_follows_themselves_and_no_counter_is_below_zero(community):
    susan = community.join("susan")
    with pytest.raises(Invalid):
        community.following.follow(actor_id=susan, username="susan")
    community.following.unfollow(actor_id=susan, username="susan")
    assert counts(community, "susan") == (0, 0)


def test_unfollowing_is_idempotent(community):
    susan = community.join("susan")
    community.join("john")
    community.following.follow(actor_id=susan, username="john")
    for _ in range(2):
        community.following.unfollow(actor_id=susan, username="john")
    assert counts(community, "john") == (0, 0)


def test_the_timeline_has_posts_of_followed_authors_and_ones_own(community):
    susan, john, david = (community.join(name) for name in ("susan", "john", "david"))
    community.following.follow(actor_id=susan, username="john")
    ids = [community.posts.publish(actor_id=who, title="", body="Words.") for who in (susan, john, david)]
    assert [card.id for card in community.post_feeds.timeline(community.reader("susan"), ALL).items] == [ids[1], ids[0]]
    assert [card.id for card in community.post_feeds.timeline(community.reader("david"), ALL).items] == [ids[2]]


def test_lists_show_the_newest_follow_first(community):
    for name in ("susan", "john", "david"):
        community.join(name)
    for name in ("john", "david"):
        community.following.follow(actor_id=community.reader(name).id, username="susan")
    followers = community.follow_feeds.followers(None, community.reader("susan").id, ALL).items
    assert [card.member.username for card in followers] == ["david", "john"]


def test_an_unconfirmed_member_follows_nobody(community):
    community.join("john")
    community.register("susan")
    with pytest.raises(Forbidden):
        community.following.follow(actor_id=community.reader("susan").id, username="john")


def test_an_unknown_username_is_not_found(community):
    susan = community.join("susan")
    for act in (community.following.follow, community.following.unfollow):
        with pytest.raises(NotFound):
            act(actor_id=susan, username="nobody")
