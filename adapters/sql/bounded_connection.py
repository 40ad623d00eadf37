"""A connection of psycopg that does not wait for an answer without an end."""

import time
from typing import Any, ClassVar

import psycopg

# In seconds. PostgreSQL gets a moment more than its own statement timeout, to say that it cancelled a statement.
ANSWER = 6.0


class BoundedConnection(psycopg.Connection[Any]):
    """Closes itself when the server stands still, and raises OperationalError."""

    answer: ClassVar[float] = ANSWER

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        until = time.monotonic() + self.answer
        try:
            return super().wait(gen, interval, self.answer if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is None and time.monotonic() >= until:
                self.pgconn.finish()  # a late answer would be taken for that of another statement
            raise
