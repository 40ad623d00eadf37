"""Who reads whom, and the lists that come of it."""

import pytest

from application.ports.following import LATELY
from application.ports.members import MemberName
from application.ports.paging import Window
from domain.accounts import Account
from domain.errors import NotFound
from domain.following import Follow
from domain.roles import Reader, Role
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage

NOBODY = Reader(id=1, role=Role.USER, confirmed=True)


def test_a_follow_comes_back_as_it_was_added(storage: Storage, community: Community) -> None:
    follow = community.follow(community.member("ada"), community.member("bob"))

    with storage.unit_of_work() as work:
        assert work.follows.some_of(follow.follower_id, 5) == [follow]
        assert work.follows.some_of(follow.followed_id, 5) == [follow]
        assert work.follows.some_of(1, 5) == []


def test_a_pair_has_one_follow_that_keeps_its_first_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    first = community.follow(ada, bob)

    with storage.unit_of_work() as work:
        assert not work.follows.add(Follow(id=community.new_id(), follower_id=ada.id, followed_id=bob.id))
        assert work.follows.add(Follow(id=community.new_id(), follower_id=bob.id, followed_id=ada.id))
        work.commit()

    assert [card.id for card in storage.follow_feeds.following(None, ada.id, Window(5)).items] == [first.id]


def test_a_follow_is_removed_once_and_may_be_added_again(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.follow(ada, bob)

    with storage.unit_of_work() as work:
        assert not work.follows.remove(bob.id, ada.id)
        assert work.follows.remove(ada.id, bob.id)
        assert not work.follows.remove(ada.id, bob.id)
        work.commit()
    again = community.follow(ada, bob)

    assert [card.id for card in storage.follow_feeds.followers(None, bob.id, Window(5)).items] == [again.id]


def test_a_list_of_people_says_whom_its_reader_follows(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    for follower, followed in ((ada, cyd), (bob, cyd), (ada, bob)):
        community.follow(follower, followed)

    def seen(reader: Reader | None) -> dict[str, bool]:
        cards = storage.follow_feeds.followers(reader, cyd.id, Window(5)).items
        return {card.member.username: card.followed for card in cards}

    assert seen(ada.reader) == {"ada": False, "bob": True}
    assert seen(bob.reader) == seen(None) == {"ada": False, "bob": False}
    listed = storage.follow_feeds.following(bob.reader, ada.id, Window(5)).items
    assert [(card.member.username, card.followed) for card in listed] == [("bob", False), ("cyd", True)]


@pytest.mark.parametrize("missing", ["follower", "followed"])
def test_a_follow_needs_two_accounts(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member("ada")
    pair = {"follower_id": ada.id, "followed_id": ada.id, f"{missing}_id": 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.follows.add(Follow(id=community.new_id(), **pair))
        work.commit()


def test_some_follows_are_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    hers = {community.follow(ada, bob).id, community.follow(cyd, ada).id, community.follow(ada, dan).id}
    community.follow(bob, cyd)

    with storage.unit_of_work() as work:
        assert len(work.follows.some_of(ada.id, 2)) == 2
        assert {follow.id for follow in work.follows.some_of(ada.id, 9)} == hers


def test_followers_and_following_are_two_lists_of_names(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada", name="Ada"), community.member("bob"), community.member("cyd")
    first = community.follow(ada, bob)
    second = community.follow(cyd, bob)

    followers = storage.follow_feeds.followers(None, bob.id, Window(5)).items
    assert [(card.id, card.member) for card in followers] == [
        (second.id, MemberName(cyd.id, "cyd", "", Role.USER)),
        (first.id, MemberName(ada.id, "ada", "Ada", Role.USER)),
    ]
    assert [card.member.username for card in storage.follow_feeds.following(None, ada.id, Window(5)).items] == ["bob"]
    assert storage.follow_feeds.following(None, bob.id, Window(5)).items == ()
    assert storage.follow_feeds.followers(None, 1, Window(5)).items == ()


def test_a_deleted_member_vanishes_from_both_lists(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    for follower, followed in ((ada, bob), (bob, cyd), (cyd, ada), (ada, cyd)):
        community.follow(follower, followed)

    community.delete(ada)

    assert storage.follow_feeds.followers(None, bob.id, Window(5)).items == ()
    assert [card.member.username for card in storage.follow_feeds.followers(None, cyd.id, Window(5)).items] == ["bob"]
    assert storage.follow_feeds.following(None, cyd.id, Window(5)).items == ()


def test_a_timeline_has_posts_of_followed_authors_and_ones_own(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    community.follow(cyd, ada)
    own, followed, _other = community.post(ada), community.post(bob), community.post(cyd)

    assert [card.id for card in storage.post_feeds.timeline(ada.reader, Window(5)).items] == [followed.id, own.id]
    assert [card.id for card in storage.post_feeds.timeline(bob.reader, Window(5)).items] == [followed.id]
    assert storage.post_feeds.timeline(NOBODY, Window(5)).items == ()


def suggested(storage: Storage, account: Account, limit: int = 9) -> list[str]:
    return [profile.username for profile in storage.follow_feeds.suggestions(account.reader, limit, BEGINNING)]


def test_suggestions_begin_with_the_most_followed_and_then_the_newest(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan, eve = (community.member(name) for name in ("ada", "bob", "cyd", "dan", "eve"))
    for author in (eve, dan, cyd, bob, cyd):
        community.post(author)
    for follower, followed in ((dan, bob), (eve, bob), (bob, dan)):
        community.follow(follower, followed)

    assert suggested(storage, ada) == ["bob", "dan", "eve", "cyd"]
    assert suggested(storage, ada, 2) == ["bob", "dan"]


def test_a_suggestion_is_a_whole_profile_as_the_reader_sees_it(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob", name="Bob")
    community.follow(bob, ada)
    community.post(bob)

    (found,) = storage.follow_feeds.suggestions(ada.reader, 5, BEGINNING)

    assert found == storage.people_feeds.profile(ada.reader, "bob")
    assert (found.follows_you, found.followed) == (True, False)


def test_suggestions_leave_out_the_reader_and_followed_members(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    community.follow(cyd, ada)
    for author in (ada, bob, cyd):
        community.post(author)

    assert suggested(storage, ada) == ["cyd"]
    assert suggested(storage, bob) == ["ada", "cyd"]
    assert suggested(storage, cyd) == ["bob"]


def test_only_members_who_wrote_and_may_still_act_are_suggested(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    disabled, _silent = community.member("cyd", disabled=True), community.member("dan")
    for author in (bob, disabled):
        community.post(author)
    community.delete(bob)

    assert suggested(storage, ada) == []


def test_a_site_without_posts_has_no_suggestions(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    assert storage.follow_feeds.suggestions(ada.reader, 5, BEGINNING) == ()
    assert storage.follow_feeds.suggestions(NOBODY, 5, BEGINNING) == ()


def test_suggestions_leave_out_authors_without_recent_posts(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    with community.at_once():
        for author in (bob, *[cyd] * (LATELY - 1)):
            community.post(author)
    assert suggested(storage, ada) == ["cyd", "bob"]

    community.post(ada)

    assert suggested(storage, ada) == ["cyd"]


def test_lists_with_profiles_show_them_as_the_reader_sees_them(storage: Storage, community: Community) -> None:
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
