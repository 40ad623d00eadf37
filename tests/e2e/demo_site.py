"""The demo community, served from memory for as long as somebody looks at it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADMINISTRATOR = "admin@example.com"


@contextmanager
def demo_site() -> Iterator[tuple[str, str]]:
    """Its address, and the administrator's password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        chosen = {"CHAPBOOK_ENV": "development", "CHAPBOOK_STORAGE": "memory", "PORT": port}
        command = [sys.executable, "-m", "entrypoints.cli", "dev"]
        environment = os.environ | chosen | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                password = next(line.split()[1] for line in server.stdout if line.startswith("Password"))
                yield f"http://127.0.0.1:{port}", password
            finally:
                server.terminate()
