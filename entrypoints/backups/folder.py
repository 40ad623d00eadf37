"""Where backups are written: a file that is there whole or not at all, its name, and which older ones go."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

# Only names of this form are ours, and only such files are ever removed.
_OURS = re.compile(r"chapbook-\d{8}T\d{6}Z\.tar", re.ASCII)
_PART = ".part"
# What is copied there before it goes into the backup.
_COPY = ".part.database"


class NotWritten(Exception):
    """A backup cannot be written there. The text is a sentence."""


def named_in(folder: Path, at: datetime) -> Path:
    """A name that is still free, for a backup that is made at this time."""
    while (path := folder / f"chapbook-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar").exists():
        at += timedelta(seconds=1)
    return path


def backups_in(folder: Path) -> list[Path]:
    """Those that this program named there, the oldest first."""
    return sorted(path for path in folder.glob("chapbook-*.tar") if _OURS.fullmatch(path.name) and path.is_file())


def time_of(path: Path) -> datetime:
    """When a backup was made that this program named."""
    return datetime.strptime(path.name, "chapbook-%Y%m%dT%H%M%SZ.tar").replace(tzinfo=UTC)


def keep_newest(folder: Path, number: int) -> list[Path]:
    """Removes the older ones, and says which. No other file is touched."""
    older = backups_in(folder)[:-number]
    for path in older:
        path.unlink()
    return older


def remove_cut(folder: Path) -> list[Path]:
    """Removes what a backup has left that was killed. What is still being written is locked."""
    found = [path for path in folder.glob(f"chapbook-*.tar{_PART}") if _OURS.fullmatch(path.name.removesuffix(_PART))]
    for path in found:
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path.with_name(path.name.removesuffix(_PART) + _COPY), path)
    return [path for path in found if not path.exists()]


@contextmanager
def writing(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """The file to write, and an empty file for the copy of the database. At the end the first one is at the path, and
    on the disk; after an error nothing is. Only their owner reads them. Raises NotWritten, OSError."""
    if path.exists() or path.is_symlink():
        raise NotWritten(f"{path} is there already, and no backup is written over. Name another file, or a folder.")
    part, copy = (path.with_name(path.name + end) for end in (_PART, _COPY))
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotWritten(f"Another `chapbook backup` is writing {path}.") from None
        if path.exists():
            # It became whole after the look above, and the file that is open here may be it.
            raise NotWritten(f"Another `chapbook backup` has written {path}.")
        try:
            file.truncate()
            _remove(copy)
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            yield file, copy
            file.flush()
            os.fsync(file.fileno())
            part.rename(path)
            sync_folder(path.parent)
        finally:
            _remove(copy, part)


def _remove(*paths: Path) -> None:
    for path in paths:
        for end in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
