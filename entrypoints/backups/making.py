"""Makes a backup."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from adapters.pictures.file_store import files_in
from adapters.sql.backups import copy_database, size_of_file
from application.storage import StorageFault
from entrypoints.backups.archive import Source, write
from entrypoints.backups.folder import NotWritten, named_in, remove_cut, writing
from entrypoints.backups.manifest import DATABASE, PICTURES, Manifest
from entrypoints.settings import environment_with

# What is done, how many bytes, of how many. 0 stands for a number that is not known.
Show = Callable[[str, int, int], object]
# What must stay free on a disk that the site may write to as well.
SPARE = 16 << 20
# What a file of a picture needs besides its content: its header, its padding, its lines in the manifest.
_BESIDE = 1_500
_LEAVE_OUT = " `--no-pictures` leaves out the pictures."


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    size: int
    manifest: Manifest


def back_up(
    url: str, to: Path, show: Show = lambda _what, _done, _total: None, *, pictures: Path | None = None
) -> Made:
    """Writes a new file, or one with a name of ours when `to` is a folder. With the files of pictures in a folder, if
    one is given: they are read after the database was copied, so that those of every picture in it are there, unless
    somebody has removed one meanwhile. Raises NotWritten, StorageFault."""
    is_folder = to.is_dir()
    now = datetime.now(UTC).replace(microsecond=0)
    path = named_in(to, now) if is_folder else to
    if is_folder:
        remove_cut(to)
    try:
        require_room(url, path.parent, sum(source.size + _BESIDE for source in _sources(pictures)))
        with writing(path) as (file, copy):
            copied = copy_database(url, copy, environment_with(), lambda done, total: show("Copying", done, total))
            manifest = write(
                file,
                now,
                lambda members: Manifest(
                    chapbook=version("chapbook"),
                    revision=copied.revision,
                    database=copied.database,
                    made_by=copied.made_by,
                    made_at=now,
                    members=members,
                ),
                [Source.of(DATABASE, copy), *_sources(pictures)],
                lambda done, total: show("Writing", done, total),
            )
    except OSError as error:
        raise _not_written(path, error) from error
    except StorageFault as fault:
        if fault.code == "full":  # SQLite says it of the disk that it copies to
            raise _full(path) from fault
        raise
    return Made(path, path.stat().st_size, manifest)


def require_room(url: str, folder: Path, beside: int = 0) -> None:
    """A copy of the database is made first, and then goes into the file. `beside` is what else does, in bytes."""
    needed = 2 * size_of_file(url) + beside + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotWritten(
            f"There is no room for a backup in {folder}: {_megabytes(needed)} are needed, {_megabytes(free)} are free."
            " Make room there, or name another place." + (_LEAVE_OUT if beside else "")
        )


def _sources(pictures: Path | None) -> list[Source]:
    if pictures is None:
        return []
    try:
        return [Source(PICTURES + path, pictures / path, size, may_vanish=True) for path, size in files_in(pictures)]
    except OSError as error:
        raise NotWritten(
            f"The pictures in {pictures} cannot be read ({error.strerror}). Run this as the user that runs the site."
        ) from error


def _not_written(path: Path, error: OSError) -> NotWritten:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(path)
    where = error.filename or path
    return NotWritten(f"{where} cannot be written ({error.strerror}). See whether its folder is there, and whose.")


def _full(path: Path) -> NotWritten:
    return NotWritten(f"The disk of {path.parent} is full. Make room there, or name another place.")


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000):,} MB"
