"""Tries a unit of work again when the storage was busy."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from application.ports.work import IN_ALL, ONE_TRY, OpenWork, UnitOfWork
from domain.errors import Overloaded, TryAgain

TRIES = 3

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Calls a part of a use case inside a fresh unit of work, up to `TRIES` times.

    A failed try undoes what the part did through `work`, and nothing else. So a limit is counted, a password hashed and
    a mail sent outside of the part.
    """

    unit_of_work: OpenWork

    def __call__(self, part: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **values: P.kwargs) -> T:
        """What `part(work, *args, **values)` returns. Raises TryAgain past the last try, or where another try could
        end later than `IN_ALL`. Raises Overloaded without another try."""
        return self._repeat(False, lambda work: part(work, *args, **values))

    def reading(self, part: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **values: P.kwargs) -> T:
        """The same for a part that only reads. It does not queue with the writers."""
        return self._repeat(True, lambda work: part(work, *args, **values))

    def _repeat(self, reading: bool, part: Callable[[UnitOfWork], T]) -> T:
        no_try_after = time.monotonic() + IN_ALL - ONE_TRY
        tries_left = TRIES
        while True:
            tries_left -= 1
            try:
                with self.unit_of_work(reading=reading) as work:
                    return part(work)
            except Overloaded:
                raise
            except TryAgain:
                pause = random.uniform(0.005, 0.05)  # noqa: S311 - it only separates two writers
                if not tries_left or time.monotonic() + pause > no_try_after:
                    raise
                time.sleep(pause)
