"""Commands that make and change members."""

import sys
from typing import Any

import click

from entrypoints.cli.running import cli, with_container
from entrypoints.masking import escaped


@cli.group()
def user() -> None:
    """Members, from the command line."""


@user.command()
@click.argument("email")
@click.argument("username")
@click.option("--role", default="User", show_default=True, help="User, Moderator or Administrator.")
@click.option("--confirmed", is_flag=True, help="The address need not be confirmed any more.")
@with_container
def create(container: Any, email: str, username: str, role: str, confirmed: bool) -> None:
    """Make an account; its password is read from standard input."""
    from domain.roles import Role

    container.members().create(
        email=email, username=username, password=_password(), role=Role.named(role), confirmed=confirmed
    )
    click.echo(f"{username} is a member.")


@user.command("password")
@click.argument("username")
@with_container
def set_password(container: Any, username: str) -> None:
    """Set a password, read from standard input; every session ends."""
    container.members().set_password(username=username, password=_password())
    click.echo(f"The password of {username} is changed.")


def _standing(name: str, words: str, said: str, **standing: bool) -> None:
    @user.command(name, help=words)
    @click.argument("username")
    @with_container
    def change(container: Any, username: str) -> None:
        container.members().set_standing(username=username, **standing)
        click.echo(said.format(username))


_standing("confirm", "Take the address as confirmed.", "The address of {} is confirmed.", confirmed=True)
_standing("disable", "Bar from signing in; every session ends, posts stay.", "{} is disabled.", disabled=True)
_standing("enable", "Let sign in again.", "{} is enabled.", disabled=False)


@user.command("role")
@click.argument("username")
@click.argument("role")
@with_container
def set_role(container: Any, username: str, role: str) -> None:
    """Make a User, a Moderator or an Administrator."""
    from domain.roles import Role

    container.members().set_standing(username=username, role=Role.named(role))
    click.echo(f"{username} is {role}.")


@user.command()
@click.argument("username")
@with_container
def admit(container: Any, username: str) -> None:
    """Make somebody a member who waits for a moderator; they get a mail."""
    container.admitting().admit(actor_id=None, username=username)
    click.echo(f"{username} is a member now.")


@user.command()
@click.argument("username")
@click.option("--reason", default="", help="What the mail to them says, at most 500 characters.")
@with_container
def decline(container: Any, username: str, reason: str) -> None:
    """Delete the account of somebody who waits for a moderator; they get a mail."""
    container.admitting().decline(actor_id=None, username=username, reason=reason)
    click.echo(f"{username} is declined.")


@user.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@with_container
def waiting(container: Any, as_json: bool) -> None:
    """Who waits for a moderator, oldest first."""
    from application.ports.paging import Window

    window: Window | None = Window(100)
    while window is not None:
        page = container.admitting().waiting_for_the_command_line(window)
        for card in page.items:
            click.echo(_in_json(card) if as_json else _in_words(card))
        window = None if page.after is None else Window(100, after=page.after)


def _in_json(card: Any) -> str:
    import json

    return json.dumps(
        {
            "id": str(card.id),
            "username": card.username,
            "registered_at": card.registered_at.isoformat(),
            "why": card.why,
            "invited_by": card.inviter and card.inviter.username,
        },
        ensure_ascii=False,
    )


def _in_words(card: Any) -> str:
    by = f", invited by {card.inviter.username}" if card.inviter else ""
    why = f": {' '.join(card.why.split())}" if card.why else ""
    return escaped(f"{card.username}, registered {card.registered_at:%Y-%m-%d %H:%M}{by}{why}")


@user.command()
@click.argument("username")
@click.argument("act", metavar="ACT")
@click.option("--days", default="", metavar="N", help="1 to 365; without it, it holds until it is lifted.")
@click.option("--reason", required=True, help="The member and the moderators read it.")
@click.option("--rule", default="", help="The number of the rule, or law.")
@with_container
def sanction(container: Any, username: str, act: str, **why: str) -> None:
    """Warn, silence or suspend a member (ACT: warn, silence, suspend)."""
    container.sanctions().sanction(actor_id=None, username=username, act=act, **why)
    click.echo(f"{username}: {act}.")


@user.command()
@click.argument("username")
@click.option("--reason", default="Lifted from the command line.", show_default=True)
@with_container
def lift(container: Any, username: str, reason: str) -> None:
    """End the sanctions of a member that hold."""
    container.sanctions().lift(actor_id=None, username=username, reason=reason)
    click.echo(f"The sanctions of {username} are lifted.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
