"""Rate limits counted in this process."""

import threading
from collections.abc import Mapping
from datetime import datetime

from domain.errors import TooOften
from domain.limits import RateLimit, is_stale


class MemoryLimits:
    def __init__(self) -> None:
        self._hits: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        with self._lock:
            self._check(wanted, at.timestamp())

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        now = at.timestamp()
        with self._lock:
            self._check(wanted, now)
            for key, limit in wanted.items():
                self._hits[key] = [*limit.recent(self._hits.get(key, []), now), now]

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        now = at.timestamp()
        with self._lock:
            for key in wanted:
                if now in self._hits.get(key, []):
                    self._hits[key].remove(now)

    def forget_stale(self, at: datetime) -> None:
        with self._lock:
            self._hits = {key: hits for key, hits in self._hits.items() if not is_stale(hits, at)}

    def _check(self, wanted: Mapping[str, RateLimit], now: float) -> None:
        wait = max((limit.wait(self._hits.get(key, []), now) for key, limit in wanted.items()), default=0)
        if wait:
            raise TooOften(wait)


class NoLimits:
    """For load tests."""

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None: ...
    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> None: ...
    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None: ...
    def forget_stale(self, at: datetime) -> None: ...
