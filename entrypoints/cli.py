"""The command line: `chapbook COMMAND`. It translates, like any edge; exit status 0 says that it was done."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from domain.errors import DomainError, Invalid, NotFound, Problem, TryAgain
from entrypoints.settings import BadSettings, Settings, load_settings, variable
from entrypoints.words import sentence


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli(prog_name="chapbook")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Chapbook, a self-hosted social blog for a community."""


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is told in a sentence."""
    try:
        yield
    except BadSettings as error:
        raise click.ClickException(str(error)) from None
    except Invalid as error:
        raise click.ClickException(" ".join(f"{_label(at)}{sentence(at)}" for at in error.problems)) from None
    except NotFound:
        raise click.ClickException("There is no such thing.") from None
    except TryAgain:
        raise click.ClickException("The database is busy or away. Please try again in a moment.") from None
    except DomainError as error:
        raise click.ClickException(f"This was refused: {type(error).__name__}.") from None


def _label(problem: Problem) -> str:
    return f"{problem.field}: " if problem.field else ""


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **values: Any) -> Any:
        with _told():
            return command(load_settings(), *args, **values)

    return update_wrapper(run, command)


def with_container(command: Callable[..., Any]) -> Callable[..., Any]:
    """For what works on the store: another process's memory cannot be reached."""

    def run(settings: Settings, *args: Any, **values: Any) -> Any:
        from entrypoints.container import Container

        if settings.storage == "memory":
            raise click.ClickException(
                "With CHAPBOOK_STORAGE=memory everything lives in the serving process, which this command cannot reach."
            )
        container = Container(settings=settings)
        try:
            return command(container, *args, **values)
        finally:
            container.database().close()

    return with_settings(update_wrapper(run, command))


@cli.command()
@click.option("--worker", "with_worker", is_flag=True, help="Send mail too.")
@with_settings
def serve(settings: Settings, with_worker: bool) -> None:
    """Serve the site, and with --worker send its mail."""
    _serve(settings, with_worker=with_worker)


@cli.command()
@click.option("--stay-with", type=int, hidden=True, help="End when this is no longer the parent process.")
@with_container
def worker(container: Any, stay_with: int | None) -> None:
    """Send mail and carry out what else waits in the outbox, until told to stop."""
    from entrypoints.worker import Worker

    working = Worker(
        outbox=container.outbox(),
        sessions=container.sessions(),
        goes_on=lambda: stay_with is None or os.getppid() == stay_with,
    )
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda _number, _frame: working.stop())
    working.run()


@cli.command()
@with_container
def deploy(container: Any) -> None:
    """Bring the database to this version's schema; safe to run twice, and from two hosts at once."""
    _deploy(container.settings())
    click.echo("The schema is up to date.")


@cli.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same community.")
@with_container
def demo(container: Any, seed: int) -> None:
    """Fill an empty store with a community worth looking at."""
    from entrypoints.demo import ADMIN_EMAIL

    if not container.member_feeds().is_empty():
        raise click.ClickException("There are members already; a demo is for an empty store.")
    _load_demo(container, seed)
    click.echo(f"Administrator: {ADMIN_EMAIL}, the password is in var/demo-password")


@cli.command()
@click.option("--seed", type=int, default=1, hidden=True)
def dev(seed: int) -> None:
    """What `make run` runs: make a secret key, deploy, load the demo into an empty store, serve with a worker."""
    from adapters.sql.migrate import is_current
    from entrypoints.container import Container
    from entrypoints.demo import ADMIN_EMAIL, administrator_password, password_works
    from entrypoints.secret_key import make_secret_key

    with _told():
        make_secret_key()
        settings = load_settings()
        password = administrator_password()
        if settings.storage == "sql":
            if not is_current(settings.database_url):
                _deploy(settings)
            container = Container(settings=settings)
            if container.member_feeds().is_empty():
                click.echo("Making a community to look at ...")
                _load_demo(container, seed)
            works = password_works(container, password)
            container.database().close()
        else:
            works = True
        lines = [f"Administrator: {ADMIN_EMAIL}", f"Password: {password}"] if works else []
        _serve(settings, with_worker=True, last_lines=lines, seed=seed)


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


