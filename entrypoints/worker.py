"""The worker. It runs the jobs in the outbox. Once an hour it removes old rows, and looks for what has become due. Once
a minute it looks for what members are told by mail. Twice a minute it says that it runs."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from application.jobs import Jobs
from domain.errors import DomainError
from entrypoints.logs import ONCE_A_MINUTE

log = logging.getLogger(__name__)

# In seconds.
IDLE = 1.0
NOTICE = 0.2
HOUR = 3_600.0
MINUTE = 60.0
HALF_A_MINUTE = 30.0


Look = Callable[[], None]


@dataclass(slots=True)
class _Round:
    """What is looked for every so many seconds."""

    looks: Sequence[Look]
    seconds: float
    made_at: float = float("-inf")

    def make_when_due(self) -> None:
        if time.monotonic() - self.made_at > self.seconds:
            self.made_at = time.monotonic()
            for look in self.looks:
                look()


class Worker:
    """`stop` ends the worker between two jobs. A signal handler may call it. So does a `goes_on` that answers False."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        hourly: Sequence[Look],
        minutely: Sequence[Look] = (),
        half_minutely: Sequence[Look] = (),
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._jobs = jobs
        self._rounds = (_Round(half_minutely, HALF_A_MINUTE), _Round(hourly, HOUR), _Round(minutely, MINUTE))
        self._goes_on = goes_on
        # No threading.Event: a signal may call `stop` in the thread that waits, which holds the lock of the event.
        self._stopped = False

    def run(self) -> None:
        """Runs until `stop` is called. An error in one job does not stop the next one."""
        while not self._stopped and self._goes_on():
            if not self._step():
                self._rest()

    def _rest(self) -> None:
        """Asks the storage no more often than it has to, and notices sooner that it should end."""
        end = time.monotonic() + IDLE
        while time.monotonic() < end and self._goes_on() and not self._stopped:
            time.sleep(NOTICE)

    def stop(self) -> None:
        self._stopped = True

    def _step(self) -> bool:
        try:
            for each in self._rounds:
                each.make_when_due()
            return self._jobs.run_next()
        except DomainError as error:
            log.warning("the worker waits: %s", type(error).__name__, extra=ONCE_A_MINUTE)
        except Exception:
            log.exception("the worker failed, and tries again", extra=ONCE_A_MINUTE)
        return False
