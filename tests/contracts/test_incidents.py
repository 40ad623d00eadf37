"""Incidents in each storage."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from application.incidents import Incidents
from application.ports.paging import Window
from application.ports.work import UnitOfWork
from application.repeating import Repeat
from domain.errors import TryAgain
from domain.incidents import Incident
from domain.job_kinds import JobKind
from tests.contracts.community import Community
from tests.contracts.storages import Storage
from tests.contracts.test_two_at_once import PATIENCE, Meet, both, one_wins
from tests.doubles import PlainLetters, Postbox

FINGERPRINT = "0123456789ab"


def incident(community: Community, fingerprint: str = FINGERPRINT) -> Incident:
    new = Incident.new(fingerprint, at=community.now)
    new.note(what="KeyError at domain/posts.py:3 write", times=2**40, last_at=community.now, request_id="a-b")
    return new


def stored(storage: Storage, fingerprint: str = FINGERPRINT) -> Incident | None:
    with storage.unit_of_work(reading=True) as work:
        return work.incidents.find(fingerprint)


def add(storage: Storage, new: Incident) -> None:
    with storage.unit_of_work() as work:
        work.incidents.add(new)
        work.commit()


def test_an_incident_comes_back_as_it_was_stored(storage: Storage, community: Community) -> None:
    new = incident(community)
    new.begin_mail(at=community.now + timedelta(microseconds=7))
    new.was_mailed(5)

    add(storage, new)

    assert stored(storage) == new
    assert stored(storage, "f" * 12) is None


def test_a_forgotten_save_is_lost(storage: Storage, community: Community) -> None:
    new = incident(community)
    add(storage, new)

    with storage.unit_of_work() as work:
        found = work.incidents.find(FINGERPRINT)
        assert found is not None
        found.was_mailed(3)
        work.commit()
    assert stored(storage) == new

    with storage.unit_of_work() as work:
        work.incidents.save(found)
        work.commit()
    assert stored(storage) == found


def test_without_a_commit_nothing_is_stored(storage: Storage, community: Community) -> None:
    with storage.unit_of_work() as work:
        work.incidents.add(incident(community))
        assert work.incidents.find(FINGERPRINT) is not None

    assert stored(storage) is None


def test_saving_what_is_gone_stores_nothing(storage: Storage, community: Community) -> None:
    with storage.unit_of_work() as work:
        work.incidents.save(incident(community))
        work.commit()

    assert stored(storage) is None


def test_those_that_happened_last_before_a_time_are_removed(storage: Storage, community: Community) -> None:
    add(storage, incident(community, "a" * 12))
    newer = incident(community, "b" * 12)
    newer.note(what="again", times=1, last_at=community.now + timedelta(seconds=1))
    add(storage, newer)

    with storage.unit_of_work() as work:
        work.incidents.remove_unseen(community.now + timedelta(seconds=1))
        work.commit()

    assert stored(storage, "a" * 12) is None
    assert stored(storage, "b" * 12) == newer


def test_one_of_two_adds_an_incident(storage: Storage, community: Community) -> None:
    def act(work: UnitOfWork, meet: Meet) -> str:
        work.incidents.find(FINGERPRINT)
        meet()
        work.incidents.add(incident(community))
        work.commit()
        return "done"

    one_wins(both(storage, act, act), TryAgain)


def test_two_that_count_at_once_lose_nothing(storage: Storage, community: Community) -> None:
    add(storage, incident(community))

    def count(work: UnitOfWork, meet: Meet) -> str:
        meet()
        found = work.incidents.find(FINGERPRINT)
        assert found is not None
        found.note(what="again", times=1, last_at=community.now)
        work.incidents.save(found)
        work.commit()
        return "done"

    assert both(storage, count, count) == ["done", "done"]
    found = stored(storage)
    assert found is not None
    assert found.count == 2**40 + 2


def incidents_in(storage: Storage, community: Community) -> Incidents:
    return Incidents(
        unit_of_work=storage.unit_of_work,
        repeat=Repeat(storage.unit_of_work),
        now=lambda: community.now,
        new_id=community.new_id,
        letters=PlainLetters(),
        mailer=Postbox(),
        error_mail_to="oncall@example.com",
    )


def test_processes_that_note_a_kind_at_once_count_all_and_ask_for_one_mail(
    storage: Storage, community: Community
) -> None:
    """What one of them cannot note now, it notes a moment later."""
    incidents = incidents_in(storage, community)
    begin = threading.Barrier(4, timeout=PATIENCE)

    def note() -> None:
        begin.wait()
        for _ in range(5):
            while True:
                with suppress(TryAgain):
                    at = community.now
                    incidents.note(fingerprint=FINGERPRINT, what="KeyError", times=2, first_at=at, last_at=at)
                    break

    threads = [threading.Thread(target=note, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()

    found = stored(storage)
    assert found is not None
    assert found.count == 40
    jobs = storage.outbox_feeds.latest(Window(9)).items
    assert [(job.kind, job.address) for job in jobs] == [(JobKind.INCIDENT, "oncall@example.com")]


def test_noting_impatiently_does_not_wait_for_another_writer(storage: Storage, community: Community) -> None:
    add(storage, incident(community))
    at = community.now

    with storage.unit_of_work() as work:
        work.incidents.find(FINGERPRINT)
        with pytest.raises(TryAgain):
            incidents_in(storage, community).note(
                fingerprint=FINGERPRINT, what="KeyError", first_at=at, last_at=at, patient=False
            )
    assert stored(storage) == incident(community)
