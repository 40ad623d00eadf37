"""Whom a text can mention."""

from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_members_are_found_by_present_and_former_usernames(storage: Storage, community: Community) -> None:
    ada, bob = community.member("augusta"), community.member("Bob")
    community.rename(ada, "Ada")

    found = storage.mention_feeds.mentionable(bob.id, ["ada", "augusta", "bob", "nobody"])

    assert found == {"ada": ada.id, "augusta": ada.id, "bob": bob.id}
    assert storage.mention_feeds.mentionable(bob.id, []) == {}
    assert storage.mention_feeds.mentionable(1, ["ada"]) == {"ada": ada.id}


def test_deleted_members_are_not_found(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.delete(ada)

    assert storage.mention_feeds.mentionable(bob.id, ["ada"]) == {}


def test_a_block_in_either_direction_hides_both_from_each_other(storage: Storage, community: Community) -> None:
    ada, bob, carol = (community.member(name) for name in ("ada", "bob", "carol"))
    community.mute(ada, bob, muted=False, blocked=True)
    community.mute(carol, ada)

    assert storage.mention_feeds.mentionable(ada.id, ["bob", "carol"]) == {"carol": carol.id}
    assert storage.mention_feeds.mentionable(bob.id, ["ada", "carol"]) == {"carol": carol.id}
    assert storage.mention_feeds.mentionable(carol.id, ["ada", "bob"]) == {"ada": ada.id, "bob": bob.id}
