"""Makes a backup."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from adapters.sql.backups import copy_database, size_of_file
from application.storage import StorageFault
from entrypoints.backups.archive import describe, write
from entrypoints.backups.folder import NotWritten, named_in, remove_cut, writing
from entrypoints.backups.manifest import DATABASE, Manifest
from entrypoints.settings import environment_with

# What is done, how many bytes, of how many. 0 stands for a number that is not known.
Show = Callable[[str, int, int], object]
# What must stay free on a disk that the site may write to as well.
SPARE = 16 << 20


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    size: int
    manifest: Manifest


def back_up(url: str, to: Path, show: Show = lambda _what, _done, _total: None) -> Made:
    """Writes a new file, or one with a name of ours when `to` is a folder. Raises NotWritten, StorageFault."""
    is_folder = to.is_dir()
    now = datetime.now(UTC).replace(microsecond=0)
    path = named_in(to, now) if is_folder else to
    if is_folder:
        remove_cut(to)
    try:
        require_room(url, path.parent)
        with writing(path) as (file, copy):
            copied = copy_database(url, copy, environment_with(), lambda done, total: show("Copying", done, total))
            manifest = Manifest(
                chapbook=version("chapbook"),
                revision=copied.revision,
                database=copied.database,
                made_by=copied.made_by,
                made_at=now,
                members=(describe(DATABASE, copy),),
            )
            write(file, manifest, {DATABASE: copy}, lambda done, total: show("Writing", done, total))
    except OSError as error:
        raise _not_written(path, error) from error
    except StorageFault as fault:
        if fault.code == "full":  # SQLite says it of the disk that it copies to
            raise _full(path) from fault
        raise
    return Made(path, path.stat().st_size, manifest)


def require_room(url: str, folder: Path) -> None:
    """A copy of the database is made first, and then goes into the file."""
    needed = 2 * size_of_file(url) + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotWritten(
            f"There is no room for a backup in {folder}: {_megabytes(needed)} are needed, {_megabytes(free)} are free."
            " Make room there, or name another place."
        )


def _not_written(path: Path, error: OSError) -> NotWritten:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(path)
    where = error.filename or path
    return NotWritten(f"{where} cannot be written ({error.strerror}). See whether its folder is there, and whose.")


def _full(path: Path) -> NotWritten:
    return NotWritten(f"The disk of {path.parent} is full. Make room there, or name another place.")


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000):,} MB"
