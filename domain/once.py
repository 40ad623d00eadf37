"""Idempotency: a client chooses a key, and two requests under the same key make one thing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Invalid

LIFETIME = timedelta(hours=24)
VISITOR = 0
KEY_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceKey:
    """The key of a request, and a digest of its content when another request under the same key must be refused."""

    key: str
    digest: str = ""


@dataclass(kw_only=True, slots=True)
class Once:
    """`owner_id` is the account that asked, or `VISITOR`. `made_id` is the id of the thing that was made."""

    owner_id: int
    key: str
    digest: str
    made_id: int
    made_at: datetime

    def is_over(self, *, at: datetime) -> bool:
        return self.made_at < at - LIFETIME

    def answer(self, asked: OnceKey) -> int:
        """The id of the thing that was made. Raises Invalid("once", "reused") for another request under this key."""
        if self.digest != asked.digest:
            raise Invalid("once", "reused")
        return self.made_id
