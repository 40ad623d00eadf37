"""How connections are made. A server that does not answer never holds a thread for long, and a file that is gone is
never made anew."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

# In seconds.
_STATEMENT = 5.0

BOUNDED: dict[str, Any] = {
    "connect_timeout": 5,
    # The kernel finds out that the other machine is gone: with unanswered data (in milliseconds), and without.
    "tcp_user_timeout": 6_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}


def place_of(url: URL) -> str:
    """The file; or host, port and name. Without user and password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"


def options(lock_timeout: float) -> str:
    """PostgreSQL's settings for the connections of the site. To compile a statement (`jit`) takes half a second, and no
    statement of the site is worth that. Its default for `random_page_cost` is that of a turning disk, and of pages that
    are not in memory: it then reads and sorts all rows of an owner, rather than a page of them in the order of an
    index."""
    timeouts = f"-c lock_timeout={int(lock_timeout * 1000)} -c statement_timeout={int(_STATEMENT * 1000)}"
    return f"{timeouts} -c timezone=UTC -c jit=off -c random_page_cost=1.1"


def connect(_dialect: object, _record: object, arguments: Sequence[Any], values: dict[str, Any]) -> Any:
    """For SQLAlchemy's event `do_connect`. The timeouts of a server that stands still do not work, so the
    connection has a limit of its own."""
    # Only PostgreSQL needs this slow import.
    from adapters.sql.bounded_connection import BoundedConnection  # noqa: PLC0415

    return BoundedConnection.connect(*arguments, **values)


def open_file(
    _dialect: object, entry: ConnectionPoolEntry, arguments: Sequence[Any], values: dict[str, Any]
) -> sqlite3.Connection:
    """For SQLAlchemy's event `do_connect`. By itself SQLite makes a file that does not exist."""
    (path,) = arguments
    connection: sqlite3.Connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True, **values)
    entry.info["file"] = path, _identity(path)
    return connection


def require_same_file(_connection: object, entry: ConnectionPoolEntry, _fairy: object) -> None:
    """For the event `checkout`. A connection to a file that was moved or replaced would write where nobody looks; the
    pool opens the file that is at the path now."""
    path, identity = entry.info["file"]
    if _identity(path) != identity:
        raise DisconnectionError()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - faster, and each statement asks
    except OSError:
        return None
    return found.st_dev, found.st_ino
