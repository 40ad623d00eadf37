"""The demo community, served from memory for as long as somebody looks at it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
ADMINISTRATOR = "admin@example.com"
# A page is then as in production. Access lines are left out.
SHOWN = {"ENV": "development", "FOOT_LINE": "off", "LOG_LEVEL": "warning"}
# As root, and without looking for the world outside.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def demo_site() -> Iterator[tuple[str, str]]:
    """Its address, and the administrator's password."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = environment(STORAGE="memory")
        with serving("dev", until="Password", environment=chosen, folder=Path(folder)) as line:
            yield address(chosen), line.split()[1]


def environment(**settings: str) -> dict[str, str]:
    """This one, with these settings, on a free port; without what somebody has set for their own site."""
    port = str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAPBOOK_")}
    chosen = {f"CHAPBOOK_{name}": value for name, value in (SHOWN | {"PORT": port} | settings).items()}
    return kept | chosen | {"PYTHONPATH": str(ROOT)}


def address(environment: dict[str, str]) -> str:
    return f"http://127.0.0.1:{environment['CHAPBOOK_PORT']}"


@contextmanager
def serving(
    *words: str, until: str, environment: dict[str, str], folder: Path, log: Path | None = None
) -> Iterator[str]:
    """Runs this command of Chapbook, from when it says a line that begins so: that line. `log` gets what it writes to
    stderr."""
    command = [sys.executable, "-m", "entrypoints.cli", *words]
    with (
        log.open("w") if log else nullcontext() as written,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=written, text=True
        ) as server,
    ):
        try:
            assert server.stdout is not None
            yield next(line for line in server.stdout if line.startswith(until))
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)
