"""Whether the site is ready: what `/readyz` says, and what `/metrics` counts of it.

The words are of the draft on health checks (draft-inadarei-api-health-check): `fail` makes the site unusable, `warn`
does not, and another host would be no better off.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from application.ports.work import Now
from application.storage import Pulse, Schema
from domain.errors import TryAgain
from domain.overview import LATE

Status = Literal["pass", "warn", "fail"]

# A disk is nearly full when less than this share of it is free, and less than so many bytes.
SHARE_FREE = 0.05
BYTES_FREE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """`output` says in public what is wrong: it names no path, no host and no version."""

    status: Status = "pass"
    output: str = ""


def checks(ping: Callable[[], Pulse], data_folder: Path, now: Now) -> dict[str, Check]:
    """By name. Without an answer of the database nothing is known about what is in it."""
    found = {"database": Check()}
    try:
        pulse = ping()
    except TryAgain:
        found["database"] = Check("fail", "The database does not answer.")
    else:
        found["migrations"] = _MIGRATIONS[pulse.schema]
        waits = timedelta(0) if pulse.oldest_due_at is None else now() - pulse.oldest_due_at
        late = f"A job has been due for more than {LATE // timedelta(minutes=1)} minutes."
        found["outbox"] = Check("warn", late) if waits > LATE else Check()
    found["disk"] = Check("warn", "The disk is nearly full.") if is_nearly_full(data_folder) else Check()
    return found


_MIGRATIONS = {
    Schema.CURRENT: Check(),
    # Processes of the version before go on while a new version is deployed, until they are restarted.
    Schema.NEWER: Check("warn", "The schema is of a newer version. This process has to be restarted."),
    Schema.OTHER: Check("fail", "The schema is not of this version."),
}


def worst(found: dict[str, Check]) -> Status:
    said = {check.status for check in found.values()}
    return "fail" if "fail" in said else "warn" if "warn" in said else "pass"


def is_nearly_full(folder: Path) -> bool:
    """False where the system does not say. A disk without a free inode is full, too."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    size, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
    return free < min(size * SHARE_FREE, BYTES_FREE) or (disk.f_files > 0 and disk.f_favail == 0)
