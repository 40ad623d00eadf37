"""Commands for tags."""

from typing import Any

import click

from entrypoints.cli.running import cli, with_container


@cli.group()
def tag() -> None:
    """The tags of posts."""


@tag.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def list_tags(container: Any, as_json: bool) -> None:
    """Those in use, most used first, at most 200."""
    from entrypoints.api.schemas.fields import Urls
    from entrypoints.api.schemas.tags import tag_of

    urls = Urls(container.settings().base_url)
    for card in container.storage().tag_feeds.used(None):
        posts = "1 post" if card.post_count == 1 else f"{card.post_count:,} posts"
        click.echo(tag_of(urls, card).model_dump_json() if as_json else f"{card.name} ({posts})")


@tag.command("rename")
@click.argument("old")
@click.argument("new")
@with_container
def rename_tag(container: Any, old: str, new: str) -> None:
    """OLD becomes NEW, in all posts. When there is a tag NEW, the two become one, and that cannot be undone."""
    click.echo(container.tags().rename(actor_id=None, name=old, to=new))
