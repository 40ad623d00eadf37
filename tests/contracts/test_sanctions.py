"""Sanctions in the storage, and what they come to on the account."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from application.ports.paging import COUNTED_AT_MOST, Window
from domain.errors import NotFound
from domain.moderation import Act
from domain.roles import UNTIL_LIFTED, Role
from domain.sanctions import Sanction
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(200)


def test_a_sanction_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    sanctions = [
        community.sanction(mod, ada, Act.WARN),
        community.sanction(None, ada, Act.SILENCE, days=None),
        community.sanction(mod, ada, Act.SUSPEND, days=3),
    ]
    with storage.unit_of_work() as work:
        sanctions[1].reverse(at=community.now)
        work.sanctions.save(sanctions[1])
        work.commit()

    with storage.unit_of_work() as work:
        assert [work.sanctions.get(each.id) for each in sanctions] == sanctions
        with pytest.raises(NotFound):
            work.sanctions.get(1)
    assert (sanctions[1].until, sanctions[1].reversed, sanctions[1].told) == (UNTIL_LIFTED, True, True)


def test_what_is_not_committed_is_lost(storage: Storage, community: Community) -> None:
    ada = community.member()
    sanction = community.sanction(None, ada)
    with storage.unit_of_work() as work:
        sanction.lift(at=community.now)
        work.sanctions.save(sanction)

    with storage.unit_of_work() as work:
        assert work.sanctions.get(sanction.id).lifted_at is None


def test_a_sanction_needs_its_entry_and_its_account(storage: Storage, community: Community) -> None:
    ada = community.member()
    for id, account_id in ((7, ada.id), (community.log_entry(ada, community.comment(ada, community.post(ada))).id, 1)):
        with pytest.raises(NotFound), storage.unit_of_work() as work:
            work.sanctions.add(Sanction(id=id, account_id=account_id, act=Act.WARN, until=None))
            work.commit()


def test_those_hold_that_are_neither_over_nor_lifted(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.sanction(None, ada, Act.WARN)
    day, lifted, forever = (community.sanction(None, ada, days=days) for days in (1, 9, None))
    community.sanction(None, bob)
    assert day.until is not None
    with storage.unit_of_work() as work:
        lifted.lift(at=community.now)
        work.sanctions.save(lifted)
        work.commit()

    def holding(at: datetime) -> list[int]:
        with storage.unit_of_work(reading=True) as work:
            return [each.id for each in work.sanctions.holding(ada.id, at)]

    assert holding(community.now) == [day.id, forever.id]
    assert holding(day.until - timedelta(microseconds=1)) == [day.id, forever.id]
    assert holding(day.until) == [forever.id]


def test_the_ended_that_nobody_was_told_of_are_found_in_their_order(storage: Storage, community: Community) -> None:
    ada = community.member()
    two, one = community.sanction(None, ada, days=2), community.sanction(None, ada, days=1)
    community.sanction(None, ada, Act.WARN)
    community.sanction(None, ada, days=None)

    def ended(days: int, limit: int = 9) -> list[int]:
        with storage.unit_of_work(reading=True) as work:
            return [each.id for each in work.sanctions.some_ended(community.now + timedelta(days=days), limit)]

    assert (ended(0), ended(1), ended(3), ended(3, limit=1)) == ([], [one.id], [one.id, two.id], [one.id])
    with storage.unit_of_work() as work:
        one.told = True
        work.sanctions.save(one)
        work.commit()
    assert ended(3) == [two.id]


@pytest.mark.parametrize("field", ["silenced_until", "suspended_until"])
def test_a_reader_is_under_a_sanction_until_it_ends(storage: Storage, community: Community, field: str) -> None:
    ada = community.member()
    session = community.session(ada)
    until = community.now + timedelta(days=1, microseconds=7)
    with storage.unit_of_work() as work:
        account = work.accounts.get(ada.id)
        setattr(account, field, until.astimezone(timezone(timedelta(hours=8))))
        work.accounts.save(account)
        work.commit()

    def found(at: datetime) -> list[datetime | None]:
        viewer = storage.session_feeds.viewer(session.secret_hash, at)
        readers = (
            viewer,
            storage.session_feeds.reader(ada.id, at),
            storage.credential_feeds.token_reader(ada.id, at),
        )
        return [getattr(reader, field) for reader in readers]

    with storage.unit_of_work(reading=True) as work:
        assert getattr(work.accounts.get(ada.id), field) == until
    session_end = until - timedelta(microseconds=1)
    assert found(community.now) == [until] * 3
    assert storage.session_feeds.reader(ada.id, session_end) != storage.session_feeds.reader(ada.id, until)
    assert getattr(storage.session_feeds.reader(ada.id, until), field) is None


def test_a_sanction_without_an_end_is_stored_and_read(storage: Storage, community: Community) -> None:
    ada = community.member()
    with storage.unit_of_work() as work:
        account = work.accounts.get(ada.id)
        account.silenced_until = UNTIL_LIFTED
        work.accounts.save(account)
        work.commit()

    at = datetime(9998, 12, 31, tzinfo=UTC)
    assert storage.session_feeds.reader(ada.id, at).silenced_until == UNTIL_LIFTED


def test_the_sanctions_of_a_person_are_listed_and_counted(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    first, second = community.sanction(mod, ada, days=3), community.sanction(None, ada, Act.WARN)
    community.sanction(None, mod)
    community.log_entry(mod, community.comment(ada, community.post(ada)))

    found = storage.sanction_feeds.of_person(mod.reader, ada.id, Window(1))

    assert ([card.id for card in found.page.items], found.page.before, found.count) == ([second.id], second.id, 2)
    (card,) = storage.sanction_feeds.of_person(mod.reader, ada.id, Window(9, before=second.id)).page.items
    assert (card.id, card.until, card.lifted_at, card.reversed) == (first.id, first.until, None, False)
    assert card.entry.actor is not None
    assert (card.entry.actor.username, card.entry.reason, card.entry.rule) == ("mod", "rude", "7")
    assert storage.sanction_feeds.sanction(mod.reader, first.id) == card
    nothing = storage.sanction_feeds.of_person(mod.reader, 7, Window(9))
    assert (nothing.page.items, nothing.count) == ((), 0)
    with pytest.raises(NotFound):
        storage.sanction_feeds.sanction(mod.reader, 7)
    assert len(storage.sanction_feeds.about_person(mod.reader, ada.id, ALL).items) == 3


def test_more_sanctions_than_are_counted_are_just_many(storage: Storage, community: Community) -> None:
    ada = community.member()
    with community.at_once():
        for _ in range(COUNTED_AT_MOST + 1):
            community.sanction(None, ada, Act.WARN)

    found = storage.sanction_feeds.of_person(ada.reader, ada.id, ALL)

    assert (len(found.page.items), found.count) == (COUNTED_AT_MOST + 1, None)
