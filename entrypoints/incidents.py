"""Notes the program errors of this process: every record of the log with an exception, of level ERROR and above.

A request only counts its error in memory. One thread of the process notes the counts, about once a second, so that a
flood of errors is a few writes. What the storage does not take waits.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from application.ports.metrics import ERRORS, Meter
from domain.errors import DomainError
from entrypoints.observing import request_id
from entrypoints.tracebacks import fingerprint, one_line

log = logging.getLogger(__name__)

# In seconds.
EVERY = 1.0
# The storage is asked impatiently. What has waited for so long is noted in the order of the other writers.
PATIENT_AFTER = 10.0
# More kinds than these are in the log only.
KINDS_AT_MOST = 100

# `application.incidents.Incidents.note`.
Note = Callable[..., None]


@dataclass(slots=True)
class _Tally:
    """Errors of one kind that are to be noted."""

    what: str
    first_at: datetime
    last_at: datetime
    times: int = 0
    request_id: str = ""


class IncidentLog(logging.Handler):
    """A handler of the root logger. A forked process notes nothing until it makes its own."""

    def __init__(self, note: Callable[[], Note], *, meter: Callable[[], Meter], every: float = EVERY) -> None:
        """`note` and `meter` answer what notes and what counts. They are asked when an error has come, because a
        container makes what they answer when it is first wanted."""
        super().__init__(logging.ERROR)
        self._meter = meter
        self._note = note
        self._every = every
        self._tallies: dict[str, _Tally] = {}
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._process = os.getpid()

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises an error, and never waits for the storage."""
        error = record.exc_info[1] if record.exc_info else None
        # An error in noting would be noted for ever.
        if error is None or os.getpid() != self._process or threading.current_thread() is self._thread:
            return
        with suppress(Exception):
            self._meter().count(ERRORS, type(error).__name__)
            self._keep(error, datetime.fromtimestamp(record.created, UTC))

    def _keep(self, error: BaseException, at: datetime) -> None:
        """The caller holds the handler's lock."""
        kind = fingerprint(error)
        if kind not in self._tallies and len(self._tallies) >= KINDS_AT_MOST:
            return
        tally = self._tallies.setdefault(kind, _Tally("", at, at))
        tally.times += 1
        tally.last_at = at
        if not tally.what:
            tally.what = one_line(error)
        tally.request_id = request_id() or tally.request_id
        if self._thread is None and not self._ended.is_set():
            thread = threading.Thread(target=self._run, name="incidents", daemon=True)
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        """Ends when there is nothing to note. The next error begins another thread."""
        waited = 0.0
        while not self._ended.wait(self._every):
            waited = 0.0 if self._note_all(patient=waited >= PATIENT_AFTER) else waited + self._every
            with self._locked():
                if not self._tallies:
                    self._thread = None
                    return

    def _note_all(self, *, patient: bool) -> bool:
        """What there is now: what happens meanwhile has its turn later. False when the storage is busy or away; then
        the rest waits."""
        with self._locked():
            tallies, self._tallies = self._tallies, {}
        while tallies:
            kind, tally = next(iter(tallies.items()))
            try:
                self._note()(
                    fingerprint=kind,
                    what=tally.what,
                    times=tally.times,
                    first_at=tally.first_at,
                    last_at=tally.last_at,
                    request_id=tally.request_id,
                    patient=patient,
                )
            except DomainError:
                for waiting in tallies.items():
                    self._put_back(*waiting)
                return False
            except Exception as error:  # noqa: BLE001 - whatever it is, it ends neither the thread nor the process
                # Below ERROR, and without the values that an exception may hold.
                log.warning("an error could not be noted: %s", one_line(error))
            del tallies[kind]
        return True

    def _put_back(self, kind: str, tally: _Tally) -> None:
        with self._locked():
            newer = self._tallies.pop(kind, None)
            if newer is not None:
                tally = replace(
                    newer,
                    times=tally.times + newer.times,
                    first_at=tally.first_at,
                    request_id=newer.request_id or tally.request_id,
                )
            self._tallies[kind] = tally

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def close(self) -> None:
        """Notes what is left, with the patience of one writer."""
        thread, already_closed = self._thread, self._ended.is_set()
        self._ended.set()
        if not already_closed and os.getpid() == self._process:
            if thread is not None:
                thread.join(timeout=5)
            with suppress(Exception):
                self._note_all(patient=True)
        super().close()


def watch(container: Any) -> Callable[[], None]:
    """Notes the program errors of this process from now on. Answers a function that notes what is left and ends this,
    which otherwise happens when the process ends."""
    handler = IncidentLog(lambda: container.incidents().note, meter=container.meter)
    logging.getLogger().addHandler(handler)
    atexit.register(handler.close)

    def end() -> None:
        logging.getLogger().removeHandler(handler)
        atexit.unregister(handler.close)
        handler.close()

    return end
