"""Mutes and blocks in each storage: what is kept, what a reader then sees, and what happens at the same moment."""

from dataclasses import replace
from typing import Any

import pytest

from application.ports.paging import COUNTED_AT_MOST, Window
from domain.accounts import Account
from domain.errors import Forbidden, NotFound
from domain.muting import Mute
from domain.roles import Reader
from tests.contracts.community import Community
from tests.contracts.storages import Storage
from tests.contracts.test_ending_access import Town

ALL = Window(50)


def reader(storage: Storage, account: Account) -> Reader:
    return storage.session_feeds.reader(account.id)


def find(storage: Storage, owner: Account, other: Account) -> Mute | None:
    with storage.unit_of_work() as work:
        return work.mutes.find(owner.id, other.id)


def is_block_between(storage: Storage, one: Account, other: Account) -> bool:
    with storage.unit_of_work() as work:
        return work.mutes.is_block_between(one.id, other.id)


def test_a_mute_comes_back_as_it_was_saved_and_keeps_its_first_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    first = community.mute(ada, bob)
    assert find(storage, ada, bob) == first
    assert find(storage, bob, ada) is None

    community.mute(ada, bob, muted=False, blocked=True)

    assert find(storage, ada, bob) == replace(first, muted=False, blocked=True)


def test_one_that_hides_nothing_is_removed(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.mute(ada, bob, muted=True, blocked=True)

    community.mute(ada, bob, muted=False, blocked=False)

    assert find(storage, ada, bob) is None
    assert not reader(storage, ada).mutes


@pytest.mark.parametrize("missing", ["owner_id", "other_id"])
def test_a_mute_needs_two_accounts(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member("ada")
    pair: dict[str, Any] = {"owner_id": ada.id, "other_id": ada.id, missing: 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.mutes.save(Mute(id=community.new_id(), muted=True, **pair))
        work.commit()


def test_a_block_is_between_both_and_a_mute_is_not(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    community.mute(ada, bob)
    assert not is_block_between(storage, ada, bob)

    community.mute(bob, ada, muted=False, blocked=True)

    assert is_block_between(storage, ada, bob)
    assert is_block_between(storage, bob, ada)
    assert not is_block_between(storage, ada, cyd)


def test_some_are_removed_of_both_sides_and_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    for owner, other in ((ada, bob), (cyd, ada), (ada, cyd), (bob, cyd)):
        community.mute(owner, other)

    removed = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            removed.append(work.mutes.remove_some_of(ada.id, 2))
            work.commit()

    assert removed == [2, 1, 0]
    assert find(storage, bob, cyd) is not None


def test_a_reader_knows_whether_they_mute_anybody(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    community.mute(ada, bob)
    community.mute(bob, ada, muted=False, blocked=True)
    for account in (ada, bob, cyd):
        community.session(account, secret_hash=f"hash of {account.username.text}")

    for account, mutes in ((ada, True), (bob, True), (cyd, False)):
        viewer = storage.session_feeds.viewer(f"hash of {account.username.text}", community.now)
        assert viewer is not None
        found = (viewer, reader(storage, account), storage.credential_feeds.token_reader(account.id))
        assert [one.mutes for one in found] == [mutes] * 3


def test_the_list_has_both_kinds_newest_first_without_who_has_left(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    first, _, third = community.mute(ada, bob), community.mute(ada, dan), community.mute(ada, cyd, blocked=True)
    community.mute(bob, ada)
    community.delete(dan)

    page = storage.mute_feeds.people(ada.reader, Window(1))
    assert [(card.id, card.member.username, card.muted, card.blocked) for card in page.items] == [
        (third.id, "cyd", True, True)
    ]
    page = storage.mute_feeds.people(ada.reader, Window(1, before=page.before))
    assert [(card.id, card.member.username, card.muted, card.blocked) for card in page.items] == [
        (first.id, "bob", True, False)
    ]
    assert storage.mute_feeds.people(cyd.reader, ALL).items == ()
    assert [card.member.username for card in storage.archive_feeds.mutes(ada.reader)] == ["bob", "cyd"]


def test_the_lists_of_profiles_are_counted_up_to_a_hundred(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with community.at_once():
        others = [community.member(f"m{number}") for number in range(COUNTED_AT_MOST + 1)]
        for other in others[:-1]:
            community.mute(ada, other)
        community.mute(ada, others[-1], muted=False, blocked=True)

    muted, blocked = (
        feed(ada.reader, Window(2)) for feed in (storage.mute_feeds.muted_profiles, storage.mute_feeds.blocked_profiles)
    )
    assert [row.profile.username for row in muted.page.items] == ["m99", "m98"]
    assert [row.profile.username for row in blocked.page.items] == ["m100"]
    assert (muted.count, blocked.count) == (100, 1)
    assert (blocked.page.before, blocked.page.after) == (None, None)

    community.mute(ada, others[-1], muted=True)
    assert storage.mute_feeds.muted_profiles(ada.reader, Window(2)).count is None


def test_a_profile_and_a_post_say_how_the_reader_stands_to_their_author(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    post = community.post(bob)
    comments = [community.comment(author, post) for author in (ada, bob, cyd)]

    def seen(account: Account | None) -> list[tuple[bool, bool, bool]]:
        looking = None if account is None else reader(storage, account)
        thread = storage.comment_feeds.thread(looking, post.id, ALL)
        shown: list[Any] = [
            storage.people_feeds.profile(looking, "bob"),
            storage.people_feeds.page(looking, "bob", ALL).profile,
            storage.post_feeds.post(looking, post.id),
            thread.post,
        ]
        below = [(card.muted, card.blocked) for card in thread.comments.items]
        alone = [storage.comment_feeds.comment(looking, comment.id) for comment in comments]
        assert [(card.muted, card.blocked) for card in alone] == below
        assert below[::2] == [(False, False)] * 2
        return [*((one.muted, one.blocked, one.refuses) for one in shown), (*below[1], False)]

    nothing = [(False, False, False)] * 5
    assert seen(None) == seen(ada) == nothing
    community.mute(ada, bob)
    assert seen(ada) == [(True, False, False)] * 5
    assert seen(bob) == seen(cyd) == seen(None) == nothing
    community.mute(ada, bob, blocked=True)
    assert seen(ada) == [*[(True, True, True)] * 4, (True, True, False)]
    community.mute(ada, bob, muted=False)
    community.mute(bob, ada, muted=False, blocked=True)
    assert seen(ada) == [*[(False, False, True)] * 4, (False, False, False)]
    assert seen(cyd) == nothing


def test_lists_of_people_leave_out_whom_the_reader_mutes_but_not_on_their_own_pages(
    storage: Storage, community: Community
) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    for follower, followed in ((bob, dan), (cyd, dan), (dan, bob), (dan, cyd), (ada, bob), (bob, ada)):
        community.follow(follower, followed)
    community.mute(ada, bob)
    looking = reader(storage, ada)
    feeds = storage.follow_feeds

    for listed in (feeds.followers(looking, dan.id, ALL), feeds.following(looking, dan.id, ALL)):
        assert [card.member.username for card in listed.items] == ["cyd"]
    for counted in (feeds.follower_profiles(looking, "dan", ALL), feeds.following_profiles(looking, "dan", ALL)):
        assert ([row.profile.username for row in counted.page.items], counted.count) == (["cyd"], 2)
    for listed in (feeds.followers(looking, ada.id, ALL), feeds.following(looking, ada.id, ALL)):
        assert [card.member.username for card in listed.items] == ["bob"]
    for counted in (feeds.follower_profiles(looking, "ada", ALL), feeds.following_profiles(looking, "ada", ALL)):
        assert [row.profile.username for row in counted.page.items] == ["bob"]


def test_a_list_of_people_says_whom_the_reader_cannot_follow(storage: Storage, community: Community) -> None:
    ada, bob, cyd, dan = (community.member(name) for name in ("ada", "bob", "cyd", "dan"))
    disabled = community.member("eve", disabled=True)
    for follower in (bob, cyd, disabled):
        community.follow(follower, dan)
    community.mute(cyd, ada, muted=False, blocked=True)

    for looking, refusing in ((reader(storage, ada), {"cyd", "eve"}), (dan.reader, {"eve"}), (None, set())):
        cards = storage.follow_feeds.followers(looking, dan.id, ALL).items
        assert {card.member.username for card in cards if card.refuses} == refusing


def test_nobody_is_suggested_whom_one_mutes_or_who_blocks_one(storage: Storage, community: Community) -> None:
    ada, *authors = (community.member(name) for name in ("ada", "bob", "cyd", "dan", "eve"))
    bob, cyd, dan, eve = authors
    for author in authors:
        community.post(author)
    community.mute(ada, bob)
    community.mute(ada, cyd, muted=False, blocked=True)
    community.mute(dan, ada, muted=False, blocked=True)
    community.mute(eve, ada)

    suggested = storage.follow_feeds.suggestions(reader(storage, ada), 9)

    assert [profile.username for profile in suggested] == ["eve"]


# At the same moment.


@pytest.fixture
def town(storage: Storage) -> Town:
    return Town(storage)


def follows_between(town: Town) -> int:
    profiles = [town.site.storage.people_feeds.profile(None, name) for name in ("john", "susan")]
    counted = {(profile.follower_count, profile.following_count) for profile in profiles}
    listed = [town.site.storage.follow_feeds.followers(None, profile.id, ALL).items for profile in profiles]
    assert counted == {(0, 0)} or any(listed)
    return sum(map(len, listed))


@pytest.mark.parametrize("follows", [("john", "susan"), ("susan", "john")])
@pytest.mark.parametrize("blocks", [("john", "susan"), ("susan", "john")])
@pytest.mark.parametrize("first", ["follow", "block"])
def test_no_follow_survives_a_block_at_the_same_moment(
    town: Town, first: str, blocks: tuple[str, str], follows: tuple[str, str]
) -> None:
    def follow() -> None:
        town.site.following.follow(actor_id=town.ids[follows[0]], username=follows[1])

    def block() -> None:
        town.site.muting.block(actor_id=town.ids[blocks[0]], username=blocks[1])

    acts = {"follow": follow, "block": block}
    (second,) = acts.keys() - {first}
    ended = dict(zip((first, second), town.meet(acts[first], acts[second]), strict=True))

    assert ended["block"] is None, ended
    assert first == "follow" or isinstance(ended["follow"], Forbidden), ended
    assert follows_between(town) == 0
    with town.site.storage.unit_of_work(reading=True) as work:
        assert work.mutes.is_block_between(town.ids["john"], town.ids["susan"])


def test_two_who_block_each_other_at_the_same_moment_both_do(town: Town) -> None:
    town.site.following.follow(actor_id=town.ids["john"], username="susan")

    ended = town.meet(
        lambda: town.site.muting.block(actor_id=town.ids["john"], username="susan"),
        lambda: town.site.muting.block(actor_id=town.ids["susan"], username="john"),
    )

    assert ended == (None, None)
    assert follows_between(town) == 0
    with town.site.storage.unit_of_work(reading=True) as work:
        pairs = (("john", "susan"), ("susan", "john"))
        assert all(work.mutes.find(town.ids[owner], town.ids[other]) for owner, other in pairs)


def test_a_mute_and_a_block_at_the_same_moment_are_both_kept(town: Town) -> None:
    ended = town.meet(
        lambda: town.site.muting.mute(actor_id=town.ids["john"], username="susan"),
        lambda: town.site.muting.block(actor_id=town.ids["john"], username="susan"),
    )

    assert ended == (None, None)
    with town.site.storage.unit_of_work(reading=True) as work:
        mute = work.mutes.find(town.ids["john"], town.ids["susan"])
    assert mute is not None
    assert (mute.muted, mute.blocked) == (True, True)


@pytest.mark.parametrize("first", ["mute", "leave"])
def test_who_leaves_at_the_same_moment_leaves_no_mute_behind(town: Town, first: str) -> None:
    def mute() -> None:
        town.site.muting.mute(actor_id=town.ids["john"], username="susan")

    acts = {"mute": mute, "leave": town.leave}
    (second,) = acts.keys() - {first}
    ended = dict(zip((first, second), town.meet(acts[first], acts[second]), strict=True))
    town.deliver()

    assert ended["leave"] is None, ended
    assert first == "mute" or isinstance(ended["mute"], NotFound), ended
    assert not town.site.storage.session_feeds.reader(town.ids["john"]).mutes
