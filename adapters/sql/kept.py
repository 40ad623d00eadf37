"""Statements that are built once for each kind of reader and of window. Building one takes longer than executing it."""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache, wraps
from typing import TypeVar

from sqlalchemy import ColumnElement, Executable, literal_column

from application.ports.paging import Window
from domain.roles import Permission, Reader, Role

S = TypeVar("S", bound=Executable)

# By whether they moderate, and whether they mute.
_KINDS = {
    (moderates, mutes): Reader(id=0, role=Role.MODERATOR if moderates else Role.USER, confirmed=True, mutes=mutes)
    for moderates in (False, True)
    for mutes in (False, True)
}
# For a statement that has no window.
WHOLE = Window(0)


def kept(build: Callable[[Reader | None, Window], S]) -> Callable[[Reader | None, Window], S]:
    """Gives `build` a reader and a window that stand for all of their kind: the id and the cursor are not the real
    ones. The statement takes `muted.parameters_of` the reader and the window, and has parameters for other values."""
    built = lru_cache(maxsize=64)(build)

    @wraps(build)
    def statement(reader: Reader | None, window: Window) -> S:
        kind = None if reader is None else _KINDS[reader.can(Permission.MODERATE), reader.mutes]
        before, after = (None if cursor is None else 0 for cursor in (window.before, window.after))
        return built(kind, Window(window.size, before, after))

    statement.cache_clear = built.cache_clear  # type: ignore[attr-defined]
    return statement


def one_of(column: ColumnElement[str], values: Iterable[Enum]) -> ColumnElement[bool]:
    """Whether the column has one of these values, which are words of the program. SQLAlchemy writes a list of
    parameters anew for each execution."""
    return column.in_([literal_column(f"'{value.value}'") for value in values])
