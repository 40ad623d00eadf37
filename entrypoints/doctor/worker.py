"""The outbox: whether a worker runs, and whether anything is stuck in it."""

import time
from datetime import timedelta
from typing import Any

from application.ports.outbox import JobCard, OutboxFeeds
from application.ports.paging import COUNTED_AT_MOST, Window
from application.ports.work import Now
from domain.outbox import Stage
from domain.overview import LATE
from entrypoints.choices import utc_now
from entrypoints.doctor.findings import Findings, fault, warning, well

# In seconds. A worker looks once a second, and may be in the middle of another job.
FOR_A_WORKER = 15.0
_LOOK_EVERY = 0.25
# A lease takes two minutes at most, and is then taken over at once.
LONG_LEASE = timedelta(minutes=10)
# A worker that fails in a job says so. One that dies in it takes the job up again and again.
_MANY = 3
_START = "Start a worker: `chapbook worker`, or `chapbook serve --worker`"
_OLDEST = Window(100, after=0)


def check_worker(deployed: Any, wait: float = FOR_A_WORKER) -> Findings:
    outbox = deployed.outbox()
    probe = outbox.probe()
    end = time.monotonic() + wait
    while not outbox.is_done(probe) and time.monotonic() < end:
        time.sleep(_LOOK_EVERY)
    outbox.drop(probe)  # a worker may still have been first
    if outbox.is_done(probe):
        yield well("A worker runs.")
        return
    yield fault(
        f"No worker took up a job in {wait:g} seconds, so no mail is sent.",
        f"{_START}. If one runs, restart it: it may be of an older version, hang, or use another database.",
    )


def check_outbox(deployed: Any, now: Now = utc_now) -> Findings:
    feeds = deployed.storage().outbox_feeds
    health = feeds.mail_health()
    waiting = _oldest(feeds, Stage.WAITING)
    late = [card for card in waiting if card.due_at < now() - LATE]
    is_fine = True
    if health.fails:
        is_fine = False
        yield warning(
            f"The last mail failed at the mail server, and {_counted(health.failing)} are tried again.",
            "Correct what the check of mail says; `chapbook outbox list` has the words of the server.",
        )
    if health.given_up:
        is_fine = False
        yield warning(
            f"Mails were given up: {_counted(health.given_up)}.",
            "`chapbook outbox list` says why; `chapbook outbox retry ID` tries one again.",
        )
    if late:
        is_fine = False
        yield warning(
            f"Jobs have been due for more than {LATE // timedelta(minutes=1)} minutes: {_counted(len(late))}.",
            f"{_START}. If one runs, start a second one, or look at its log.",
        )
    if is_fine:
        yield well("Nothing waits for long in the outbox.")


def check_leases(deployed: Any, now: Now = utc_now) -> Findings:
    feeds = deployed.storage().outbox_feeds
    held = [card for stage in (Stage.WAITING, Stage.FAILING) for card in _oldest(feeds, stage) if card.leased_until]
    stuck = [card for card in held if card.leased_until and card.leased_until < now() - LONG_LEASE]
    deadly = [card for card in held if card.attempts >= _MANY and not card.last_error and card not in stuck]
    for card in stuck:
        yield fault(
            f"A worker took up job {card.id} ({card.kind.value}) and did not end it, and no other one takes it over.",
            f"{_START}; `chapbook outbox retry {card.id}` ends the lease.",
        )
    for card in deadly:
        yield fault(
            f"Workers took up job {card.id} ({card.kind.value}) {card.attempts} times and died each time.",
            "Look at the worker's log, and whether the system killed it for its memory; then restart it.",
        )
    if not stuck and not deadly:
        yield well("No job is held by a worker that is gone.")


def _oldest(feeds: OutboxFeeds, stage: Stage) -> tuple[JobCard, ...]:
    return feeds.latest(_OLDEST, stage=stage).items


def _counted(number: int) -> str:
    return f"{COUNTED_AT_MOST - 1}+" if number >= COUNTED_AT_MOST else str(number)
