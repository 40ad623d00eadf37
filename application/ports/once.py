"""Keys under which something was made."""

from datetime import datetime
from typing import Protocol

from domain.once import Once


class OnceKeys(Protocol):
    """What was made under a key that its client chose, so that asking twice makes one."""

    def find(self, owner_id: int, key: str) -> Once | None: ...
    def add(self, once: Once) -> None:
        """Raises TryAgain when another unit of work was first: the next try finds what it made."""

    def remove_older(self, before: datetime) -> None: ...
