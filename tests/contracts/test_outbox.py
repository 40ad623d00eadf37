"""The outbox in the storage: who is given which mail, and when."""

from datetime import timedelta

import pytest

from application.ports.paging import Window
from domain.display import Language
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.outbox import LEASE, Kind, Mail, State
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage

SECOND = timedelta(seconds=1)

FULL = Mail(
    id=LARGEST,
    kind=Kind.PASSWORD_CHANGED,
    address="ada@example.com",
    account_id=LARGEST,
    language=Language.SIMPLIFIED_CHINESE,
    state=State.GIVEN_UP,
    attempts=12,
    due_at=BEGINNING + timedelta(microseconds=1),
    leased_until=BEGINNING + LEASE,
    last_error="mail.example.com:25 cannot be reached: ‘timed out’",
)


def save(storage: Storage, mail: Mail) -> None:
    with storage.unit_of_work() as work:
        work.outbox.save(mail)
        work.commit()


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_comes_back_as_it_was_added(storage: Storage, kind: Kind) -> None:
    FULL.kind = kind

    with storage.unit_of_work() as work:
        work.outbox.add(FULL)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.outbox.get(FULL.id) == FULL


def test_a_mail_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    mail = community.mail()
    mail.lease(at=community.now)
    mail.fail(error="busy", at=community.now)

    save(storage, mail)

    with storage.unit_of_work() as work:
        assert work.outbox.get(mail.id) == mail


def test_saving_a_mail_that_is_gone_does_nothing(storage: Storage) -> None:
    save(storage, FULL)

    assert storage.outbox_feeds.latest(Window(5)).items == ()


def test_the_longest_due_is_claimed_first(storage: Storage, community: Community) -> None:
    first, second, third = community.mail(), community.mail(), community.mail()
    third.due_at = first.due_at - SECOND
    save(storage, third)
    second.due_at = first.due_at
    save(storage, second)

    claimed = []
    for _ in range(4):
        with storage.unit_of_work() as work:
            mail = work.outbox.claim(community.now)
            if mail is not None:
                claimed.append(mail.id)
                mail.lease(at=community.now)
                work.outbox.save(mail)
                work.commit()

    assert claimed == [third.id, first.id, second.id]


def test_a_mail_is_claimed_from_the_moment_it_is_due(storage: Storage, community: Community) -> None:
    mail = community.mail()
    mail.due_at = community.now + SECOND
    save(storage, mail)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(mail.due_at - timedelta(microseconds=1)) is None
        assert work.outbox.claim(mail.due_at) == mail


def test_a_leased_mail_is_claimed_again_when_the_lease_is_over(storage: Storage, community: Community) -> None:
    mail = community.mail()
    mail.lease(at=community.now)
    save(storage, mail)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now + LEASE - timedelta(microseconds=1)) is None
        assert work.outbox.claim(community.now + LEASE) == mail


@pytest.mark.parametrize("state", [State.SENT, State.DROPPED, State.GIVEN_UP])
def test_what_is_done_is_never_claimed(storage: Storage, community: Community, state: State) -> None:
    mail = community.mail()
    mail.state = state
    save(storage, mail)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) is None


def test_a_claim_that_is_not_saved_is_lost(storage: Storage, community: Community) -> None:
    mail = community.mail()

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == mail

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == mail


def test_done_mails_are_removed_below_an_id(storage: Storage, community: Community) -> None:
    waiting, sent, dropped, given_up, newer = (community.mail() for _ in range(5))
    for mail, state in ((sent, State.SENT), (dropped, State.DROPPED), (given_up, State.GIVEN_UP), (newer, State.SENT)):
        mail.state = state
        save(storage, mail)

    with storage.unit_of_work() as work:
        work.outbox.remove_done(newer.id)
        work.commit()

    assert [card.id for card in storage.outbox_feeds.latest(Window(9)).items] == [newer.id, waiting.id]


def test_an_administrator_sees_every_field_of_a_mail(storage: Storage) -> None:
    with storage.unit_of_work() as work:
        work.outbox.add(FULL)
        work.commit()

    (card,) = storage.outbox_feeds.latest(Window(5)).items

    assert (card.id, card.kind, card.address) == (FULL.id, FULL.kind, FULL.address)
    assert (card.state, card.attempts, card.due_at) == (FULL.state, FULL.attempts, FULL.due_at)
    assert card.last_error == FULL.last_error


def test_a_mail_that_is_not_there_is_not_found(storage: Storage) -> None:
    with storage.unit_of_work() as work, pytest.raises(NotFound):
        work.outbox.get(1)
