"""People as everybody sees them."""

import pytest

from application.ports.paging import Window
from domain.errors import NotFound
from domain.ids import time_of
from domain.profiles import PublicProfile
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_a_profile_shows_every_field_in_any_spelling_of_the_name(storage: Storage, community: Community) -> None:
    ada = community.member("Ada")
    bob = community.member("bob")
    cyd = community.member("cyd")
    community.follow(bob, ada)
    community.follow(ada, cyd)
    ada.describe(PublicProfile(name="Ada L.", location="London", about_me="Numbers.\nAnd poetry."))
    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.commit()

    for name in ("Ada", "ada", "ADA"):
        seen = storage.people_feeds.profile(bob.reader, name)
        assert (seen.id, seen.username, seen.name, seen.location) == (ada.id, "Ada", "Ada L.", "London")
        assert seen.about_me == "Numbers.\nAnd poetry."
        assert (seen.role, seen.last_seen_at, seen.member_since) == (Role.USER, time_of(ada.id), time_of(ada.id))
        assert (seen.follower_count, seen.following_count) == (1, 1)
        assert (seen.followed, seen.follows_you) == (True, False)
        assert storage.people_feeds.page(bob.reader, name, Window(5)).profile == seen
    assert storage.people_feeds.profile(cyd.reader, "ada").follows_you
    for stranger in (None, Reader(id=1, role=Role.USER, confirmed=True), ada.reader):
        seen = storage.people_feeds.profile(stranger, "ada")
        assert (seen.followed, seen.follows_you) == (False, False)


def test_an_unknown_username_is_not_found(storage: Storage, community: Community) -> None:
    community.member("ada")
    community.delete(community.member("left"))

    for name in ("bob", "left", "LEFT", "ad", "ada.", "", "ada%", "_da"):
        with pytest.raises(NotFound):
            storage.people_feeds.profile(None, name)
        with pytest.raises(NotFound):
            storage.people_feeds.page(None, name, Window(5))
        with pytest.raises(NotFound):
            storage.member_feeds.member(None, name)


def test_a_person_without_posts_has_a_page(storage: Storage, community: Community) -> None:
    community.post(community.member("bob"))
    community.member("ada")

    page = storage.people_feeds.page(None, "ada", Window(5))

    assert (page.posts.items, page.posts.before, page.posts.after) == ((), None, None)
