"""The outbox in the storage: who is given which job, and when."""

from datetime import timedelta
from typing import Any

import pytest

from application.ports.outbox import Backlog, MailHealth
from application.ports.paging import COUNTED_AT_MOST, Window
from application.storage import Pulse, Schema
from domain.display import Language
from domain.errors import NotFound, TryAgain
from domain.ids import LARGEST, time_of
from domain.job_kinds import JobKind
from domain.mailing import Failure
from domain.outbox import FURTHEST_DUE, LONGEST_LEASE, Job, Phase, Stage, State
from domain.roles import Role
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
    failure=Failure.SERVER,
    tried_at=BEGINNING + timedelta(microseconds=2),
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


def test_jobs_are_listed_by_stage_and_as_mails_or_others(storage: Storage, community: Community) -> None:
    ids = {}
    for kind in (JobKind.CONFIRM, JobKind.ERASE_ALL):
        for act in ("wait", "fail", "give_up", "done", "drop"):
            job = community.job(kind)
            if act == "fail":
                job.fail(error="no", at=community.now)
            elif act == "give_up":
                job.give_up(error="no", at=community.now)
            elif act != "wait":
                getattr(job, act)(at=community.now)
            save(storage, job)
            ids[kind, act] = job.id

    def listed(window: Window, **filters: Any) -> set[tuple[JobKind, str]]:
        found = {card.id for card in storage.outbox_feeds.latest(window, **filters).items}
        return {key for key, id in ids.items() if id in found}

    stages = {
        Stage.WAITING: {"wait"},
        Stage.FAILING: {"fail"},
        Stage.GIVEN_UP: {"give_up"},
        Stage.DONE: {"done", "drop"},
        None: {"wait", "fail", "give_up", "done", "drop"},
    }
    for stage, acts in stages.items():
        for mails, kinds in (
            (True, [JobKind.CONFIRM]),
            (False, [JobKind.ERASE_ALL]),
            (None, [JobKind.CONFIRM, JobKind.ERASE_ALL]),
        ):
            wanted = {(kind, act) for kind in kinds for act in acts}
            assert listed(Window(20), stage=stage, mails=mails) == wanted
            paged, window = set(), Window(1)
            while True:
                page = storage.outbox_feeds.latest(window, stage=stage, mails=mails)
                paged |= listed(window, stage=stage, mails=mails)
                if page.before is None:
                    break
                window = Window(1, before=page.before)
            assert paged == wanted


def test_a_row_is_in_one_phase(storage: Storage, community: Community) -> None:
    job, at = community.job(), community.now

    def phase() -> Phase:
        save(storage, job)
        (card,) = storage.outbox_feeds.latest(Window(5)).items
        assert card.is_mail
        return card.phase(at)

    assert phase() is Phase.WAITING
    job.lease(at=at)
    assert phase() is Phase.RUNNING
    job.fail(error="no", failure=Failure.MAIL, at=at)
    assert phase() is Phase.FAILING
    assert storage.outbox_feeds.latest(Window(5)).items[0].failure is Failure.MAIL
    job.lease(at=at)
    assert phase() is Phase.RUNNING
    at = job.leased_until or at
    assert phase() is Phase.FAILING
    job.give_up(error="no", at=at)
    assert phase() is Phase.GIVEN_UP
    job.retry(at=at)
    job.done(at=at)
    assert phase() is Phase.DONE


