"""Room on the disks that the site writes to."""

import os
from collections.abc import Callable
from pathlib import Path

from entrypoints.doctor.findings import Findings, fault, warning, well
from entrypoints.machine import LITTLE, MAIL, PICTURES, TOO_LITTLE, free_bytes, places_of
from entrypoints.settings import Settings

_MEGABYTE = 1_000_000


def check_disk(settings: Settings, free: Callable[[Path], int] = free_bytes) -> Findings:
    goes_to: dict[Path, list[str]] = {}
    for what, folder in places_of(settings).items():
        goes_to.setdefault(folder, []).append(what)
    is_fine = True
    for folder, kinds in goes_to.items():
        what = " and ".join(kinds)
        # The checks of mail and of pictures report these folders.
        if not {MAIL, PICTURES}.issuperset(kinds) and not os.access(folder, os.W_OK | os.X_OK):
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
        yield well(f"There is room in {', '.join(map(str, goes_to))}.")
