"""What the machine says: the room on the disks that the site writes to, and the newest backup that is there."""

import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.sql.diagnosis import file_of, is_sqlite
from application.ports.overview import Disk, MachineState
from entrypoints.backups.folder import backups_in, time_of
from entrypoints.readiness import BYTES_FREE
from entrypoints.settings import Settings

MAIL = "mail"
PICTURES = "every picture"
# Below the first nothing can be trusted to be written, below the second somebody should look.
TOO_LITTLE = 100_000_000
LITTLE = BYTES_FREE
# In seconds. A disk in the network may hang.
PATIENCE = 1.0


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def places_of(settings: Settings) -> dict[str, Path]:
    """What goes where. A folder that does not exist yet is made in the nearest one that does."""
    places = {"what is too large for memory": Path(tempfile.gettempdir())}
    if settings.storage == "sql" and is_sqlite(settings.database_url):
        places["the database"] = Path(file_of(settings.database_url)).parent
    if settings.mail_url.scheme == "file":
        places[MAIL] = settings.mail_url.path
    if settings.storage == "sql" and settings.pictures_url.scheme == "file":
        places[PICTURES] = settings.pictures_url.path
    return {what: _existing(folder) for what, folder in places.items()}


def _existing(folder: Path) -> Path:
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def state_of(settings: Settings, free: Callable[[Path], int] = free_bytes) -> MachineState:
    """Raises OSError."""
    disks = [Disk(folder, free(folder)) for folder in dict.fromkeys(places_of(settings).values())]
    backups = backups_in(settings.backups)
    return MachineState(
        full=tuple(disk for disk in disks if disk.free_bytes < TOO_LITTLE),
        short=tuple(disk for disk in disks if TOO_LITTLE <= disk.free_bytes < LITTLE),
        backup_at=time_of(backups[-1]) if backups else None,
    )


@dataclass(slots=True)
class _Look:
    """One look, in a thread of its own. A daemon, so that a disk that hangs does not keep the process from ending."""

    find: Callable[[], MachineState]
    found: MachineState | None = None
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name="machine", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.found = self.find()
        except OSError:
            self.found = MachineState(answered=False)


class ThisMachine:
    """However many ask while a disk hangs, one thread waits for it."""

    def __init__(self, settings: Settings, *, patience: float = PATIENCE, free: Callable[[Path], int] = free_bytes):
        self._find = lambda: state_of(settings, free)
        self._patience = patience
        self._lock = threading.Lock()
        self._last: _Look | None = None

    def look(self) -> MachineState:
        with self._lock:
            if self._last is None or not self._last.thread.is_alive():
                self._last = _Look(self._find)
            look = self._last
        look.thread.join(self._patience)
        return look.found or MachineState(answered=False)
