"""Tries a unit of work again when the storage was busy."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from application.ports.work import OpenWork, UnitOfWork
from domain.errors import TryAgain

TRIES = 3
PATIENCE = 8.0

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
        """What `part(work, *args, **values)` returns. Raises TryAgain past the last try, or past `PATIENCE` seconds."""
        began = time.monotonic()
        for tries_left in reversed(range(TRIES)):
            try:
                with self.unit_of_work() as work:
                    return part(work, *args, **values)
            except TryAgain:
                if not tries_left or time.monotonic() - began > PATIENCE:
                    raise
                time.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - the pause only separates two writers
        raise AssertionError("the last try returns or raises")
