"""The real server, in a process of its own, on a new SQLite database or on the one that the settings name."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_PROGRAM = [sys.executable, "-m", "entrypoints.cli"]


@dataclass(slots=True)
class Running:
    """`environment` is the command line's, too. `before` stands before the server's command."""

    url: str
    environment: dict[str, str]
    folder: Path
    before: tuple[str, ...] = ()
    process: subprocess.Popen[str] = field(init=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def deploy(self) -> None:
        subprocess.run(
            [*_PROGRAM, "deploy"], env=self.environment, cwd=self.folder, check=True, capture_output=True, timeout=60
        )

    def start(self) -> None:
        """Returns when the site is ready. Works again after the process has ended."""
        command = [*self.before, *_PROGRAM, "serve", "--worker"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith("Chapbook is ready")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """Returns when all processes have ended: each of them holds the other end of standard output."""
        self.process.send_signal(sign)  # does nothing to a process that has ended
        self.process.communicate(timeout=60)


@contextlib.contextmanager
def running(folder: Path, before: tuple[str, ...] = (), /, **settings: str) -> Iterator[Running]:
    port = free_port()
    programs = Path(sys.executable).parent
    kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("CHAPBOOK_")}
    environment = kept | {
        "PATH": f"{programs}:{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CHAPBOOK_ENV": "development",
        "CHAPBOOK_FOOT_LINE": "off",
        "CHAPBOOK_LOG_LEVEL": "warning",
        "CHAPBOOK_PORT": str(port),
        "CHAPBOOK_WORKERS": "1",
        "CHAPBOOK_THREADS": "4",
        "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
        "CHAPBOOK_DATABASE_URL": f"sqlite:///{folder}/chapbook.db",
        "CHAPBOOK_MAIL_URL": f"file:{folder}/mail",
        "CHAPBOOK_PICTURES_URL": f"file:{folder}/pictures",
        "CHAPBOOK_PASSWORD_MEMORY_KIB": "8",
        "CHAPBOOK_PASSWORD_ROUNDS": "1",
        **settings,
    }
    server = Running(f"http://127.0.0.1:{port}", environment, folder, before)
    server.deploy()
    try:
        server.start()
        yield server
    finally:
        server.stop()
