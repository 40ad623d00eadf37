"""What all commands share: they get the settings or the container, and print one sentence for an error."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from typing import Any

import click

from application.storage import StorageFault
from domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Problem, TryAgain
from entrypoints.settings import BadSettings, Settings, load_settings
from entrypoints.storage_faults import in_words
from entrypoints.words import conflict, sentence

log = logging.getLogger(__name__)

_FORBIDDEN = {"not_above": "Nobody sanctions an administrator. Take that role away first: chapbook user role."}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Chapbook, a self-hosted social blog for a community."""


@contextmanager
def refusals() -> Iterator[None]:
    """Prints one sentence for an error, and exits with status 1."""
    try:
        yield
    except BadSettings as error:
        raise click.ClickException(str(error)) from None
    except StorageFault as fault:
        raise click.ClickException(in_words(fault)) from None
    except Invalid as error:
        raise click.ClickException(" ".join(f"{_label(at)}{sentence(at)}" for at in error.problems)) from None
    except NotFound:
        raise click.ClickException("There is no such thing.") from None
    except Conflict as error:
        raise click.ClickException(conflict(error)) from None
    except Forbidden as error:
        raise click.ClickException(_FORBIDDEN.get(error.code, "This is refused.")) from None
    except TryAgain:
        raise click.ClickException("The database is busy or away. Please try again in a moment.") from None
    except DomainError as error:
        raise click.ClickException(f"This was refused: {type(error).__name__}.") from None


@contextmanager
def container_of(settings: Settings) -> Iterator[Any]:
    """A container whose storage is closed at the end. A program error is noted, as those of the site are. Nobody reads
    what a command counts."""
    from adapters.no_meter import NO_METER
    from entrypoints.container import Container
    from entrypoints.incidents import watch

    container = Container(settings=settings)
    container.meter.override(NO_METER)
    end_watching = watch(container)
    try:
        yield container
    except (click.ClickException, click.Abort, click.exceptions.Exit, BadSettings, DomainError, StorageFault):
        raise
    except BrokenPipeError:
        raise  # who reads the output has seen enough, as in `chapbook outbox list | head -1`
    except Exception:
        log.exception("the command failed")
        sys.exit(1)
    finally:
        end_watching()
        container.storage().close()


def _label(problem: Problem) -> str:
    return f"{problem.field}: " if problem.field else ""


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **values: Any) -> Any:
        with refusals():
            return command(load_settings(), *args, **values)

    return update_wrapper(run, command)


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """For commands that use a database. They refuse the memory storage, because it belongs to another process."""

    def run(settings: Settings, *args: Any, **values: Any) -> Any:
        if settings.storage == "memory":
            raise click.ClickException(
                "With CHAPBOOK_STORAGE=memory everything lives in the serving process, which this command cannot reach."
            )
        return command(settings, *args, **values)

    return with_settings(update_wrapper(run, command))


def with_container(command: Callable[..., Any]) -> Callable[..., Any]:
    """For commands that use what is stored. They refuse a database that cannot be used, and say why."""

    def run(settings: Settings, *args: Any, **values: Any) -> Any:
        from adapters.sql.checkup import require_usable

        require_usable(settings.database_url)
        with container_of(settings) as container:
            return command(container, *args, **values)

    return with_database(update_wrapper(run, command))
