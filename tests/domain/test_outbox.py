"""Where a job stands, and when mail fails."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.mailing import Failure, mail_fails
from domain.outbox import Job, Stage, State

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


def job() -> Job:
    return Job(id=make_id(NOON, 1), kind=JobKind.CONFIRM, due_at=NOON)


def test_a_job_is_at_one_stage() -> None:
    each = job()
    assert (each.stage, each.failure, each.tried_at) == (Stage.WAITING, Failure.NONE, None)
    each.fail(error="away", failure=Failure.SERVER, at=NOON)
    assert (each.stage, each.failure, each.tried_at) == (Stage.FAILING, Failure.SERVER, NOON)
    each.give_up(error="unknown", at=LATER)
    assert (each.stage, each.failure, each.tried_at) == (Stage.GIVEN_UP, Failure.REFUSED, LATER)
    each.retry(at=LATER)
    assert (each.stage, each.due_at) == (Stage.FAILING, LATER)
    each.done(at=LATER)
    assert (each.stage, each.failure, each.tried_at) == (Stage.DONE, Failure.NONE, LATER)
    dropped = job()
    dropped.drop(at=NOON)
    assert (dropped.stage, dropped.state, dropped.tried_at) == (Stage.DONE, State.DROPPED, None)


@pytest.mark.parametrize(
    ("failure", "failed_at", "sent_at", "fails"),
    [
        (Failure.NONE, None, None, False),
        (Failure.NONE, None, NOON, False),
        (Failure.SERVER, NOON, None, True),
        (Failure.LOGIN, LATER, NOON, True),
        (Failure.SERVER, NOON, LATER, False),
        (Failure.MAIL, LATER, NOON, False),
        (Failure.REFUSED, LATER, NOON, False),
        (Failure.OTHER, LATER, NOON, False),
    ],
)
def test_mail_fails_while_the_server_failed_last(
    failure: Failure, failed_at: datetime | None, sent_at: datetime | None, fails: bool
) -> None:
    assert mail_fails(failure, failed_at=failed_at, sent_at=sent_at) is fails
