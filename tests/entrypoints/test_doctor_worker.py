"""`chapbook doctor` and the outbox: a worker that does not run, and what is stuck."""

import threading
from datetime import timedelta
from functools import partial

import pytest

from application.ports.paging import Window
from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.mailing import Failure
from domain.outbox import Job, State
from entrypoints.choices import utc_now
from entrypoints.doctor import CHECKS, worker
from entrypoints.doctor.findings import Named
from entrypoints.job_words import about
from entrypoints.worker import Worker
from tests.entrypoints.conftest import SetUp

IMPATIENT = [
    *(each for each in CHECKS if each.name != "worker"),
    Named("worker", partial(worker.check_worker, wait=0.6)),
]


def put(setup: SetUp, *jobs: Job) -> None:
    container = setup.container()
    with container.storage().unit_of_work() as work:
        for job in jobs:
            work.outbox.add(job)
            work.outbox.save(job)
        work.commit()
    container.storage().close()


def mail(minutes: float = 0, **more: object) -> Job:
    """Asked for so many minutes ago."""
    at = utc_now() - timedelta(minutes=minutes)
    values = {"kind": JobKind.RESET_PASSWORD, "address": "susan@example.com", "due_at": at} | more
    return Job(id=make_id(at, 1), **values)  # type: ignore[arg-type]


def test_no_worker_is_a_fault_and_its_probe_is_dropped(any_setup: SetUp) -> None:
    assert any_setup.is_well("outbox", "leases")

    says = any_setup.fault("worker", checks=IMPATIENT)

    assert "No worker took up a job in 0.6 seconds" in says
    assert "Start a worker: `chapbook worker`, or `chapbook serve --worker`." in says
    container = any_setup.container()
    (row,) = container.storage().outbox_feeds.latest(Window(5)).items
    container.storage().close()
    assert (row.kind, row.state, about(row)) == (JobKind.PROBE, State.DROPPED, "Check that a worker runs")


def test_a_worker_that_runs_is_well(any_setup: SetUp) -> None:
    container = any_setup.container()
    working = Worker(jobs=container.jobs(), hourly=container.hourly())
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        assert any_setup.is_well("worker")
    finally:
        working.stop()
        thread.join(20)
        container.storage().close()


@pytest.mark.sql
def test_mails_that_were_given_up_or_wait_for_long_are_warnings(setup: SetUp) -> None:
    put(setup, mail(1))
    assert setup.is_well("outbox")

    put(setup, mail(30))
    assert "Jobs have been due for more than 10 minutes: 1." in setup.warning("outbox")
    put(setup, mail(20, state=State.GIVEN_UP, last_error="550 no susan@example.com here", failure=Failure.REFUSED))

    first, second = setup.look("outbox")
    assert (first.says, "retry ID" in first.remedy) == ("Mails were given up: 1.", True)
    assert "susan" not in f"{first}{second}"


@pytest.mark.sql
def test_mails_that_fail_at_the_server_are_a_warning(setup: SetUp) -> None:
    failed = mail(1)
    failed.fail(error="mail.example.com:25 hung up", failure=Failure.SERVER, at=utc_now())
    put(setup, failed)

    assert "The last mail failed at the mail server, and 1 are tried again." in setup.warning("outbox")


@pytest.mark.sql
def test_a_lease_far_beyond_its_time_is_a_fault(setup: SetUp) -> None:
    held = mail(2, leased_until=utc_now() + timedelta(minutes=1), attempts=1)
    put(setup, held)
    assert setup.is_well("leases")

    stuck = mail(60, leased_until=utc_now() - timedelta(minutes=40), attempts=1)
    put(setup, stuck)

    assert f"`chapbook outbox retry {stuck.id}` ends the lease." in setup.fault("leases")


@pytest.mark.sql
def test_a_job_in_which_workers_die_is_a_fault(setup: SetUp) -> None:
    deadly = mail(9, leased_until=utc_now() + timedelta(minutes=1), attempts=3)
    put(setup, deadly)

    assert f"Workers took up job {deadly.id} (reset_password) 3 times and died each time." in setup.fault("leases")
