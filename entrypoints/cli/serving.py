"""Commands that run the site and its worker."""

import logging
import os
import signal
import subprocess
import sys
from typing import Any

import click

from entrypoints.cli.demo import load_demo
from entrypoints.cli.deploying import bring_up_to_date
from entrypoints.cli.rerendering import ask_to_rerender
from entrypoints.cli.running import cli, refusals, with_container, with_settings
from entrypoints.settings import Settings, load_settings

log = logging.getLogger(__name__)


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
    from entrypoints import logs
    from entrypoints.choices import UNHURRIED
    from entrypoints.worker import Worker

    logs.install(container.settings())
    container.meter.reset_override()
    container.renderer.add_kwargs(**UNHURRIED)
    settings = container.settings()
    if settings.metrics_port and stay_with is None:
        from entrypoints.metrics_server import serve_metrics

        serve_metrics(settings, container.meter())
    working = Worker(
        jobs=container.jobs(),
        hourly=container.hourly(),
        minutely=container.minutely(),
        half_minutely=[container.worker_pulse().look],
        goes_on=lambda: stay_with is None or os.getppid() == stay_with,
    )
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda _number, _frame: working.stop())
    log.info("The worker starts")
    working.run()
    log.info("The worker ends, as it was told")


@cli.command()
@click.option("--seed", type=int, default=1, hidden=True)
def dev(seed: int) -> None:
    """What `make run` runs: make a secret key, deploy, load the demo into an empty store, serve with a worker."""
    from adapters.sql.checkup import fault_of
    from entrypoints.container import Container
    from entrypoints.demo import ADMIN_EMAIL, administrator_password, password_works
    from entrypoints.secret_key import make_secret_key

    with refusals():
        make_secret_key()
        settings = load_settings()
        password = administrator_password()
        if settings.storage == "sql":
            fault = fault_of(settings.database_url)
            if fault is not None:
                bring_up_to_date(settings, say=click.echo if fault.code == "older" else lambda _: None)
            container = Container(settings=settings)
            if container.storage().member_feeds.is_empty():
                click.echo("Making a community to look at ...")
                _load_demo_before_forks(container, seed)
            ask_to_rerender(container)
            works = password_works(container, password)
            container.storage().close()
        else:
            works = True
        lines = [f"Administrator: {ADMIN_EMAIL}", f"Password: {password}"] if works else []
        _serve(settings, with_worker=True, last_lines=lines, seed=seed)


def _load_demo_before_forks(container: Any, seed: int) -> None:
    """In another process when its pictures go into a bucket: the threads of that client do not survive a fork, and the
    web workers are forks of this process."""
    if container.settings().pictures_url.scheme == "s3":
        command = [sys.executable, "-m", "entrypoints.cli", "demo", "--seed", str(seed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - starts this program
    else:
        load_demo(container, seed)


def _serve(settings: Settings, *, with_worker: bool, last_lines: Any = (), seed: int = 1) -> None:
    from adapters.sql.checkup import require_usable
    from entrypoints.server import serve as serve_until_stopped

    if settings.storage == "sql":
        require_usable(settings.database_url)
    serve_until_stopped(
        settings,
        with_worker=with_worker,
        last_lines=last_lines,
        fill=lambda container: load_demo(container, seed),
    )
