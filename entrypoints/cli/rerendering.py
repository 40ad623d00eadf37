"""The command that renders anew what an older renderer made. The worker does it; the command asks and watches."""

import sys
import time
from contextlib import nullcontext
from typing import Any

import click

from entrypoints.cli.running import cli, with_container

# In seconds.
LOOK_EVERY = 1.0
STILL_AFTER = 10.0
# The revision from which on it can be asked who made a text.
_TEXTS_HAVE_A_VERSION = "0003"
# The revision from which on the words of the site are texts too.
_SITE_HAS_TEXTS = "0024"


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Every text, whatever version made it.")
@click.option("--no-wait", is_flag=True, help="Return at once.")
@with_container
def rerender(container: Any, everything: bool, no_wait: bool) -> None:
    """Ask the worker to render anew what an older version made, and wait until that is done."""
    asked = container.rerendering().ask(everything=everything)
    if asked is None:
        click.echo("There are no texts." if everything else "Nothing is to do: this version made all texts.")
        return
    click.echo(f"{_texts(asked.texts)} in all; the worker renders them anew." if everything else _older(asked.texts))
    if no_wait:
        return
    try:
        _watch(container.rerendering(), asked)
    except KeyboardInterrupt:
        click.echo("\nThe worker goes on. `chapbook outbox list` shows how far it is.")
        sys.exit(130)  # what a shell expects after SIGINT


def ask_to_rerender(container: Any) -> bool:
    """Asks for what is to do, and says so. False when there is nothing."""
    asked = container.rerendering().ask()
    if asked is not None:
        click.echo(_older(asked.texts))
    return asked is not None


def older_texts(container: Any, revision: str) -> str:
    """What `ask_to_rerender` would ask for, in a database of this revision. Empty when there is nothing."""
    if revision < _TEXTS_HAVE_A_VERSION:
        return "all texts"
    number = container.rerendering().count_older(with_site=revision >= _SITE_HAS_TEXTS)
    return _texts(number) if number else ""


def _older(texts: int) -> str:
    were, them = ("was", "it") if texts == 1 else ("were", "them")
    return f"{_texts(texts)} {were} made by an older renderer; the worker renders {them} anew."


def _texts(texts: int) -> str:
    from application.rerendering import COUNTED_AT_MOST

    if texts >= COUNTED_AT_MOST:
        return f"{texts:,} texts or more"
    return "1 text" if texts == 1 else f"{texts:,} texts"


def _watch(rerendering: Any, asked: Any) -> None:
    """Returns when the job has ended."""
    from domain.errors import TryAgain
    from domain.outbox import State
    from domain.rerendering import Progress

    made = Progress(done=0, total=asked.texts)
    seen, moved_at = None, time.monotonic()
    with _bar(asked.texts) as bar:
        while True:
            try:
                job = rerendering.job(asked.job_id)
            except TryAgain:
                job = seen  # the database is away for a moment
            if job is not None and job.progress:
                made = _show(bar, made, Progress.parse(job.progress))
            if (job is not None and job.state is not State.WAITING) or (job is None and seen is not None):
                break
            if job != seen:
                seen, moved_at = job, time.monotonic()
            elif time.monotonic() - moved_at > STILL_AFTER:
                moved_at = float("inf")
                click.echo(f"\n{_why_still(job)}", err=True)
            time.sleep(LOOK_EVERY)
    if job is not None and job.state is State.GIVEN_UP:
        raise click.ClickException(f"The worker gave up: {job.last_error}. Run this command again.")
    refused = f" Not rendered, and as before: {_texts(made.refused)}." if made.refused else ""
    click.echo(f"Done.{refused}")


def _bar(texts: int) -> Any:
    if not sys.stdout.isatty():
        return nullcontext()
    return click.progressbar(length=texts, label="Texts")


def _show(bar: Any, shown: Any, made: Any) -> Any:
    """Moves the bar, or writes a line where there is no terminal. Answers what is shown now."""
    if made != shown and bar is None:
        click.echo(f"{made.done:,} of {made.total:,} texts")
    elif made != shown:
        bar.length = made.total
        bar.update(made.done - shown.done)
    return made


def _why_still(job: Any) -> str:
    why = f"The last attempt failed: {job.last_error}. " if job.last_error else ""
    return (
        f"Nothing has moved for {STILL_AFTER:.0f} seconds. {why}If no worker runs, start one: `chapbook worker`, or"
        " `chapbook serve --worker`. It may be busy with other jobs, too. This command goes on waiting, and may be"
        " interrupted."
    )
