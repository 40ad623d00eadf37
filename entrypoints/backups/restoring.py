"""Restores a backup. Everything is checked before anything is touched."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO

from adapters.sql.deploying import alone
from adapters.sql.diagnosis import is_sqlite, place_in_words
from adapters.sql.migrate import newest_revision
from adapters.sql.postgres_programs import major_version
from adapters.sql.restoring import is_inhabited, restore_postgres, restore_sqlite
from application.ports.pictures.files import PictureFiles
from application.storage import StorageFault
from entrypoints.backups.archive import Archive, BadBackup
from entrypoints.backups.manifest import DATABASE, Manifest
from entrypoints.backups.pictures import missing_pictures, put_pictures
from entrypoints.settings import environment_with

Show = Callable[[str, int, int], object]
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is the file under which a database of SQLite is kept that was there before. `pictures` counts those whose
    files were put into the store, and `pictures_there` those whose files were there already."""

    manifest: Manifest
    kept: Path | None
    pictures: int
    pictures_there: int


def restore(
    url: str,
    file: Path,
    *,
    pictures: PictureFiles,
    replaces: bool,
    show: Show = lambda _what, _done, _total: None,
    on_wait: Callable[[], object] = lambda: None,
) -> Restored:
    """The files of pictures go first, as they do when a member sends one: whatever happens then, no picture of the
    database is without its files. Raises BadBackup, StorageFault, OSError for a file that cannot be read, and what
    `pictures` raises."""
    with file.open("rb") as content:
        archive = Archive(content, str(file))
        _require_fitting(archive.manifest, url, file)
        if not replaces and is_inhabited(url):
            raise StorageFault("inhabited", place_in_words(url))
        archive.check(partial(show, "Checking"))
        missing, there = missing_pictures(archive, pictures, str(file))
        with alone(url, on_wait=on_wait):
            put_pictures(archive, pictures, missing, partial(show, "Restoring"))
            kept = _put(url, archive, replaces, show)
        return Restored(archive.manifest, kept, len(missing), there)


def _put(url: str, archive: Archive, replaces: bool, show: Show) -> Path | None:
    def write(to: IO[bytes]) -> None:
        archive.extract(DATABASE, to, partial(show, "Restoring"))

    manifest = archive.manifest
    if is_sqlite(url):
        return restore_sqlite(url, write, revision=manifest.revision, replaces=replaces)
    made_by = major_version(manifest.made_by)
    restore_postgres(url, write, environment_with(), revision=manifest.revision, made_by=made_by, replaces=replaces)
    return None


def _require_fitting(manifest: Manifest, url: str, file: Path) -> None:
    if manifest.revision > newest_revision():
        raise BadBackup(
            f"{file} was made by Chapbook {manifest.chapbook}, whose schema ({manifest.revision}) is newer than that of"
            f" this version, {version('chapbook')} ({newest_revision()}). Nothing was changed. Install that version, or"
            " restore an older backup."
        )
    kind = "sqlite" if is_sqlite(url) else "postgresql"
    if manifest.database != kind:
        raise BadBackup(
            f"{file} holds a database of {_NAMES[manifest.database]}, and CHAPBOOK_DATABASE_URL names one of"
            f" {_NAMES[kind]}. Nothing was changed. `chapbook site export` there and `chapbook site import` here move a"
            " community from one to the other."
        )
    if DATABASE not in {member.name for member in manifest.members}:
        raise BadBackup(f"{file} holds no database. Nothing was changed.")
