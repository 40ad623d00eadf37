"""Statements as they are executed: how long each took, how many rows it gave, and which line of this program asked."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, ExecutionContext, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

_OURS = ("adapters.", "application.", "domain.", "entrypoints.")
# These modules execute the statements of others.
_BELOW = ("adapters.sql.engine", "adapters.sql.prepared", __name__)
_EXECUTING = ("sqlalchemy.", "adapters.sql.prepared")
_BEGAN = "chapbook.began"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that was executed. `text` has placeholders in place of values. `rows` is None where the driver
    does not say. `failure` is the class of the driver's error, where the database refused or cancelled it."""

    text: str
    seconds: float
    rows: int | None
    failure: str = ""


Observe = Callable[[Statement], None]


def one_of_all(*observers: Observe) -> Observe:
    """One observer that calls all of these."""

    def observe(statement: Statement) -> None:
        for observer in observers:
            observer(statement)

    return observe


def watch(engine: Engine, observe: Observe) -> None:
    """Calls the observer after each statement, in the thread that executed it, on the stack of who asked."""

    def before(connection: Connection, *_: object) -> None:
        connection.info[_BEGAN] = time.perf_counter()

    def after(
        connection: Connection, cursor: Any, statement: str, _values: object, context: ExecutionContext, many: bool
    ) -> None:
        rows = cursor.rowcount
        if cursor.description is not None and engine.dialect.name == "sqlite" and not many:
            # SQLite finds rows while they are fetched, so a statement takes until then. SQLAlchemy itself fetches what
            # an INSERT of many rows returns.
            found = cursor.fetchall()
            rows = len(found)
            context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(  # type: ignore[attr-defined]
                cursor, initial_buffer=found
            )
        seconds = time.perf_counter() - connection.info[_BEGAN]
        observe(Statement(statement, seconds, None if rows < 0 else rows))

    def failed(context: ExceptionContext) -> None:
        # A ping, or an attempt to connect, has no statement. One whose values do not suit was not executed.
        connection, executed = context.connection, context.execution_context is not None
        if context.statement is not None and executed and connection is not None and not connection.invalidated:
            seconds = time.perf_counter() - connection.info[_BEGAN]
            observe(Statement(context.statement, seconds, None, type(context.original_exception).__name__))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)


def place() -> tuple[str, str]:
    """Call it while a statement is observed. The line of this program that executed it, and the line that asked for
    that: `adapters/sql/posts/feeds.py:88 latest` and `entrypoints/web/posts.py:41 index`. Either may be empty."""
    executed = ""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - `inspect.stack` reads source files
    while frame is not None and not frame.f_globals.get("__name__", "").startswith(_EXECUTING):
        frame = frame.f_back  # who observes
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith(_OURS) and not name.startswith(_BELOW):
            if not name.startswith("adapters."):
                return executed, _line(frame)
            executed = executed or _line(frame)
        frame = frame.f_back
    return executed, ""


def _line(frame: FrameType) -> str:
    return f"{frame.f_globals['__name__'].replace('.', '/')}.py:{frame.f_lineno} {frame.f_code.co_name}"
