"""Idempotency keys in the storage."""

from datetime import datetime
from typing import Protocol

from domain.once import Once


class OnceKeys(Protocol):
    """What was made under a key that a client chose."""

    def find(self, owner_id: int, key: str) -> Once | None: ...
    def add(self, once: Once) -> None:
        """Raises TryAgain when another unit of work used the key first. The next try finds what that one made."""

    def remove_older(self, before: datetime) -> None: ...
