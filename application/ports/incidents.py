"""Incidents in the storage."""

from datetime import datetime
from typing import Protocol

from domain.incidents import Incident


class Incidents(Protocol):
    """One row for each fingerprint."""

    def find(self, fingerprint: str) -> Incident | None:
        """Locked until the end of this unit of work."""

    def add(self, incident: Incident) -> None:
        """Raises TryAgain when another unit of work has just added it."""

    def save(self, incident: Incident) -> None: ...
    def remove_unseen(self, since: datetime) -> None:
        """Removes those that happened last before this time."""
