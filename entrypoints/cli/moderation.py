"""Commands for moderation."""

from typing import Any

import click

from entrypoints.cli.running import cli, with_container


@cli.group()
def moderation() -> None:
    """What moderators and administrators did."""


@moderation.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def log(container: Any, as_json: bool) -> None:
    """The newest hundred acts, newest first."""
    from application.ports.paging import Window
    from entrypoints.api.schemas.fields import Urls
    from entrypoints.api.schemas.moderation import log_entry_of
    from entrypoints.words import act_in_words

    urls = Urls(container.settings().base_url)
    for entry in container.storage().moderation_feeds.log(None, Window(100)).page.items:
        if as_json:
            click.echo(log_entry_of(urls, entry).model_dump_json())
        else:
            click.echo(act_in_words(entry))
