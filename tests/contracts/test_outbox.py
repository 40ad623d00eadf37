"""The outbox in the storage: who is given which job, and when."""

from datetime import timedelta

import pytest

from application.ports.paging import Window
from domain.display import Language
from domain.errors import NotFound, TryAgain
from domain.ids import LARGEST
from domain.outbox import FURTHEST_DUE, LONGEST_LEASE, Job, JobKind, State
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage

SECOND = timedelta(seconds=1)

FULL = Job(
    id=LARGEST,
    kind=JobKind.PASSWORD_CHANGED,
    address="ada@example.com",
    account_id=LARGEST,
    language=Language.SIMPLIFIED_CHINESE,
    subject_id=LARGEST - 1,
    key="confirm:" + "é" * 254,
    progress="LARGEST" * 100,
    again_at=BEGINNING + timedelta(days=1),
    state=State.GIVEN_UP,
    attempts=12,
    due_at=BEGINNING + timedelta(microseconds=1),
    leased_until=BEGINNING + JobKind.CONFIRM.terms.lease,
    last_error="mail.example.com:25 cannot be reached: ‘timed out’",
    asked_for=True,
)


def save(storage: Storage, job: Job) -> None:
    with storage.unit_of_work() as work:
        work.outbox.save(job)
        work.commit()


@pytest.mark.parametrize("kind", JobKind)
def test_a_job_comes_back_as_it_was_added(storage: Storage, kind: JobKind) -> None:
    FULL.kind = kind

    with storage.unit_of_work() as work:
        work.outbox.add(FULL)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.outbox.get(FULL.id) == FULL


def test_a_job_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    job = community.job()
    job.lease(at=community.now)
    job.fail(error="busy", at=community.now)

    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.get(job.id) == job


def test_saving_a_job_that_is_gone_does_nothing(storage: Storage) -> None:
    save(storage, FULL)

    assert storage.outbox_feeds.latest(Window(5)).items == ()


def test_the_job_that_is_due_longest_is_claimed_first(storage: Storage, community: Community) -> None:
    first, second, third = community.job(), community.job(), community.job()
    third.due_at = first.due_at - SECOND
    save(storage, third)
    second.due_at = first.due_at
    save(storage, second)

    claimed = []
    for _ in range(4):
        with storage.unit_of_work() as work:
            job = work.outbox.claim(community.now)
            if job is not None:
                claimed.append(job.id)
                job.lease(at=community.now)
                work.outbox.save(job)
                work.commit()

    assert claimed == [third.id, first.id, second.id]


def test_a_job_is_claimed_from_the_moment_it_is_due(storage: Storage, community: Community) -> None:
    job = community.job()
    job.due_at = community.now + SECOND
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(job.due_at - timedelta(microseconds=1)) is None
        assert work.outbox.claim(job.due_at) == job


def test_a_leased_job_is_claimed_again_when_the_lease_is_over(storage: Storage, community: Community) -> None:
    job = community.job()
    job.lease(at=community.now)
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now + JobKind.CONFIRM.terms.lease - timedelta(microseconds=1)) is None
        assert work.outbox.claim(community.now + JobKind.CONFIRM.terms.lease) == job


@pytest.mark.parametrize("days", [1, 400])
def test_a_lease_from_a_clock_that_was_ahead_is_over(storage: Storage, community: Community, days: int) -> None:
    job = community.job()
    job.lease(at=community.now + timedelta(days=days))
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == job


def test_a_lease_from_a_clock_that_is_a_little_ahead_holds(storage: Storage, community: Community) -> None:
    job = community.job()
    job.leased_until = community.now + LONGEST_LEASE
    save(storage, job)
    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) is None

    job.leased_until += timedelta(microseconds=1)
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == job


def test_a_wait_from_a_clock_that_was_ahead_is_over(storage: Storage, community: Community) -> None:
    job = community.job()
    job.due_at = community.now + FURTHEST_DUE
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) is None
        assert work.outbox.claim(community.now - timedelta(microseconds=1)) == job


def test_a_job_that_an_administrator_asked_for_comes_first(storage: Storage, community: Community) -> None:
    mail, other, removal = community.job(), community.job(), community.job(JobKind.ERASE_ALL)
    for job in (other, removal):
        job.lease(at=community.now)
        job.retry(at=community.now)
        save(storage, job)

    with storage.unit_of_work() as work:
        claimed = [work.outbox.claim(community.now)]
        for job in (other, removal):
            job.lease(at=community.now)
            work.outbox.save(job)
            claimed.append(work.outbox.claim(community.now))
        work.commit()

    assert [job.id for job in claimed if job] == [other.id, removal.id, mail.id]


