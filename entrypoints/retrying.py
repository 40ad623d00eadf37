"""Calls a use case again when the storage could not serve it: it has no effect outside its unit of work."""

import functools
import random
import time
from typing import Any, TypeVar, cast

from domain.errors import TryAgain

TRIES = 3
PATIENCE = 8.0

T = TypeVar("T")


class _Retrying:
    def __init__(self, capability: object) -> None:
        self._capability = capability

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._capability, name)
        if not callable(method):
            return method

        @functools.wraps(method)
        def call(*args: Any, **values: Any) -> Any:
            began = time.monotonic()
            for rest in reversed(range(TRIES)):
                try:
                    return method(*args, **values)
                except TryAgain:
                    # Who waited this long already should hear that it is busy, not wait on.
                    if not rest or time.monotonic() - began > PATIENCE:
                        raise
                    time.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - apart from each other is all it has to be
            raise AssertionError

        return call


def retrying(capability: T) -> T:
    """The same capability, its methods called up to three times."""
    return cast("T", _Retrying(capability))
