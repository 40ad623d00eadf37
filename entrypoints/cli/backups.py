"""Commands that make a backup of the database, and restore one."""

import sys
import time
from pathlib import Path
from typing import Any, Self

import click

from entrypoints.cli.running import cli, with_database
from entrypoints.settings import Settings


@cli.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(min=1), help="Afterwards remove all but so many of the newest backups.")
@with_database
def backup(settings: Settings, file: Path | None, keep: int | None) -> None:
    """Write a backup of the database into FILE while the site is in use. When FILE is a folder, the backup gets a name
    with the time; without FILE the folder is CHAPBOOK_BACKUPS. --keep needs a folder, and removes only files that this
    command named. A backup holds all addresses and password hashes, and not the secret key."""
    from entrypoints.backups.folder import NotWritten, keep_newest

    try:
        folder = _folder(settings, file)
        if keep is not None and folder is None:
            raise click.UsageError("--keep needs a folder.")
        _back_up(settings, folder or file)
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


def _back_up(settings: Settings, to: Any) -> None:
    from entrypoints.backups.making import back_up

    began = time.monotonic()
    with Progress() as progress:
        made = back_up(settings.database_url, to, progress.show)
    click.echo(f"{made.path}: {made.size:,} bytes in {time.monotonic() - began:.1f} s, checked.")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Put it in the place of the community that is there.")
@with_database
def restore(settings: Settings, file: Path, replaces: bool) -> None:
    """Put the backup FILE in place of an empty database, or with --replace of the present one. Everybody has to sign in
    again."""
    from adapters.sql.migrate import newest_revision
    from entrypoints.backups.archive import BadBackup
    from entrypoints.backups.restoring import restore as put_back

    try:
        with Progress() as progress:
            done = put_back(
                settings.database_url,
                file,
                replaces=replaces,
                show=progress.show,
                on_wait=lambda: click.echo("Another deploy or restore is running. This one waits for it."),
            )
    except BadBackup as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or file} cannot be used ({error.strerror}).") from None
    manifest = done.manifest
    click.echo(f"The community is as it was at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
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
