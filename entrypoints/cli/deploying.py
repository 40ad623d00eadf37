"""The command that brings a database to this version, and says what it does."""

import time
from collections.abc import Callable
from typing import Any

import click

from entrypoints.cli.backups import Progress
from entrypoints.cli.rerendering import ask_to_rerender, older_texts
from entrypoints.cli.running import cli, container_of, with_database
from entrypoints.settings import Settings

Say = Callable[[str], object]


@cli.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--no-backup", is_flag=True, help="Make no backup before the schema is changed.")
@with_database
def deploy(settings: Settings, dry_run: bool, no_backup: bool) -> None:
    """Bring the database to this version: back it up, change its schema step by step, and ask the worker to render anew
    what an older version made. The site may run meanwhile. Safe to run twice, from two hosts at once, and after it was
    killed."""
    if dry_run:
        _tell(settings, no_backup)
        return
    is_done = bring_up_to_date(settings, backs_up=not no_backup, say=click.echo)
    with container_of(settings) as container:
        is_asked = ask_to_rerender(container)
        if container.admitting().ask():
            is_asked = True
            click.echo("Nobody has to wait for a moderator any more; the worker admits those who did.")
    if not is_done and not is_asked:
        click.echo("Nothing is to do: the schema is up to date, and this version made all texts.")


def bring_up_to_date(settings: Settings, *, backs_up: bool = True, say: Say) -> bool:
    """Whether there was something to do. Raises StorageFault, ClickException."""
    from adapters.sql.deploying import alone, migrate, plan_of

    if not plan_of(settings.database_url).steps:
        return False
    with alone(settings.database_url, on_wait=lambda: say("Another deploy is running. This one waits for it.")):
        plan = plan_of(settings.database_url)
        if plan.steps and not plan.revision:
            migrate(settings.database_url)
            say(f"Made the tables (schema {plan.steps[-1].revision}).")
            return True
        if plan.steps and plan.has_community and backs_up:
            _back_up(settings, say)
        for step in plan.steps:
            began = time.monotonic()
            migrate(
                settings.database_url, step.revision, on_busy=lambda: say("The site is using a table. Waiting for it.")
            )
            say(f"Schema {step.revision} in {time.monotonic() - began:.1f} s: {step.title}")
    return bool(plan.steps)


def _back_up(settings: Settings, say: Say) -> None:
    """Where no backup can be made for want of a program, the deploy goes on. A platform that has none would never get a
    new version. Whatever else prevents it stops the deploy, such as a full disk, and the operator decides."""
    from application.storage import StorageFault
    from entrypoints.backups.folder import NotWritten
    from entrypoints.backups.making import back_up
    from entrypoints.storage_faults import in_words

    try:
        settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Progress() as progress:
            made = back_up(settings.database_url, settings.backups, progress.show)
    except StorageFault as fault:
        if fault.code != "no_program":
            raise click.ClickException(f"No backup was made, and nothing was changed. {in_words(fault)}") from None
        say(f"No backup is made. {in_words(fault)}")
    except (NotWritten, OSError) as error:
        raise click.ClickException(
            f"No backup was made, and nothing was changed. {error} CHAPBOOK_BACKUPS names the folder;"
            " `chapbook deploy --no-backup` does without."
        ) from None
    else:
        say(f"Backup: {made.path} ({made.size:,} bytes)")


def _tell(settings: Settings, no_backup: bool) -> None:
    from adapters.sql.deploying import plan_of

    plan = plan_of(settings.database_url)
    if plan.steps and not plan.revision:
        click.echo(f"It would make the tables (schema {plan.steps[-1].revision}). There is nothing to back up.")
        return
    if plan.steps:
        click.echo(_about_backup(settings, plan, no_backup))
    for step in plan.steps:
        click.echo(f"It would bring the schema to {step.revision}: {step.title}")
    with container_of(settings) as container:
        texts = older_texts(container, plan.revision)
    if texts:
        click.echo(f"It would ask the worker to render {texts} anew.")
    if not plan.steps and not texts:
        click.echo("Nothing is to do: the schema is up to date, and this version made all texts.")


def _about_backup(settings: Settings, plan: Any, no_backup: bool) -> str:
    from adapters.sql.backups import require_program
    from application.storage import StorageFault
    from entrypoints.backups.folder import NotWritten
    from entrypoints.backups.making import require_room
    from entrypoints.storage_faults import in_words

    if not plan.has_community:
        return "It would make no backup, because there is no account yet."
    if no_backup:
        return "It would make no backup, because of --no-backup."
    there = next(folder for folder in (settings.backups, *settings.backups.absolute().parents) if folder.is_dir())
    try:
        require_program(settings.database_url)
        require_room(settings.database_url, there)
    except StorageFault as fault:
        return f"It would make no backup. {in_words(fault)}"
    except NotWritten as error:
        return f"It would stop. {error}"
    return f"It would make a backup in {settings.backups}."
