"""A throwaway PostgreSQL: its own cluster in a temporary directory, reached by a unix socket only."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

# It lives for one run, so what protects data from a power failure only costs time.
# Statistics that come at any time would change plans in the middle of a test.
_FAST = "-c fsync=off -c full_page_writes=off -c max_connections=200 -c autovacuum=off"


def server_programs() -> Path | None:
    """The directory of the newest initdb on this machine; Debian keeps it outside PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    found = debian[-1] if debian else Path(on_path) if on_path else None
    return found.resolve().parent if found else None


class PostgresServer:
    """Databases are made by `create_database`, in a fraction of a second also as the copy of a migrated one."""

    def __init__(self, programs: Path, *, keeps_commits: bool = False) -> None:
        """With `keeps_commits` a crash of the server, not of the machine, loses no commit."""
        self._programs = programs
        self._settings = f"{_FAST} -c synchronous_commit={'on' if keeps_commits else 'off'}"
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._numbers = count(1)
        self._directory = Path()

    def create_database(self, template: str | None = None) -> str:
        """The URL of a new database; `template` is the URL of one that nobody is connected to."""
        name = f"chapbook_{next(self._numbers)}"
        copied = ["--template", _name(template)] if template else []
        self._run("createdb", "-h", str(self._directory), "-U", "app", *copied, name)
        return f"postgresql+psycopg://app@/{name}?host={self._directory}"

    def drop_database(self, url: str) -> None:
        """Whoever is connected is sent away."""
        self._run("dropdb", "-h", str(self._directory), "-U", "app", "--force", _name(url))

    def restart(self, mode: str = "fast") -> None:
        """`immediate` is a crash."""
        self._control("restart", "-m", mode)

    def __enter__(self) -> Self:
        # The path of a unix socket has to be short, so not below pytest's own directories.
        self._directory = Path(tempfile.mkdtemp(prefix="chapbook-pg-"))
        try:
            if self._as_user:
                os.chown(self._directory, pwd.getpwnam("postgres").pw_uid, -1)
            data = str(self._directory / "data")
            options = ["-A", "trust", "-U", "app", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
            self._run("initdb", "-D", data, *options)
            self._control("start")
        except BaseException:
            with contextlib.suppress(RuntimeError):
                self._control("stop", "-m", "immediate")
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._control("stop", "-m", "immediate")
        finally:
            self._remove()

    def _control(self, *command: str) -> None:
        where = ["-D", str(self._directory / "data"), "-l", str(self._directory / "log")]
        settings = f"-c listen_addresses= -k {self._directory} {self._settings}"
        self._run("pg_ctl", *where, "-w", "-s", "-o", settings, *command)

    def _run(self, program: str, *arguments: str) -> None:
        # Not through a pipe: the server would inherit its end and keep it open.
        with tempfile.TemporaryFile() as output:
            command = [*self._as_user, str(self._programs / program), *arguments]
            ended = subprocess.run(
                command, cwd="/", stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False
            )
            if ended.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")

    def _remove(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
