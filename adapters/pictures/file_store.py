"""Pictures in a folder. It may be shared by several processes, and lie on a disk in the network.

A file is there whole or not at all. Whatever the umask is, the group may read, and nobody else may do anything.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.pictures.paths import (
    FOLDER_SPANS,
    folder_number,
    is_file_name,
    picture_folder,
    picture_in,
    stored_path,
)
from application.storage import StorageFault
from domain.errors import NotFound, StoreFull, TryAgain

_OF_FOLDERS, _OF_FILES = 0o750, 0o640
# Another process may remove a folder that it finds empty, just before a file is written into it.
_TRIES = 5
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FolderPictureFiles:
    """The port `PictureFiles`. The folder is made with the first picture."""

    def __init__(self, folder: Path, complain: Callable[[StorageFault], object] = lambda _: None) -> None:
        """`complain` is told what keeps the store from working."""
        self._folder = folder
        self._complain = complain

    def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
        wanted = {self._folder / stored_path(picture_id, name): content for name, content in files.items()}
        folder = self._folder / picture_folder(picture_id)
        with self._faults():
            for tries_left in reversed(range(_TRIES)):
                try:
                    self._write(folder, wanted)
                except FileNotFoundError:
                    if not tries_left:
                        raise
                else:
                    return

    def get(self, picture_id: int, name: str) -> bytes:
        try:
            path = self._folder / stored_path(picture_id, name)
        except ValueError:
            raise NotFound() from None
        with self._faults():
            try:
                with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                    return file.read()
            except (FileNotFoundError, NotADirectoryError):
                raise NotFound() from None

    def has(self, picture_id: int, name: str) -> bool:
        try:
            path = self._folder / stored_path(picture_id, name)
        except ValueError:
            return False
        with self._faults():
            return path.is_file() and not path.is_symlink()

    def remove(self, picture_id: int) -> None:
        folder = self._folder / picture_folder(picture_id)
        with self._faults():
            try:
                there = list(folder.iterdir())
            except FileNotFoundError:
                return
            for path in there:
                # Some systems put a folder of their own into every folder.
                if path.is_symlink() or not path.is_dir():
                    path.unlink(missing_ok=True)
            _remove_empty(folder)
            with suppress(FileNotFoundError):
                sync_folder(folder.parent)
            _remove_empty(folder.parent)

    def ids(self, after: int, limit: int) -> list[int]:
        found: list[int] = []
        with self._faults():
            for folder in _names_in(self._folder):
                number = folder_number(folder)
                if number is None or number < after // FOLDER_SPANS:
                    continue
                for name in _names_in(self._folder / folder):
                    picture_id = picture_in(folder, name)
                    if picture_id is not None and picture_id > after and len(found) < limit:
                        found.append(picture_id)
                if len(found) >= limit:
                    break
        return found

    def check(self) -> None:
        """Writes a file, reads it and removes it. A folder that is not there yet is not made."""
        folder = self._folder
        while not os.path.lexists(folder) and folder != folder.parent:
            folder = folder.parent
        path = folder / f".check-{secrets.token_hex(8)}"
        try:
            try:
                _write_through(path, b"\n")
                path.read_bytes()
            finally:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise self._fault_from(error) from None

    def _write(self, folder: Path, files: Mapping[Path, bytes]) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        for each in (self._folder, folder.parent, folder):
            _make(each)
        mark = secrets.token_hex(8)
        drafts = {path.with_name(f".{path.name}.{mark}.part"): path for path in files}
        try:
            for draft, path in drafts.items():
                _write_through(draft, files[path])
            # All of them are on the disk before the first one has its name: a full disk leaves no part of a picture.
            for draft, path in drafts.items():
                draft.rename(path)
            for each in (folder, folder.parent, self._folder):
                sync_folder(each)
        except BaseException:
            for draft in drafts:
                draft.unlink(missing_ok=True)
            _remove_empty(folder)
            _remove_empty(folder.parent)
            raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fault = self._fault_from(error)
            self._complain(fault)
            raise (StoreFull if fault.code == "pictures_full" else TryAgain) from error

    def _fault_from(self, error: OSError) -> StorageFault:
        code = "pictures_full" if error.errno in _FULL else "pictures_unusable"
        return StorageFault(code, str(self._folder), error.strerror or type(error).__name__)


def files_in(folder: Path) -> Iterator[tuple[str, int]]:
    """The path of each file of a store, relative to it, in order of the pictures, and its size in bytes. A file that
    vanishes meanwhile is left out. Raises OSError."""
    for outer in _names_in(folder):
        for inner in _names_in(folder / outer) if folder_number(outer) is not None else []:
            if picture_in(outer, inner) is None:
                continue
            for name in _names_in(folder / outer / inner):
                with suppress(FileNotFoundError):
                    path = f"{outer}/{inner}/{name}"
                    found = (folder / path).lstat()
                    if is_file_name(name) and stat.S_ISREG(found.st_mode):
                        yield path, found.st_size


def _names_in(folder: Path) -> list[str]:
    """None when there is no such folder, or when it is none."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names, of which there may be many
    except (FileNotFoundError, NotADirectoryError):
        return []


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=_OF_FOLDERS)
    except FileExistsError:
        return
    folder.chmod(_OF_FOLDERS)  # whatever the umask is


def _write_through(path: Path, content: bytes) -> None:
    """A new file, which is on the disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OF_FILES), "wb") as file:
        os.fchmod(file.fileno(), _OF_FILES)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_empty(folder: Path) -> None:
    """Nothing, when there is something in it, or another process was faster."""
    with suppress(OSError):
        folder.rmdir()


def sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
