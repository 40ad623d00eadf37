"""The worker goes on, whatever fails."""

import logging
import threading

import pytest

from domain.errors import TryAgain
from entrypoints import worker
from entrypoints.worker import Worker
from tests.doubles import settings_with, wired


class Failing:
    """Jobs that fail at first, and are done then."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.done = threading.Event()

    def tidy(self) -> None:
        """There is nothing to tidy."""

    def run_next(self) -> bool:
        if self.errors:
            raise self.errors.pop(0)
        self.done.set()
        return False


def test_a_worker_survives_a_storage_that_is_away_and_a_program_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "IDLE", 0.01)
    container = wired(settings_with())
    jobs = Failing(TryAgain(), RuntimeError(), TryAgain())
    working = Worker(
        jobs=jobs,  # type: ignore[arg-type]
        sessions=container.sessions(),
        rerendering=container.rerendering(),
    )
    thread = threading.Thread(target=working.run, daemon=True)
    thread.start()

    assert jobs.done.wait(20)
    working.stop()
    thread.join(20)

    assert not thread.is_alive()
    assert caplog.records[0].once_in == 60  # type: ignore[attr-defined]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "the worker waits: TryAgain"),
        (logging.ERROR, "the worker failed, and tries again"),
        (logging.WARNING, "the worker waits: TryAgain"),
    ]