@cli.group("outbox")
def outbox_group() -> None:
    """What waits to be sent."""


@outbox_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def list_outbox(container: Any, as_json: bool) -> None:
    """The newest hundred rows, newest first."""
    from application.feeds import Window

    for mail in container.outbox_feeds().latest(Window(100)).items:
        row = {
            "id": str(mail.id),
            "kind": mail.kind.value,
            "address": mail.address,
            "state": mail.state.value,
            "attempts": mail.attempts,
            "created_at": mail.created_at.isoformat(),
            "due_at": mail.due_at.isoformat(),
            "last_error": mail.last_error,
        }
        click.echo(json.dumps(row) if as_json else "  ".join(str(value) for value in row.values()))


@outbox_group.command()
@click.argument("mail_id", type=click.IntRange(1, 2**63 - 1))
@with_container
def retry(container: Any, mail_id: int) -> None:
    """Make a row that waits or was given up due now."""
    container.outbox().retry_from_the_command_line(mail_id=mail_id)
    click.echo("The worker will try it again now.")


@cli.group()
def config() -> None:
    """The settings."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@with_settings
def show(settings: Settings, as_json: bool) -> None:
    """All settings as they are in force; secrets are masked."""
    masked = settings.masked()
    if as_json:
        click.echo(json.dumps(masked, default=str, indent=2))
        return
    for name, value in masked.items():
        click.echo(f"{variable(name)}={' '.join(map(str, value)) if isinstance(value, tuple) else value}")


@cli.command()
@with_container
def shell(container: Any) -> None:
    """A Python prompt with use cases and feeds at hand."""
    import code

    names = {
        name: getattr(container, name)()
        for name in (
            *("joining", "sessions", "passwords", "addresses", "profiles", "members", "leaving", "following"),
            *("posts", "comments", "moderation", "outbox", "post_feeds", "comment_feeds", "people_feeds"),
            *("session_feeds", "moderation_feeds", "member_feeds", "outbox_feeds"),
        )
    }
    code.interact(banner=f"Chapbook. At hand: {', '.join(names)}, container.", local={**names, "container": container})


@cli.command()
@click.option("--coverage", is_flag=True, help="Tell how much of the code the tests reach, in text and in htmlcov/.")
@click.argument("arguments", nargs=-1)
def test(coverage: bool, arguments: tuple[str, ...]) -> None:
    """Run the tests, all or those named; the exit status is theirs."""
    checkout = Path(__file__).parent.parent
    if not (checkout / "tests").is_dir():
        raise click.ClickException(
            "The tests are not installed with the program: run this in a checkout of its sources, or `make test` there."
        )
    command = [sys.executable, "-m", "pytest", *arguments]
    if coverage:
        command += ["--cov", "--cov-branch", "--cov-report=term", "--cov-report=html"]
    sys.exit(subprocess.run(command, check=False, cwd=checkout).returncode)  # noqa: S603


def _deploy(settings: Settings) -> None:
    from adapters.sql.migrate import upgrade

    upgrade(settings.database_url)


def _load_demo(container: Any, seed: int) -> None:
    from entrypoints.demo import administrator_password
    from entrypoints.demo.loading import load

    load(container, seed=seed, administrator_password=administrator_password())


def _serve(settings: Settings, *, with_worker: bool, last_lines: Any = (), seed: int = 1) -> None:
    from adapters.sql.migrate import is_current
    from entrypoints.server import serve as serve_until_stopped

    if settings.storage == "sql" and not is_current(settings.database_url):
        raise click.ClickException("The database is not at this version's schema: run `chapbook deploy` first.")
    serve_until_stopped(
        settings,
        with_worker=with_worker,
        last_lines=last_lines,
        fill=lambda container: _load_demo(container, seed),
    )


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


if __name__ == "__main__":
    main()
