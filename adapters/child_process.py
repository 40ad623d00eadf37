"""A child process for work that may take too long, too much memory, or the process down with it.

It does one thing at a time. It starts with the first call, or before it when told to, and is killed when a call takes
too long. A forked process does not use its parent's child.
"""

import atexit
import multiprocessing.process
import os
import resource
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as TimedOut
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import ClassVar, TypeVar

from pebble import ProcessExpired, ProcessPool

from adapters.turns import made_anew_in_forks

T = TypeVar("T")

_START_AT_MOST = 30.0
# When this process is killed, multiprocessing's own child would write a warning past the log.
sys.warnoptions.append("ignore:resource_tracker:UserWarning")


class TooSlow(Exception):
    """The call took longer than it may. Its child was killed."""


class Died(Exception):
    """The child died in this call, and the next one did too."""


class ChildProcess:
    """Safe to call from several threads, and after a fork: one call runs, and the others wait for it without a
    limit."""

    def __init__(
        self, start: Callable[[], object], *, on_death: Callable[[Exception], object], lives_once: bool = False
    ) -> None:
        """`start` runs first in each child. It has to be picklable. `on_death` gets the reason each time that a child
        died by itself. With `lives_once` each call has a new child, which ends with it."""
        self._start = start
        self._on_death = on_death
        self._lives_once = lives_once
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        _all.add(self)
        made_anew_in_forks(self)

    def start(self) -> None:
        """Starts the child, and does not wait for it. Right after a restart the first calls would wait longer than they
        may."""
        with self._lock:
            self._require_pool().schedule(_nothing)

    def close(self) -> None:
        """Ends the child. The next call starts another."""
        with self._lock:
            self._end()

    def after_fork(self) -> None:
        """Forgets the parent's child. Its lock is replaced, because a thread of the parent may hold it."""
        self._lock = threading.Lock()
        self._pool = None

    def call(self, function: Callable[..., T], *args: object, seconds: float) -> T:
        """What the function returns. It may raise what the function raises. Raises TooSlow after so many seconds, in
        which starting the child does not count, and Died. A call is tried twice when its child dies, because the child
        may have died for another reason."""
        with self._lock:
            try:
                for _ in range(2):
                    try:
                        return self._in_child(function, args, seconds)
                    except TimedOut:
                        raise TooSlow from None
                    except (BrokenProcessPool, ProcessExpired, _Lost) as died:
                        self._on_death(died)
                        self._end()
                raise Died
            finally:
                if self._lives_once:
                    self._end()

    def _in_child(self, function: Callable[..., T], args: tuple[object, ...], seconds: float) -> T:
        pool = self._require_pool()
        try:
            future = pool.schedule(function, args=args, timeout=seconds)
        except RuntimeError as error:  # the child died between two calls
            raise _Lost from error
        # Pebble's time limit begins when the child takes the call. This longer limit is for a child that never takes
        # it.
        until = time.monotonic() + _START_AT_MOST + seconds
        while time.monotonic() < until:
            try:
                return future.result(timeout=0.5)
            except TimedOut:
                if future.done():
                    raise
                if not pool.active:
                    break
        raise _Lost

    def _require_pool(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(max_workers=1, initializer=self._start, context=_ContextWithoutMain())
        return self._pool

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


class _Lost(Exception):
    """The child died or does not answer."""


_all: weakref.WeakSet[ChildProcess] = weakref.WeakSet()


def _forget_children() -> None:
    _ProcessWithoutMain.starting = threading.Lock()
    # multiprocessing would treat the parent's children as those of this process, and end them when it exits.
    children: set[object] = getattr(multiprocessing.process, "_children", set())
    children -= {child for child in children if isinstance(child, _ProcessWithoutMain)}


def _end_children() -> None:
    for child in list(_all):
        child.close()


os.register_at_fork(after_in_child=_forget_children)
atexit.register(_end_children)


class _ProcessWithoutMain(SpawnProcess):
    """A child that does not import the program's main module. It does not need the module and starts faster."""

    starting: ClassVar[threading.Lock] = threading.Lock()

    def start(self) -> None:
        with _ProcessWithoutMain.starting:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = main


class _ContextWithoutMain(SpawnContext):
    Process = _ProcessWithoutMain


# The functions below run in the child.


def lower_limits(*, nice: int, memory: int) -> None:
    """Gives this process a lower priority, and so many bytes of address space."""
    # The default handlers end the process at once, even inside a long match of a regular expression.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(nice)
    limit(resource.RLIMIT_AS, memory)


def limit(what: int, value: int) -> None:
    """Lowers one limit of this process, for good."""
    resource.setrlimit(what, (value, resource.getrlimit(what)[1]))


@contextmanager
def ended_by_the_kernel(seconds: float) -> Iterator[None]:
    """A second limit of time. It works when the parent is gone or its clock is set back."""
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _nothing() -> None:
    """Something to do for a child, so that it starts."""
