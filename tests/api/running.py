"""The real server, in a process of its own, on a new SQLite database."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Running:
    """`environment` is the command line's, too."""

    url: str
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    programs = Path(sys.executable).parent
    kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("CHAPBOOK_")}
    environment = kept | {
        "PATH": f"{programs}:{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CHAPBOOK_ENV": "development",
        "CHAPBOOK_PORT": str(port),
        "CHAPBOOK_WORKERS": "1",
        "CHAPBOOK_THREADS": "4",
        "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
        "CHAPBOOK_DATABASE_URL": f"sqlite:///{folder}/chapbook.db",
        "CHAPBOOK_MAIL_URL": f"file:{folder}/mail",
        "CHAPBOOK_PASSWORD_MEMORY_KIB": "8",
        "CHAPBOOK_PASSWORD_ROUNDS": "1",
        **settings,
    }
    program = [sys.executable, "-m", "entrypoints.cli"]
    subprocess.run([*program, "deploy"], env=environment, cwd=folder, check=True, capture_output=True, timeout=60)
    server = subprocess.Popen(
        [*program, "serve", "--worker"], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Chapbook is ready")
        yield Running(f"http://127.0.0.1:{port}", environment, folder, server)
    finally:
        server.send_signal(signal.SIGTERM)  # does nothing to a process that has ended
        server.communicate(timeout=60)
