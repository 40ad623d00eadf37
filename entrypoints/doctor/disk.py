"""Room on the disks that the site writes to."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from adapters.sql.diagnosis import file_of, is_sqlite
from entrypoints.doctor.findings import Findings, fault, warning, well
from entrypoints.readiness import BYTES_FREE
from entrypoints.settings import Settings

_MEGABYTE = 1_000_000
_MAIL = "mail"
# Below the first nothing can be trusted to be written, below the second somebody should look.
TOO_LITTLE = 100 * _MEGABYTE
LITTLE = BYTES_FREE


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def check_disk(settings: Settings, free: Callable[[Path], int] = free_bytes) -> Findings:
    places = _places(settings)
    is_fine = True
    for what, folder in places.items():
        # The check of mail reports this folder.
        if what != _MAIL and not os.access(folder, os.W_OK | os.X_OK):
            is_fine = False
            yield fault(
                f"{folder}, where {what} goes, cannot be written by this user.",
                f"Make {folder} writable for the user who runs the site, for example with `chown`.",
            )
            continue
        left = free(folder)
        if left < LITTLE:
            is_fine = False
            said = f"{left // _MEGABYTE} MB are free in {folder}, where {what} goes."
            remedy = f"Make room on the disk of {folder}, or make it larger."
            yield fault(said, remedy) if left < TOO_LITTLE else warning(said, remedy)
    if is_fine:
        yield well(f"There is room in {', '.join(map(str, dict.fromkeys(places.values())))}.")


def _places(settings: Settings) -> dict[str, Path]:
    """What goes where. A folder that does not exist yet is made in the nearest one that does."""
    places = {"what is too large for memory": Path(tempfile.gettempdir())}
    if settings.storage == "sql" and is_sqlite(settings.database_url):
        places["the database"] = Path(file_of(settings.database_url)).parent
    if settings.mail_url.scheme == "file":
        places[_MAIL] = settings.mail_url.path
    return {what: _existing(folder) for what, folder in places.items()}


def _existing(folder: Path) -> Path:
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
