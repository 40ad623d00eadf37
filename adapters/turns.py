"""Bounded waiting: a few callers run, a few others wait for a moment, and everybody beyond is refused at once.

So a queue never holds the threads that other requests need. Rendering, pictures, hashing and writing have one
queue each.
"""

import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from adapters.no_meter import NO_METER
from application.ports.metrics import QUEUEING, REFUSALS, WAITING, Meter
from domain.errors import Overloaded


class Turns:
    """Turns are given in the order of arrival, but none to the account that had the last one while another waits. A
    forked process begins with free places."""

    def __init__(
        self,
        *,
        at_once: int,
        places: int,
        seconds: float,
        places_each: int | None = None,
        queue: str = "",
        meter: Meter = NO_METER,
    ) -> None:
        """At most `at_once` callers run. `places` counts those who run and those who wait, and `places_each` those of
        one account. A caller waits at most `seconds`, unless it asks for less or more. `meter` knows this queue by the
        name `queue`."""
        self._at_once = at_once
        self._places = places
        self._places_each = places if places_each is None else places_each
        self._seconds = seconds
        self._queue = queue
        self._meter = meter
        self.after_fork()
        made_anew_in_forks(self)

    @property
    def taken(self) -> int:
        """How many run or wait."""
        with self._lock:
            return self._running + len(self._waiting)

    @contextmanager
    def turn(self, *, seconds: float | None = None, account_id: int | None = None) -> Iterator[None]:
        """Raises Overloaded: at once when all places are taken, or all of this account, and else when the turn does
        not come in time. With `seconds=0` nobody waits."""
        began = time.monotonic()
        try:
            self._enter(self._seconds if seconds is None else seconds, account_id)
        except Overloaded:
            self._meter.count(REFUSALS, self._queue)
            raise
        self._meter.observe(QUEUEING, time.monotonic() - began, self._queue)
        try:
            yield
        finally:
            self._leave(account_id)

    def after_fork(self) -> None:
        """Frees all places. The threads that took them stayed behind in the parent, which may also hold the lock."""
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: list[_Caller] = []
        self._taken_by: Counter[int] = Counter()

    def _enter(self, seconds: float, account_id: int | None) -> None:
        caller = _Caller(account_id)
        with self._lock:
            if self._running + len(self._waiting) >= self._places or self._has_enough(account_id):
                raise Overloaded()
            if self._running < self._at_once:
                self._running += 1
                caller.called.set()
            elif seconds <= 0:
                raise Overloaded()
            else:
                self._waiting.append(caller)
            if account_id is not None:
                self._taken_by[account_id] += 1
        if caller.called.is_set():
            return
        self._meter.change(WAITING, 1, self._queue)
        try:
            if not caller.called.wait(seconds):
                self._give_up(caller)
        finally:
            self._meter.change(WAITING, -1, self._queue)

    def _has_enough(self, account_id: int | None) -> bool:
        return account_id is not None and self._taken_by[account_id] >= self._places_each

    def _give_up(self, caller: "_Caller") -> None:
        with self._lock:
            if caller.called.is_set():  # the turn came in the last moment
                return
            self._waiting.remove(caller)
            self._free_place_of(caller.account_id)
        raise Overloaded()

    def _leave(self, account_id: int | None) -> None:
        with self._lock:
            self._free_place_of(account_id)
            if self._waiting:
                others = (caller for caller in self._waiting if caller.account_id != account_id)
                following = next(others, self._waiting[0])
                self._waiting.remove(following)
                following.called.set()
            else:
                self._running -= 1

    def _free_place_of(self, account_id: int | None) -> None:
        if account_id is not None:
            self._taken_by[account_id] -= 1
            if not self._taken_by[account_id]:
                del self._taken_by[account_id]


@dataclass(eq=False, slots=True)
class _Caller:
    account_id: int | None
    called: threading.Event = field(default_factory=threading.Event)


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