def test_while_mails_pause_only_other_jobs_and_the_mails_asked_for_are_claimed(
    storage: Storage, community: Community
) -> None:
    community.job()
    removal, asked_for = community.job(JobKind.ERASE_ALL), community.job()
    asked_for.retry(at=community.now)
    save(storage, asked_for)

    claimed = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            job = work.outbox.claim(community.now, mails=False)
            if job is not None:
                claimed.append(job.id)
                job.lease(at=community.now)
                work.outbox.save(job)
                work.commit()

    assert claimed == [asked_for.id, removal.id]


def test_mails_are_claimed_before_other_jobs_that_are_due_longer(storage: Storage, community: Community) -> None:
    removal = community.job(JobKind.ERASE_ALL)
    mail = community.job()
    mail.due_at = community.now
    save(storage, mail)
    removal.due_at = community.now - SECOND
    save(storage, removal)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == mail


def test_one_job_waits_under_a_key(storage: Storage, community: Community) -> None:
    first = community.job(key="a key")
    other = community.job(key="another")
    first.due_at = other.due_at + SECOND * 60
    save(storage, first)

    again = community.job(key="a key")

    assert [card.id for card in storage.outbox_feeds.latest(Window(5)).items] == [other.id, first.id]
    with storage.unit_of_work() as work:
        waiting = work.outbox.find_waiting("a key")
        assert waiting is not None
        assert (waiting.id, waiting.due_at, waiting.again_at) == (first.id, again.due_at, None)
        assert work.outbox.find_waiting("no key") is None
        assert work.outbox.find_waiting("") is None


def test_asking_for_a_job_that_a_worker_holds_is_remembered(storage: Storage, community: Community) -> None:
    held = community.job(key="a key")
    held.lease(at=community.now)
    save(storage, held)

    again = community.job(key="a key")

    with storage.unit_of_work() as work:
        assert work.outbox.get(held.id).again_at == again.due_at
    assert len(storage.outbox_feeds.latest(Window(5)).items) == 1


@pytest.mark.parametrize("state", [State.DONE, State.DROPPED, State.GIVEN_UP])
def test_a_key_is_free_when_its_job_has_ended(storage: Storage, community: Community, state: State) -> None:
    ended = community.job(key="a key")
    ended.state = state
    save(storage, ended)

    waiting = community.job(key="a key")

    with storage.unit_of_work() as work:
        assert work.outbox.find_waiting("a key") == waiting
        assert work.outbox.get(ended.id) == ended


def test_two_jobs_cannot_wait_under_one_key_after_a_retry(storage: Storage, community: Community) -> None:
    ended = community.job(key="a key")
    ended.state = State.GIVEN_UP
    save(storage, ended)
    community.job(key="a key")
    ended.retry(at=community.now)

    with storage.unit_of_work() as work, pytest.raises(TryAgain):
        work.outbox.save(ended)
        work.commit()


def test_a_job_names_the_member_that_it_is_about_until_they_leave(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.job(account_id=ada.id)
    assert [card.username for card in storage.outbox_feeds.latest(Window(5)).items] == ["ada"]

    community.delete(ada)

    assert [card.username for card in storage.outbox_feeds.latest(Window(5)).items] == [None]


@pytest.mark.parametrize("state", [State.DONE, State.DROPPED, State.GIVEN_UP])
def test_a_job_that_is_done_is_never_claimed(storage: Storage, community: Community, state: State) -> None:
    job = community.job()
    job.state = state
    save(storage, job)

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) is None


def test_a_claim_that_is_not_saved_is_lost(storage: Storage, community: Community) -> None:
    job = community.job()

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == job

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == job


def test_ended_jobs_are_removed_below_an_id(storage: Storage, community: Community) -> None:
    waiting, sent, dropped, given_up, newer = (community.job() for _ in range(5))
    for job, state in ((sent, State.DONE), (dropped, State.DROPPED), (given_up, State.GIVEN_UP), (newer, State.DONE)):
        job.state = state
        save(storage, job)

    with storage.unit_of_work() as work:
        work.outbox.remove_ended(newer.id)
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


def test_a_missing_job_is_not_found(storage: Storage) -> None:
    with storage.unit_of_work() as work, pytest.raises(NotFound):
        work.outbox.get(1)
