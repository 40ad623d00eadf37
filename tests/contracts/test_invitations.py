"""Invitations in every storage, and the last seat."""

from datetime import timedelta

import pytest

from application.ports.work import UnitOfWork
from domain.errors import AlreadyTaken, NotFound
from domain.invitations import LIFETIME, Invitation
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage
from tests.contracts.test_two_at_once import Act, Meet, both


def stored(storage: Storage, invitation_id: int) -> Invitation:
    with storage.unit_of_work() as work:
        return work.invitations.lock(invitation_id)


def test_an_invitation_comes_back_as_it_was_added(storage: Storage, community: Community) -> None:
    invitation = community.invitation(community.member(), people=20, taken=3, code="x" * 43)

    assert stored(storage, invitation.id) == invitation
    with storage.unit_of_work(reading=True) as work:
        assert work.invitations.find_by_code("x" * 43) == invitation
        assert work.invitations.find_by_code("X" * 43) is None


def test_a_change_is_saved_and_a_forgotten_save_is_lost(storage: Storage, community: Community) -> None:
    ada = community.member()
    invitation = community.invitation(ada)
    with storage.unit_of_work() as work:
        lost = work.invitations.lock(invitation.id)
        assert lost.take_seat(ada, at=community.now)
        work.commit()
    assert stored(storage, invitation.id).taken == 0

    with storage.unit_of_work() as work:
        kept = work.invitations.lock(invitation.id)
        kept.take_seat(ada, at=community.now)
        kept.end(ada.id)
        work.invitations.save(kept)
        work.commit()

    found = stored(storage, invitation.id)
    assert (found.taken, found.ended) == (1, True)


def test_a_code_is_unique_and_its_owner_is_there(storage: Storage, community: Community) -> None:
    ada = community.member()
    invitation = community.invitation(ada)
    with pytest.raises(AlreadyTaken), storage.unit_of_work() as work:
        work.invitations.add(
            Invitation(id=7, owner_id=ada.id, code=invitation.code, people=1, until=community.now + LIFETIME)
        )
        work.commit()
    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.invitations.add(Invitation(id=7, owner_id=8, code="another", people=1, until=community.now + LIFETIME))
        work.commit()
    with pytest.raises(NotFound):
        stored(storage, 7)


def test_only_open_ones_are_counted(storage: Storage, community: Community) -> None:
    ada, bob = community.member(), community.member("bob")
    community.invitation(ada)
    community.invitation(ada, people=2, taken=2)
    community.invitation(bob)
    ended = community.invitation(ada)
    with storage.unit_of_work() as work:
        ended.end(ada.id)
        work.invitations.save(ended)
        work.commit()

    with storage.unit_of_work(reading=True) as work:
        assert work.invitations.count_open(ada.id, community.now) == 1
        assert work.invitations.count_open(ada.id, community.now + LIFETIME) == 0


def test_a_member_sees_their_own_and_moderators_see_who_invited(storage: Storage, community: Community) -> None:
    ada, bob = community.member(name="Ada L."), community.member("bob")
    made = [community.invitation(ada) for _ in range(3)]
    community.invitation(bob)
    community.member("cyd", invitation_id=made[0].id)
    community.member("dan", invitation_id=99)
    feeds = storage.invitation_feeds

    assert [card.id for card in feeds.of_member(ada.reader, 2)] == [made[2].id, made[1].id]
    assert feeds.of_member(community.member("eve").reader, 2) == ()
    (inviter,) = {feeds.inviter(None, name) for name in ("cyd", "CYD")}
    assert inviter is not None
    assert (inviter.username, inviter.name, inviter.role) == ("ada", "Ada L.", Role.USER)
    for name in ("ada", "dan", "nobody"):
        assert feeds.inviter(None, name) is None
    community.delete(ada)
    assert feeds.inviter(None, "cyd") is None


def test_of_two_who_confirm_at_once_one_gets_the_last_seat(storage: Storage, community: Community) -> None:
    ada = community.member()
    invitation = community.invitation(ada, people=2, taken=1)
    at = community.now + timedelta(days=1)

    def confirm(work: UnitOfWork, meet: Meet) -> str:
        meet()
        found = work.invitations.lock(invitation.id)
        if not found.take_seat(work.accounts.get(ada.id), at=at):
            return "full"
        work.invitations.save(found)
        work.commit()
        return "done"

    assert sorted(both(storage, confirm, confirm)) == ["done", "full"]
    assert stored(storage, invitation.id).taken == 2


def test_of_two_invitations_at_once_only_one_is_the_tenth(storage: Storage, community: Community) -> None:
    ada = community.member()
    for _ in range(9):
        community.invitation(ada)
    ids = [community.new_id(), community.new_id()]

    def make(id: int) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            meet()
            work.accounts.lock(ada.id)
            if work.invitations.count_open(ada.id, community.now) >= 10:
                return "too many"
            work.invitations.add(
                Invitation(id=id, owner_id=ada.id, code=f"new {id}", people=1, until=community.now + LIFETIME)
            )
            work.commit()
            return "done"

        return act

    assert sorted(both(storage, *map(make, ids))) == ["done", "too many"]
