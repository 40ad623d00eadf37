"""The command that makes the index of the search anew, while the site runs."""

import sys
import time
from contextlib import nullcontext
from typing import Any

import click

from entrypoints.cli.running import cli, with_container

# In seconds.
LOOK_EVERY = 5.0


@cli.group()
def search() -> None:
    """The index of the search."""


@search.command()
@with_container
def rebuild(container: Any) -> None:
    """Make the index of the search anew, from the newest text to the oldest. The site may run meanwhile. When it was
    stopped, the next one goes on there."""
    shown = None
    with _bar() as bar:
        for progress in container.searching().rebuild():
            if bar is not None:
                bar.length = progress.total
                bar.update(progress.done - (shown.done if shown else 0))
            elif progress.done and progress != shown and _is_worth_a_line(progress):
                click.echo(f"{progress.done:,} of {progress.total:,} texts")
            if progress == shown:
                _wait()
            shown = progress
    texts = shown.done if shown else 0
    click.echo(f"Done: {texts:,} {'text' if texts == 1 else 'texts'}.")


def _bar() -> Any:
    return click.progressbar(length=1, label="Texts") if sys.stdout.isatty() else nullcontext()


def _is_worth_a_line(progress: Any) -> bool:
    return bool(progress.done % 1_000 == 0 or progress.done == progress.total)


def _wait() -> None:
    click.echo("The newest texts are made in a minute or two, when their part of the index has ended.", err=True)
    time.sleep(LOOK_EVERY)
