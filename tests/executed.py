"""The statements that a database executes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from adapters.sql.engine import Database


@contextmanager
def executed(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement in this time, with its parameters. All go through SQLAlchemy, which says them."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_others: object) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with unprepared(database):
            yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def unprepared(database: Database) -> Iterator[None]:
    """Statements that are compiled once go the way of all others."""
    database.kept_rows = database.rows  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del database.kept_rows
