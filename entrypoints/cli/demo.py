"""The command that fills an empty store: with a small community worth looking at, or with one of any size."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import click

from entrypoints.cli.running import cli, with_container

Progress = Callable[[str, int, int], None]


@cli.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same community.")
@click.option("--users", type=click.IntRange(min=20), help="Make a community of any size, of so many members.")
@click.option("--posts", type=click.IntRange(min=1), help="So many posts.")
@click.option("--comments", type=click.IntRange(min=0), help="So many comments. The number of likes follows from it.")
@click.option("--follows", type=click.IntRange(min=0), help="So many follow somebody.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day (UTC) on which nothing happens any more; today by default. Everything is of the two years before it.",
)
@with_container
def demo(
    container: Any,
    *,
    seed: int,
    users: int | None,
    posts: int | None,
    comments: int | None,
    follows: int | None,
    until: datetime | None,
) -> None:
    """Fill an empty store with a community worth looking at.

    With the four numbers it is a community of that size, to measure the site by: texts put together from sentences,
    without pictures. All rows but the password are the same for the same numbers, seed and --until. It is one
    transaction: when it is killed, the store is empty as before.
    """
    from entrypoints.demo import ADMIN_EMAIL

    if not container.storage().member_feeds.is_empty():
        raise click.ClickException("There are members already; a demo is for an empty store.")
    if users is None and posts is None and comments is None and follows is None and until is None:
        load_demo(container, seed)
        click.echo(f"Administrator: {ADMIN_EMAIL}, the password is in var/demo-password")
        return
    if users is None or posts is None or comments is None or follows is None:
        raise click.UsageError("A community of any size needs --users, --posts, --comments and --follows.")
    day = container.now()().date() if until is None else until.date()
    _load_crowd(container, users=users, posts=posts, comments=comments, follows=follows, seed=seed, until=day)


def load_demo(container: Any, seed: int) -> None:
    from entrypoints.demo import administrator_password
    from entrypoints.demo.loading import load

    load(container, seed=seed, administrator_password=administrator_password())


def _load_crowd(container: Any, *, until: date, **numbers: int) -> None:
    from adapters.sql.filling.storing import SqlFilling
    from application.ports.moving.storing import NotEmpty
    from entrypoints.demo import ADMIN_EMAIL, administrator_password
    from entrypoints.demo.crowd import BadSize, Size, crowd_of, sights_of
    from entrypoints.demo.crowd.members import ADMIN_USERNAME

    try:
        size = Size(until=until, **numbers)
    except BadSize as error:
        raise click.UsageError(str(error)) from None
    password_hash = _hash(container, administrator_password())
    with _shown("Making") as progress:
        crowd = crowd_of(size, renderer=_renderer(container), password_hash=password_hash, progress=progress)
    # SQLite's file is to have no other user.
    container.storage().close()
    try:
        with _shown("Storing") as progress:
            SqlFilling(container.settings().database_url).fill(crowd, progress)
    except NotEmpty:
        raise click.ClickException("There are members already; a demo is for an empty store.") from None
    click.echo(f"Administrator: {ADMIN_EMAIL} ({ADMIN_USERNAME}). The address of others is USERNAME@example.com.")
    click.echo("Everybody has the password in var/demo-password. Known to whoever measures:")
    for sight in sights_of(crowd):
        click.echo(f"{sight.what:<22} {sight.which:<22} {sight.number:>9,} {sight.of}")


def _hash(container: Any, password: str) -> str:
    from domain.credentials import normal

    return str(container.hasher().hash(normal(password)))


def _renderer(container: Any) -> Any:
    from adapters.markdown.rendering import InlineRenderer

    return InlineRenderer(container.settings().sanitizer)


@contextmanager
def _shown(label: str) -> Iterator[Progress]:
    """A bar on a terminal. Elsewhere a line for each kind of thing, and for each tenth of all."""
    shown_done, shown_what = 0, ""
    if not sys.stdout.isatty():

        def write_line(what: str, done: int, total: int) -> None:
            nonlocal shown_what, shown_done
            is_kind = what.partition(" ")[0] != shown_what
            if is_kind or (done - shown_done) * 10 >= total:
                click.echo(f"{label} {what} ({done:,} of {total:,})")
                shown_what, shown_done = what.partition(" ")[0], done

        yield write_line
        return
    with click.progressbar(length=1, label=label, item_show_func=lambda what: what or "", width=24) as bar:

        def move_bar(what: str, done: int, total: int) -> None:
            nonlocal shown_done
            bar.length = total
            bar.update(done - shown_done, what)
            shown_done = done

        yield move_bar
