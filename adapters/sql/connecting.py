"""How a connection to PostgreSQL is made, so that a server which does not answer never holds a thread for long."""

from collections.abc import Sequence
from typing import Any

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


def options(lock_timeout: float) -> str:
    """PostgreSQL's settings for the connections of the site."""
    return f"-c lock_timeout={int(lock_timeout * 1000)} -c statement_timeout={int(_STATEMENT * 1000)} -c timezone=UTC"


def connect(_dialect: object, _record: object, arguments: Sequence[Any], values: dict[str, Any]) -> Any:
    """For SQLAlchemy's event `do_connect`. The timeouts of a server that stands still do not work, so the
    connection has a limit of its own."""
    # Only PostgreSQL needs this slow import.
    from adapters.sql.bounded_connection import BoundedConnection  # noqa: PLC0415

    return BoundedConnection.connect(*arguments, **values)
