"""What the machine says of its disks and backups, also while a disk hangs."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from application.ports.overview import Disk, MachineState
from entrypoints.machine import LITTLE, TOO_LITTLE, ThisMachine, places_of
from tests.doubles import settings_with


def test_disks_with_little_room_are_named_and_the_newest_backup_is_found(tmp_path: Path) -> None:
    settings = settings_with(backups=str(tmp_path))
    for name in (
        "chapbook-20260228T030000Z.tar",
        "chapbook-20260301T030000Z.tar",
        "chapbook-20260302T030000Z.tar.part",
    ):
        (tmp_path / name).touch()
    folders = dict.fromkeys(places_of(settings).values())

    def state(free_bytes: int) -> MachineState:
        return ThisMachine(settings, free=lambda _: free_bytes).look()

    made_at = datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert state(LITTLE) == MachineState(backup_at=made_at)
    assert state(LITTLE - 1) == MachineState(
        short=tuple(Disk(folder, LITTLE - 1) for folder in folders), backup_at=made_at
    )
    assert state(TOO_LITTLE - 1) == MachineState(
        full=tuple(Disk(folder, TOO_LITTLE - 1) for folder in folders), backup_at=made_at
    )


def test_a_disk_that_hangs_keeps_nobody_waiting_and_takes_one_thread() -> None:
    goes_on, asked = threading.Event(), []

    def free(folder: Path) -> int:
        asked.append(folder)
        goes_on.wait(30)
        return LITTLE

    machine = ThisMachine(settings_with(), patience=0.05, free=free)
    began = time.monotonic()
    assert [machine.look().answered for _ in range(3)] == [False] * 3
    assert time.monotonic() - began < 10
    assert len(asked) == 1
    goes_on.set()
    while not machine.look().answered:
        time.sleep(0.01)


def test_a_disk_that_fails_is_one_that_does_not_answer() -> None:
    def free(folder: Path) -> int:
        raise OSError(5, "Input/output error", str(folder))

    assert ThisMachine(settings_with(), free=free).look() == MachineState(answered=False)
