"""Commands for moderation."""

from typing import Any

import click

from entrypoints.cli.running import cli, with_container


@cli.group()
def moderation() -> None:
    """What waits for moderators, and what they did."""


@moderation.command()
@click.option("--by", metavar="USERNAME", help="Only what this member did.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def log(container: Any, by: str | None, as_json: bool) -> None:
    """The newest hundred acts, newest first."""
    from application.ports.paging import Window
    from domain.errors import NotFound
    from domain.identifiers import is_username
    from entrypoints.api.schemas.fields import Urls
    from entrypoints.api.schemas.moderation import log_entry_of
    from entrypoints.moderation_words import act_in_words

    urls = Urls(container.settings().base_url)
    feeds = container.storage().moderation_feeds
    if by is not None and not is_username(by):
        raise NotFound()
    page = feeds.log(None, Window(100)).page if by is None else feeds.log_by(None, by, Window(100))
    for entry in page.items:
        if as_json:
            click.echo(log_entry_of(urls, entry).model_dump_json())
        else:
            click.echo(act_in_words(entry))


@moderation.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def cases(container: Any, as_json: bool) -> None:
    """The cases that wait for a moderator, urgent ones first, then the oldest."""
    from application.ports.paging import Window
    from entrypoints.api.schemas.cases import REPORTS_AT_MOST, case_of
    from entrypoints.api.schemas.fields import Urls
    from entrypoints.moderation_words import case_in_words

    urls = Urls(container.settings().base_url)
    window: Window | None = Window(100)
    while window is not None:
        page = container.storage().case_feeds.waiting(None, window, shown=REPORTS_AT_MOST)
        for case in page.items:
            click.echo(case_of(urls, case).model_dump_json() if as_json else case_in_words(case))
        if not (page.items or window.after or as_json):
            click.echo("No case waits.")
        window = None if page.after is None else Window(100, after=page.after)
