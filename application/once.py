"""Makes a thing once. A second, equal request finds what the first one made, and counts no second time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from application.ports.limits import Limits
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.errors import TooOften, TryAgain
from domain.limits import RateLimit
from domain.once import LIFETIME, Once, OnceKey

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeOnce:
    """What each use case does that makes a thing under a rate limit and, if the client chose one, under a key."""

    repeat: Repeat
    now: Now
    new_id: NewId
    limits: Limits

    def __call__(
        self,
        *,
        actor_id: int,
        limit: dict[str, RateLimit],
        once: OnceKey | None,
        prepare: Callable[[], T],
        make: Callable[[UnitOfWork, int, T], None],
        id_of: Callable[[T], int] | None = None,
    ) -> int:
        """The id of what `make` stores, or of what the same request made before.

        `prepare` is for slow work: it runs once, after the limit is counted and before the unit of work opens. `make`
        is tried again where the storage was busy. `id_of` finds the id that `prepare` has given out; without it there
        is a new one. The limit does not count a thing that was made before, or that a busy renderer or storage did not
        take. Raises TooOften, and Invalid("once", "reused") for another request under the same key."""
        at = self.now()
        try:
            self.limits.take(limit, at)
        except TooOften:
            made = self.repeat(_made_before, actor_id, once, at)
            if made is None:
                raise
            return made

        def store(work: UnitOfWork) -> tuple[int, bool]:
            made = _made_before(work, actor_id, once, at)
            if made is not None:
                return made, False
            new = self.new_id() if id_of is None else id_of(prepared)
            if once is not None:
                work.once.add(Once(owner_id=actor_id, key=once.key, digest=once.digest, made_id=new, made_at=at))
            make(work, new, prepared)
            work.commit()
            return new, True

        try:
            prepared = prepare()
            made, is_new = self.repeat(store)
        except TryAgain:
            self.limits.give_back(limit, at)
            raise
        if not is_new:
            self.limits.give_back(limit, at)
        return made


def _made_before(work: UnitOfWork, owner_id: int, once: OnceKey | None, at: datetime) -> int | None:
    """What the same request made within `LIFETIME`. An older key is forgotten. Raises Invalid("once", "reused")
    for another request under the same key."""
    found = work.once.find(owner_id, once.key) if once else None
    if found is None or once is None:
        return None
    if found.is_over(at=at):
        work.once.remove_older(at - LIFETIME)
        return None
    return found.answer(once)
