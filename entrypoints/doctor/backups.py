"""Whether backups go on being made. Who makes them in another way has an empty folder."""

from datetime import UTC, datetime

from domain.overview import is_backup_old
from entrypoints.backups.folder import backups_in, time_of
from entrypoints.doctor.findings import Findings, warning, well
from entrypoints.settings import Settings


def check_backups(settings: Settings) -> Findings:
    found = backups_in(settings.backups)
    if not found:
        yield well(f"Not looked at: none are in {settings.backups}. `chapbook backup` makes one.")
        return
    newest = time_of(found[-1])
    if is_backup_old(newest, datetime.now(UTC)):
        yield warning(
            f"The newest one in {settings.backups} is of {newest:%Y-%m-%d %H:%M} UTC.",
            "Look at `systemctl list-timers chapbook-backup.timer` and `journalctl -u chapbook-backup`, and run"
            " `chapbook backup`.",
        )
    else:
        yield well(f"The newest one in {settings.backups} is of {newest:%Y-%m-%d %H:%M} UTC.")
