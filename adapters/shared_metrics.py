"""The directory in which the processes of one run keep their numbers, so that each of them can tell those of all.

The master process makes it before it starts the others, holds a lock on it, and removes it at the end. What a killed
master left behind is removed by the next one: the kernel frees the lock when the last process of a run is gone. It is
in memory where the system has such a place, because a process that writes to a mapped file on a full disk is killed.
"""

import contextlib
import fcntl
import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

_PREFIX = "chapbook-metrics-"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the directory is made by mkdtemp
# What a process writes at most, by the names of prometheus-client's files. It is allocated when the process begins: a
# process that could not be given more later would be killed.
_RESERVED = {"counter": 1 << 18, "histogram": 1 << 22, "gauge_livesum": 1 << 16}


class SharedMetrics:
    """Belongs to the process that made it. Forked processes hold the lock, too."""

    def __init__(self, place: Path | None = None) -> None:
        """Raises OSError when no directory can be made."""
        self._owner = os.getpid()
        self._place = place or _place()
        _remove_abandoned(self._place)
        self._lock, self.path = _new_directory(self._place)

    def forget_levels(self, pid: int) -> None:
        """A process has ended: what it still shows as a level is no longer there. Its counts stay."""
        (self.path / f"gauge_livesum_{pid}.db").unlink(missing_ok=True)

    def remove(self) -> None:
        """Does nothing in a forked process."""
        if os.getpid() == self._owner:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)


def reserve(directory: str) -> bool:
    """Makes room for the numbers of this process. False when there is none."""
    try:
        for kind, size in _RESERVED.items():
            path = Path(directory) / f"{kind}_{os.getpid()}.db"
            if kind.startswith("gauge"):
                path.unlink(missing_ok=True)  # of a process that had this number before
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        log.warning("The metrics of process %s are its own: %s (%s). Make room there.", os.getpid(), directory, error)
        return False
    return True


def _place() -> Path:
    return _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _new_directory(place: Path) -> tuple[int, Path]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))  # mode 0700
        descriptor = _open(path)
        if descriptor is not None and _lock(descriptor):
            # Another master may have found it before it was locked.
            with contextlib.suppress(OSError):
                if os.path.samestat(path.lstat(), os.fstat(descriptor)):
                    return descriptor, path
        if descriptor is not None:
            os.close(descriptor)


def _remove_abandoned(place: Path) -> None:
    """Only directories that this user made for this purpose, and whose processes are all gone. No link is followed."""
    for path in place.glob(f"{_PREFIX}*"):
        descriptor = _open(path)
        if descriptor is None:
            continue
        try:
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == stat.S_IRWXU and _lock(descriptor):
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
