"""What the overview of administrators is made of: what the storage counts, and what the machine says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from domain.ids import time_of
from domain.overview import Daily


class Heartbeat(Protocol):
    def beat(self, at: datetime) -> None:
        """Stores when a worker was seen last."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for somebody: how many, up to COUNTED_AT_MOST, and the oldest of these."""

    count: int
    oldest_id: int | None

    @property
    def since(self) -> datetime | None:
        return None if self.oldest_id is None else time_of(self.oldest_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The totals that the storage keeps, and what waits. `storage` is the name and version of the database, empty for
    none, and `storage_bytes` what it takes. `worker_seen_at` is None until a worker has run."""

    members: int
    posts: int
    comments: int
    cases: Queue
    appeals: Queue
    people: Queue
    worker_seen_at: datetime | None
    storage: str
    storage_bytes: int | None


class OverviewFeeds(Protocol):
    """For administrators only. The use case checks that. They read numbers, and nothing that somebody wrote."""

    def standing(self) -> Standing: ...
    def days(self, first: date, last: date) -> Mapping[Daily, int]:
        """The counters of these days and all between. A day without a counter is missing."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of a folder that the site writes to."""

    folder: Path
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineState:
    """`full` and `short` are the disks with too little room, and with little. `backup_at` is when the newest backup was
    made that the program finds. `answered` is False when the file system did not answer in time."""

    full: tuple[Disk, ...] = ()
    short: tuple[Disk, ...] = ()
    backup_at: datetime | None = None
    answered: bool = True


class Machine(Protocol):
    def look(self) -> MachineState:
        """Takes a moment at most, also while a disk hangs."""
