"""Counting how often somebody did something."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from domain.limits import RateLimit


class Limits(Protocol):
    """Rate limits; exact ones hold across processes."""

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Raises TooOften if one of these keys is used up. Counts nothing."""

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        """Counts one under each key, or none and raises TooOften, in one step of its own. Answers how many more there
        may be right now."""

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Takes back what `take` counted at the same moment: it was no failure after all."""

    def forget_stale(self, at: datetime) -> None:
        """Drops what no rule counts any more."""
