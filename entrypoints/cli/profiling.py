"""The command that serves with a profiler around each request."""

import io
import logging
import re
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from entrypoints.cli.demo import load_demo
from entrypoints.cli.running import cli, with_settings
from entrypoints.masking import masked
from entrypoints.settings import Settings

_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@cli.command()
@click.option("--length", default=25, show_default=True, type=click.IntRange(min=1), help="Functions printed.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file a request here, for pstats, snakeviz and others.",
)
@with_settings
def profile(settings: Settings, length: int, folder: Path | None) -> None:
    """Serve with a profiler around each request, and print where its time went. One request at a time."""
    from werkzeug.middleware.profiler import ProfilerMiddleware
    from werkzeug.serving import run_simple

    from adapters.sql.checkup import require_usable
    from entrypoints import logs
    from entrypoints.app import create_app
    from entrypoints.container import Container

    logs.install(settings)
    container = Container(settings=settings)
    if settings.storage == "memory":
        load_demo(container, seed=1)
    else:
        require_usable(settings.database_url)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would log each path
    profiled = ProfilerMiddleware(
        create_app(container),
        stream=_Masked(),
        sort_by=("cumulative",),
        restrictions=(length,),
        profile_dir=None if folder is None else str(folder),
        # It may be a function too, as the documentation says.
        filename_format=_file_name,  # type: ignore[arg-type]
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, also in the middle of a request
    click.echo(f"Chapbook is profiled: {settings.base_url}")
    # One thread, because a profiler sees one.
    run_simple(settings.host, settings.port, profiled, threaded=False)


class _Masked(io.StringIO):
    """Standard output without the tokens of mailed links."""

    def write(self, text: str) -> int:
        return sys.stdout.write(masked(text))


def _file_name(environ: dict[str, Any]) -> str:
    """When, method, path and milliseconds. A path may be longer than a file's name, and hold any character."""
    profiled = environ["werkzeug.profiler"]
    path = _NO_FILE_NAME.sub("-", masked(environ.get("PATH_INFO", ""))).strip("-")[:80] or "root"
    when = datetime.fromtimestamp(profiled["time"], UTC).strftime("%Y%m%dT%H%M%S.%f")
    return f"{when}.{environ['REQUEST_METHOD']}.{path}.{profiled['elapsed']:.0f}ms.prof"
