"""Argon2id (RFC 9106) through passlib, which the package libpass provides. The parameters are from OWASP's cheat sheet.
Hashes that another site made with Werkzeug are verified too, and are always outdated.

Hashing releases the interpreter lock and needs 19 MiB for each hash. It happens in a few threads of its own, because
the C library keeps that memory for each thread that once used it. The callers wait in a bounded queue.
"""

import contextlib
import os
import sys
import threading
import time as clock
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from passlib.hash import argon2

from adapters.no_meter import NO_METER
from adapters.turns import Turns, made_anew_in_forks
from adapters.werkzeug_hashes import cost_of, matches, spend
from application.ports.metrics import HASHING, Meter

T = TypeVar("T")

_LONGEST = 1_024
_MEMORY_AT_MOST = 1 << 20
_TIME_AT_MOST = 64
# In seconds: some forty hashes.
_WAITING = 2.0
_NICE = 10


class Argon2Hasher:
    """The port `PasswordHasher`. Safe to call from several threads, and after a fork."""

    def __init__(
        self,
        memory_kib: int = 19_456,
        time: int = 2,
        parallelism: int = 1,
        at_once: int | None = None,
        places: int = 100,
        *,
        meter: Meter = NO_METER,
    ) -> None:
        """At most `at_once` hashes are computed at the same time. By default that is the number of cores. `places`
        counts the callers, those that wait included."""
        self._argon2 = argon2.using(type="ID", memory_cost=memory_kib, rounds=time, parallelism=parallelism)  # type: ignore[no-untyped-call]
        self._at_once = at_once or os.cpu_count() or 1
        self._meter = meter
        self.turns = Turns(at_once=self._at_once, places=places, seconds=_WAITING, queue="hashing", meter=meter)
        # Belongs to no account. Verifying it takes the usual time, and no password matches its digest of zeros.
        self._hash_of_no_account = f"$argon2id$v=19$m={memory_kib},t={time},p={parallelism}${'A' * 22}${'A' * 43}"
        # The largest cost of a hash from Werkzeug that this process has met.
        self._cost_of_werkzeug = 0
        self.after_fork()
        made_anew_in_forks(self)

    def after_fork(self) -> None:
        """Makes threads of its own for this process. They start with the first hashes."""
        self._threads = ThreadPoolExecutor(self._at_once, "hashing", initializer=_give_way)

    def hash(self, password: str) -> str:
        """Raises ValueError for a password that the domain refuses."""
        return self._in_turn(lambda: str(self._argon2.hash(password)))

    def verify(self, password: str, hashed: str | None) -> bool:
        """Takes the same time for every account and for none, also when the answer is yes: the account may be disabled.
        It computes one Argon2id. Once this process has met a hash from Werkzeug, it spends the largest cost that it met
        as well, whatever the account has."""
        usual = password if _hashable(password) else None
        cost = None if hashed is None else cost_of(hashed)
        spent = 0
        if hashed is None or cost is None:
            is_right = self._verify_argon2(usual, hashed)
        else:
            self._cost_of_werkzeug = max(self._cost_of_werkzeug, cost)
            is_right = self._verify_argon2(None, None)
            if usual is not None:
                is_right, spent = self._in_turn(lambda: matches(usual, hashed)), cost
        if self._cost_of_werkzeug > spent:
            self._in_turn(lambda: spend(self._cost_of_werkzeug - spent))
        return is_right

    def recognizes(self, hashed: str) -> bool:
        return cost_of(hashed) is not None

    def _verify_argon2(self, password: str | None, hashed: str | None) -> bool:
        """Computes one Argon2id."""
        if hashed is not None and password is not None and self._usable(hashed):
            try:
                return self._matches(password, hashed)
            except (ValueError, TypeError, MemoryError):  # a salt that is too short, or any other broken hash
                pass
        self._matches("any password", self._hash_of_no_account)
        return False

    def is_outdated(self, hashed: str) -> bool:
        try:
            return bool(self._argon2.needs_update(hashed))
        except (ValueError, TypeError):
            return True

    def _matches(self, password: str, hashed: str) -> bool:
        return self._in_turn(lambda: bool(self._argon2.verify(password, hashed)))

    def _in_turn(self, compute: Callable[[], T]) -> T:
        with self.turns.turn():
            began = clock.perf_counter()
            try:
                return self._threads.submit(compute).result()
            finally:
                self._meter.observe(HASHING, clock.perf_counter() - began)

    def _usable(self, hashed: str) -> bool:
        """Whether `hashed` is an argon2 hash whose parameters are small enough to verify."""
        try:
            parsed = self._argon2.from_string(hashed)
        except (ValueError, TypeError):
            return False
        return bool(parsed.checksum and parsed.memory_cost <= _MEMORY_AT_MOST and parsed.rounds <= _TIME_AT_MOST)


def _give_way() -> None:
    """Lets the threads that make pages go first. Only Linux takes the number of a thread for that of a process."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _hashable(password: object) -> bool:
    """Whether passlib can hash it. Anything else is no password of any account."""
    if not isinstance(password, str) or not 0 < len(password) <= _LONGEST:
        return False
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in password)
