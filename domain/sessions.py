"""Sessions: one browser that is signed in as a member, and how long that lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.ids import time_of

IDLE = timedelta(hours=12)
IDLE_REMEMBERED = timedelta(days=30)
LONGEST = timedelta(days=180)
SEEN_EVERY = timedelta(minutes=5)
DEVICE_LIMIT = 200


@dataclass(kw_only=True, slots=True)
class Session:
    """Only the browser has the secret; here is its hash. `device` is the browser's User-Agent."""

    id: int
    account_id: int
    secret_hash: str
    remember: bool
    device: str
    seen_at: datetime

    @classmethod
    def begin(cls, *, id: int, account_id: int, secret_hash: str, remember: bool, device: str, at: datetime) -> Self:
        printable = "".join(char for char in device if char.isprintable() and not "\ud800" <= char <= "\udfff")
        return cls(
            id=id,
            account_id=account_id,
            secret_hash=secret_hash,
            remember=remember,
            device=printable[:DEVICE_LIMIT],
            seen_at=at,
        )


def is_over(*, id: int, remember: bool, seen_at: datetime, at: datetime) -> bool:
    """Whether the session was idle for too long (30 days if it is remembered, else 12 hours) or is older than 180
    days."""
    idle = IDLE_REMEMBERED if remember else IDLE
    return at - seen_at > idle or at - time_of(id) > LONGEST


def is_worth_noting(*, seen_at: datetime, at: datetime) -> bool:
    """A visit is stored at most once in five minutes."""
    return at - seen_at >= SEEN_EVERY