def test_mail_fails_while_the_server_failed_at_the_last_attempt(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada", role=Role.ADMINISTRATOR), community.member("bob", role=Role.MODERATOR)
    for member in (ada, bob):
        community.session(member, secret_hash=member.username.text)

    def health(*, fails: bool) -> MailHealth:
        found = storage.outbox_feeds.mail_health()
        assert found.fails is fails
        viewers = [storage.session_feeds.viewer(name, community.now) for name in ("ada", "bob")]
        assert [viewer and viewer.mail_fails for viewer in viewers] == [fails, False]
        return found

    assert health(fails=False) == MailHealth(
        failing=0,
        given_up=0,
        oldest_failing_id=None,
        failure=Failure.NONE,
        last_error="",
        failed_at=None,
        sent_at=None,
    )

    first, second, late = community.job(), community.job(), community.job()
    other = community.job(JobKind.ERASE_ALL)
    other.fail(error="all places were taken", failure=Failure.SERVER, at=community.now)
    save(storage, other)
    assert health(fails=False).failing == 0

    second.fail(error="cannot be reached", failure=Failure.SERVER, at=community.now + SECOND)
    save(storage, second)
    found = health(fails=True)
    assert (found.failing, found.failure, found.last_error) == (1, Failure.SERVER, "cannot be reached")
    assert found.failing_since == time_of(second.id)

    first.fail(error="refused the login", failure=Failure.LOGIN, at=community.now + 2 * SECOND)
    save(storage, first)
    found = health(fails=True)
    assert (found.failing, found.failure, found.last_error) == (2, Failure.LOGIN, "refused the login")
    assert (found.failing_since, found.failed_at) == (time_of(first.id), community.now + 2 * SECOND)

    # Nothing was sent where there was nothing to say.
    late.drop(at=community.now + 3 * SECOND)
    save(storage, late)
    assert health(fails=True).sent_at is None
    late = community.job()
    late.done(at=community.now + 4 * SECOND)
    save(storage, late)
    found = health(fails=False)
    assert (found.failing, found.sent_at) == (2, community.now + 4 * SECOND)

    first.fail(error="mailbox busy", failure=Failure.MAIL, at=community.now + 5 * SECOND)
    save(storage, first)
    assert health(fails=False).failure is Failure.MAIL
    second.fail(error="cannot be reached", failure=Failure.SERVER, at=community.now + 6 * SECOND)
    save(storage, second)
    assert health(fails=True).failing_since == community.now + 4 * SECOND
    for job in (first, second):
        job.give_up(error="unknown", at=community.now + 7 * SECOND)
        save(storage, job)
    found = health(fails=False)
    assert (found.failing, found.given_up, found.failure) == (0, 2, Failure.NONE)


def test_mails_that_failed_are_counted_to_a_hundred(storage: Storage, community: Community) -> None:
    with storage.unit_of_work() as work:
        for _ in range(101):
            job = Job(id=community.new_id(), kind=JobKind.CONFIRM, address="a@example.com", due_at=community.now)
            job.fail(error="no", failure=Failure.SERVER, at=community.now)
            work.outbox.add(job)
        work.commit()

    assert storage.outbox_feeds.mail_health().failing == 100


def test_the_backlog_names_every_kind_with_what_waits_and_the_oldest(storage: Storage, community: Community) -> None:
    first, second = community.job(JobKind.CONFIRM), community.job(JobKind.CONFIRM)
    second.due_at = first.due_at + SECOND
    save(storage, second)
    held = community.job(JobKind.ERASE_ALL)
    held.lease(at=community.now)
    save(storage, held)
    ended = community.job(JobKind.WELCOME)
    ended.done(at=community.now)
    save(storage, ended)

    backlog = {row.kind: row for row in storage.outbox_feeds.backlog()}

    assert list(backlog) == list(JobKind)
    assert backlog[JobKind.CONFIRM] == Backlog(JobKind.CONFIRM, 2, first.due_at)
    assert backlog[JobKind.ERASE_ALL] == Backlog(JobKind.ERASE_ALL, 1, held.due_at)
    assert backlog[JobKind.WELCOME] == Backlog(JobKind.WELCOME, 0, None)
    assert backlog[JobKind.CONFIRM].overdue(first.due_at + 5 * SECOND) == 5 * SECOND
    assert backlog[JobKind.CONFIRM].overdue(first.due_at - SECOND) == backlog[JobKind.WELCOME].overdue(community.now)


def test_the_backlog_counts_no_more_than_a_hundred_and_finds_the_oldest_nevertheless(
    storage: Storage, community: Community
) -> None:
    with community.at_once():
        jobs = [community.job() for _ in range(COUNTED_AT_MOST + 5)]
    oldest = jobs[-1]
    oldest.due_at = community.now - timedelta(days=1)
    save(storage, oldest)

    (row,) = (row for row in storage.outbox_feeds.backlog() if row.kind is JobKind.CONFIRM)

    assert row == Backlog(JobKind.CONFIRM, COUNTED_AT_MOST, oldest.due_at)


def test_a_ping_says_since_when_a_job_is_due_of_whatever_kind_and_priority(
    storage: Storage, community: Community
) -> None:
    revision = storage.ping().revision
    assert storage.ping() == Pulse(Schema.CURRENT, None, revision)
    mail, other, asked = community.job(), community.job(JobKind.ERASE_ALL), community.job()
    asked.retry(at=community.now)
    for job, seconds in ((mail, 3), (other, 2), (asked, 1)):
        job.due_at = community.now - seconds * SECOND
        save(storage, job)
        assert storage.ping().oldest_due_at == min(mail.due_at, other.due_at, asked.due_at)
    for job, left in ((mail, other), (other, asked)):
        job.done(at=community.now)
        save(storage, job)
        assert storage.ping() == Pulse(Schema.CURRENT, left.due_at, revision)
