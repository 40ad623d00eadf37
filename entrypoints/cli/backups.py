"""Commands that make a backup of the database and the pictures, and restore one."""

import sys
import time
from pathlib import Path
from typing import Any, Self

import click

from application.storage import StorageFault
from domain.errors import TryAgain
from entrypoints.cli.running import cli, with_database
from entrypoints.settings import Settings
from entrypoints.storage_faults import in_words


@cli.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(min=1), help="Afterwards remove all but so many of the newest backups.")
@click.option("--no-pictures", is_flag=True, help="Leave out the files of pictures.")
@with_database
def backup(settings: Settings, file: Path | None, keep: int | None, no_pictures: bool) -> None:
    """Write a backup of the database and the pictures into FILE while the site is in use. When FILE is a folder, the
    backup gets a name with the time; without FILE the folder is CHAPBOOK_BACKUPS. --keep needs a folder, and removes
    only files that this command named. A backup holds all addresses and password hashes, and not the secret key."""
    from entrypoints.backups.folder import NotWritten, keep_newest

    try:
        folder = _folder(settings, file)
        if keep is not None and folder is None:
            raise click.UsageError("--keep needs a folder.")
        _back_up(settings, folder or file, leaves_out_pictures=no_pictures)
        removed = keep_newest(folder, keep) if folder is not None and keep is not None else []
    except NotWritten as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be used ({error.strerror}).") from None
    if removed:
        click.echo(f"Older ones removed: {', '.join(path.name for path in removed)}")


def _folder(settings: Settings, file: Path | None) -> Path | None:
    """The folder to write to. That of the settings is made when it is missing."""
    if file is None:
        settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        return settings.backups
    return file if file.is_dir() else None


def _back_up(settings: Settings, to: Any, *, leaves_out_pictures: bool) -> None:
    from entrypoints.backups.making import back_up
    from entrypoints.choices import pictures_folder_of

    pictures = None if leaves_out_pictures else pictures_folder_of(settings)
    began = time.monotonic()
    with Progress() as progress:
        made = back_up(settings.database_url, to, progress.show, pictures=pictures)
    click.echo(f"{made.path}: {made.size:,} bytes in {time.monotonic() - began:.1f} s, checked.")
    if pictures is not None:
        click.echo(f"It holds {len(made.manifest.members) - 1:,} files of pictures.")
    elif settings.pictures_url.scheme == "s3":
        click.echo(
            f"The pictures are in the bucket {settings.pictures_url.place} and are not copied. Copy them from there,"
            " for example with `rclone sync`, or keep older versions in the bucket: see docs/running/backups.md."
        )


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Put it in the place of the community that is there.")
@with_database
def restore(settings: Settings, file: Path, replaces: bool) -> None:
    """Put the backup FILE in place of an empty database, or with --replace of the present one, and its pictures where
    CHAPBOOK_PICTURES_URL says. Everybody has to sign in again."""
    from adapters.sql.migrate import newest_revision
    from entrypoints.backups.archive import BadBackup
    from entrypoints.backups.restoring import restore as put_back
    from entrypoints.choices import pictures_for

    faults: list[StorageFault] = []
    try:
        with Progress() as progress:
            done = put_back(
                settings.database_url,
                file,
                pictures=pictures_for(settings, faults.append),
                replaces=replaces,
                show=progress.show,
                on_wait=lambda: click.echo("Another deploy or restore is running. This one waits for it."),
            )
    except BadBackup as error:
        raise click.ClickException(str(error)) from None
    except TryAgain:
        # Of the pictures' store: what is wrong with the database is raised as a StorageFault.
        said = " ".join(in_words(fault) for fault in faults[-1:])
        raise click.ClickException(
            f"{said} The database was not changed. Pictures that were put there stay, and the next restore goes on."
        ) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or file} cannot be used ({error.strerror}).") from None
    manifest = done.manifest
    click.echo(f"The community is as it was at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    if done.pictures or done.pictures_there:
        click.echo(
            f"Pictures put into {settings.pictures_url.place}: {done.pictures:,}. Pictures that were there already:"
            f" {done.pictures_there:,}."
        )
    if done.kept is not None:
        click.echo(f"The one that was there is kept as {done.kept}. Remove it when you no longer need it.")
    elif replaces:
        click.echo("What was there is gone.")
    click.echo(
        "All sessions, API tokens and mailed links have ended. Passwords, sanctions and deletions since then are"
        " undone: see docs/running/backups.md."
    )
    if manifest.revision != newest_revision():
        click.echo("Its schema is that of an older version. Run `chapbook deploy` before the site starts.")


class Progress:
    """One line that is written over, on a terminal only, from the second second on."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1.0
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            click.echo("\r\x1b[K", err=True, nl=False)

    def show(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next, self._is_shown = now + 0.2, True
        of = f" of {total / 1_000_000:,.0f}" if total else ""
        click.echo(f"\r\x1b[K{what}: {done / 1_000_000:,.0f}{of} MB", err=True, nl=False)
