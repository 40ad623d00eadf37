"""Bounded waiting: a few callers run, a few others wait for a moment, and everybody beyond is refused at once.

So a queue never holds the threads that other requests need. Rendering, hashing and writing have one queue each.
"""

import os
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.errors import Overloaded


class Turns:
    """Turns are given in the order of arrival. A forked process begins with free places."""

    def __init__(self, *, at_once: int, places: int, seconds: float) -> None:
        """At most `at_once` callers run. `places` counts those who run and those who wait. A caller waits at most
        `seconds`, unless it asks for less or more."""
        self._at_once = at_once
        self._places = places
        self._seconds = seconds
        self.after_fork()
        made_anew_in_forks(self)

    @property
    def taken(self) -> int:
        """How many run or wait."""
        with self._lock:
            return self._running + len(self._waiting)

    @contextmanager
    def turn(self, *, seconds: float | None = None, account_id: int | None = None) -> Iterator[None]:
        """Raises Overloaded: at once when all places are taken, or when this account has one, and else when the turn
        does not come in time. With `seconds=0` nobody waits."""
        self._enter(self._seconds if seconds is None else seconds, account_id)
        try:
            yield
        finally:
            self._leave(account_id)

    def after_fork(self) -> None:
        """Frees all places. The threads that took them stayed behind in the parent, which may also hold the lock."""
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: deque[threading.Event] = deque()
        self._accounts: set[int | None] = set()

    def _enter(self, seconds: float, account_id: int | None) -> None:
        called = threading.Event()
        with self._lock:
            # None, which belongs to no account, is never in the set.
            if self._running + len(self._waiting) >= self._places or account_id in self._accounts:
                raise Overloaded()
            if self._running < self._at_once:
                self._running += 1
                called.set()
            elif seconds <= 0:
                raise Overloaded()
            else:
                self._waiting.append(called)
            if account_id is not None:
                self._accounts.add(account_id)
        if not called.wait(seconds):
            self._give_up(called, account_id)

    def _give_up(self, called: threading.Event, account_id: int | None) -> None:
        with self._lock:
            if called.is_set():  # the turn came in the last moment
                return
            self._waiting.remove(called)
            self._accounts.discard(account_id)
        raise Overloaded()

    def _leave(self, account_id: int | None) -> None:
        with self._lock:
            self._accounts.discard(account_id)
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._running -= 1


class HasForkState(Protocol):
    def after_fork(self) -> None: ...


_made_anew: weakref.WeakSet[HasForkState] = weakref.WeakSet()


def made_anew_in_forks(thing: HasForkState) -> None:
    """Calls `after_fork` of this object in each process that is forked from this one."""
    _made_anew.add(thing)


def _after_fork() -> None:
    for thing in list(_made_anew):
        thing.after_fork()


os.register_at_fork(after_in_child=_after_fork)
