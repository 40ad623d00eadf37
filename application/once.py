"""Making a thing once: the same request again finds what the first one made, and does not count as another."""

from datetime import datetime

from application.ports import Limits, OpenWork, UnitOfWork
from domain.errors import TooOften
from domain.limits import RateLimit
from domain.once import LIFETIME, Once, OnceKey


def admit(
    limits: Limits,
    wanted: dict[str, RateLimit],
    *,
    open_work: OpenWork,
    owner_id: int,
    once: OnceKey | None,
    at: datetime,
) -> int | None:
    """Counts one more. Where the limit is reached, the id that this very request made before. Raises TooOften."""
    try:
        limits.take(wanted, at)
    except TooOften:
        with open_work() as work:
            made = made_before(work, owner_id, once, at)
        if made is None:
            raise
        return made
    return None


def made_before(work: UnitOfWork, owner_id: int, once: OnceKey | None, at: datetime) -> int | None:
    """What the same request made within `LIFETIME`; a key that is older is forgotten. Raises Invalid("once", "reused")
    for another request under the same key."""
    found = work.once.find(owner_id, once.key) if once else None
    if found is None or once is None:
        return None
    if found.is_over(at=at):
        work.once.remove_older(at - LIFETIME)
        return None
    return found.answer(once)


def remember(work: UnitOfWork, owner_id: int, once: OnceKey | None, made_id: int, at: datetime) -> None:
    """So that the same request again finds what this one made."""
    if once:
        work.once.add(Once(owner_id=owner_id, key=once.key, digest=once.digest, made_id=made_id, made_at=at))
