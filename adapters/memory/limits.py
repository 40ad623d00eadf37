"""Rate limits that are counted in this process, and the choice between them and shared ones."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from application.ports.limits import Limits
from domain.errors import TryAgain
from domain.limits import LONGEST, RateLimit, require_room


class MemoryLimits:
    def __init__(self) -> None:
        self._hits: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        with self._lock:
            require_room(wanted, self._hits, at.timestamp())

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        now = at.timestamp()
        with self._lock:
            require_room(wanted, self._hits, now)
            for key, limit in wanted.items():
                self._hits[key] = [*limit.recent(self._hits.get(key, []), now), now]
            return min(limit.times - len(self._hits[key]) for key, limit in wanted.items())

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        now = at.timestamp()
        with self._lock:
            for key in wanted:
                if now in self._hits.get(key, []):
                    self._hits[key].remove(now)

    def forget(self, beginnings: Sequence[str]) -> None:
        with self._lock:
            self._hits = {key: hits for key, hits in self._hits.items() if not key.startswith(tuple(beginnings))}

    def forget_stale(self, at: datetime) -> None:
        oldest = (at - LONGEST).timestamp()
        with self._lock:
            self._hits = {key: hits for key, hits in self._hits.items() if hits and hits[-1] > oldest}


class SharedLimits:
    """Counts exact limits in the storage, which all processes share. Counts the others in this process."""

    def __init__(self, exact: Limits, local: Limits) -> None:
        self._exact = exact
        self._local = local

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        if wanted:
            self._for(wanted).check(wanted, at)
        if _are_of_guesses(wanted):
            self._local.check(wanted, at)

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        try:
            return self._for(wanted).take(wanted, at)
        except TryAgain:
            # A right guess writes nothing. If wrong ones did not count, a storage that only reads would let anybody
            # guess without end.
            if _are_of_guesses(wanted):
                self._local.take(wanted, at)
            raise

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        self._for(wanted).give_back(wanted, at)

    def forget(self, beginnings: Sequence[str]) -> None:
        self._exact.forget(beginnings)
        self._local.forget(beginnings)

    def forget_stale(self, at: datetime) -> None:
        self._exact.forget_stale(at)
        self._local.forget_stale(at)

    def _for(self, wanted: Mapping[str, RateLimit]) -> Limits:
        return self._exact if any(limit.exact for limit in wanted.values()) else self._local


def _are_of_guesses(wanted: Mapping[str, RateLimit]) -> bool:
    return any(limit.of_guesses for limit in wanted.values())


class NoLimits:
    """Never refuses. For load tests."""

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None: ...
    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        return min(limit.times for limit in wanted.values())

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None: ...
    def forget(self, beginnings: Sequence[str]) -> None: ...
    def forget_stale(self, at: datetime) -> None: ...
