"""pg_dump and pg_restore: which of them to run, and how they get the address and the password."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

# Debian keeps the programs of each version there. What it has in PATH is a script that chooses one of them.
DEBIAN = Path("/usr/lib/postgresql")


def newest(name: str, *, at_least: int) -> Path | None:
    """The newest program of this name whose major version is not older than this. None when there is none."""
    on_path = shutil.which(name)
    found = [*DEBIAN.glob(f"*/bin/{name}"), *([Path(on_path)] if on_path else [])]
    versions = {path: version_of(path) for path in found}
    fitting = [path for path in found if versions[path] >= at_least]
    return max(fitting, key=lambda path: versions[path], default=None)


def version_of(program: Path) -> int:
    """The major version, from `pg_dump (PostgreSQL) 15.8 (Debian ...)`. 0 when it does not say."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return major_version(told.stdout.replace("(PostgreSQL) ", ""))


def major_version(program: str) -> int:
    """15 of `pg_dump 15.8`."""
    found = re.match(r"\S+ (\d+)", program)
    return int(found[1]) if found else 0


def start(
    program: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: IO[bytes] | int,
    stderr: IO[bytes],
) -> subprocess.Popen[bytes]:
    """Its output comes through a pipe, so that it ends when this process is killed."""
    return subprocess.Popen(  # noqa: S603
        [program, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**environment, "LC_ALL": "C.UTF-8"},
    )


def address_of(url: URL) -> tuple[str, dict[str, str]]:
    """libpq's text for the arguments, which everybody on the machine may read, and what is secret, for the
    environment."""
    _, given = url.get_dialect()().create_connect_args(url)
    secret = {"PGPASSWORD": str(given["password"])} if given.get("password") else {}
    return make_conninfo(**{name: value for name, value in given.items() if "password" not in name}), secret
