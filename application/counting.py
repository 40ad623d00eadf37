"""Counts a rate limit around work that may turn out to be impossible just now."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from application.ports.limits import Limits
from domain.errors import TryAgain
from domain.limits import RateLimit


@contextmanager
def counted(limits: Limits, wanted: Mapping[str, RateLimit], at: datetime) -> Iterator[None]:
    """Counts one under each key. Takes it back when the work inside raises TryAgain, because nothing came of it.
    Raises TooOften."""
    limits.take(wanted, at)
    try:
        yield
    except TryAgain:
        with suppress(TryAgain):  # the storage may be what is busy
            limits.give_back(wanted, at)
        raise
