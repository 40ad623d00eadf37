"""Mailed links, and who is behind an API token."""

import pytest

from domain.credentials import Purpose
from domain.errors import LinkExpired
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_only_the_newest_link_of_a_purpose_is_stored(storage: Storage, community: Community) -> None:
    ada = community.member()
    old = community.link(ada, token_id="old")
    other = community.link(ada, Purpose.RESET_PASSWORD, token_id="other")
    new = community.link(ada, token_id="new")

    with storage.unit_of_work() as work:
        assert work.links.find(ada.id, Purpose.CONFIRM) == new
        assert work.links.find(ada.id, Purpose.RESET_PASSWORD) == other
        assert work.links.find(ada.id, Purpose.CHANGE_EMAIL) is None
        assert work.links.find(1, Purpose.CONFIRM) is None
        with pytest.raises(LinkExpired):
            work.links.spend(old)


def test_a_link_is_spent_once(storage: Storage, community: Community) -> None:
    ada = community.member()
    link = community.link(ada)
    other = community.link(ada, Purpose.CHANGE_EMAIL)

    with storage.unit_of_work() as work:
        work.links.spend(link)
        with pytest.raises(LinkExpired):
            work.links.spend(link)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.links.find(ada.id, link.purpose) is None
        assert work.links.find(ada.id, other.purpose) == other


def test_links_are_removed_by_purpose_or_all_at_once(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    kept = community.link(bob)
    for purpose in Purpose:
        community.link(ada, purpose)

    with storage.unit_of_work() as work:
        work.links.remove_all_of(ada.id, Purpose.CONFIRM)
        assert work.links.find(ada.id, Purpose.CONFIRM) is None
        assert work.links.find(ada.id, Purpose.CHANGE_EMAIL) is not None
        work.links.remove_all_of(ada.id)
        assert not any(work.links.find(ada.id, purpose) for purpose in Purpose)
        assert work.links.find(bob.id, kept.purpose) == kept
