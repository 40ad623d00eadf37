"""Counters of rate limits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.limits import RateLimit


class Limits(Protocol):
    """Rate limits. An exact limit holds across processes."""

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Raises TooOften when one of these keys is used up. Counts nothing."""

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        """Counts one under each key, in its own transaction. Raises TooOften and counts nothing when one key is used
        up. Answers how many more are allowed now."""

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Undoes a `take` of the same time."""

    def forget(self, beginnings: Sequence[str]) -> None:
        """Forgets what was counted under keys that begin with one of these."""

    def forget_stale(self, at: datetime) -> None:
        """Deletes hits that no limit counts any more."""
