"""Keyset paging. One statement reads a page, and whether there are pages before and after it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, false, select, true

from adapters.sql.engine import Database
from application.ports.paging import Counted, Page, Window
from domain.errors import NotFound

T = TypeVar("T")


def windowed(
    listed: Select[Any], cursor: ColumnElement[int], window: Window, *, newest_first: bool = True
) -> Select[Any]:
    """`listed` with at most one row more than the size of the window. The column `beyond` says whether there are rows
    on the other side of the cursor. Rows are sorted by distance from the cursor. `page_of` puts them into the order of
    the list."""
    beyond: ColumnElement[bool]
    if window.before is not None:
        beyond = _any(listed, cursor, cursor >= window.before)
        cut = listed.where(cursor < window.before).order_by(cursor.desc())
    elif window.after is not None:
        beyond = _any(listed, cursor, cursor <= window.after)
        cut = listed.where(cursor > window.after).order_by(cursor)
    else:
        beyond = false()
        cut = listed.order_by(cursor.desc() if newest_first else cursor)
    return cut.add_columns(beyond.label("beyond")).limit(window.size + 1)


def page_of(
    rows: Sequence[Row[Any]],
    window: Window,
    record: Callable[[Row[Any]], T],
    *,
    newest_first: bool = True,
    cursor: Callable[[Row[Any]], int] = lambda row: int(row.id),
) -> Page[T]:
    """The page that `windowed` selected, in the order of the list. The rows may come in any order."""
    downwards = window.before is not None or (window.after is None and newest_first)
    ordered = sorted(rows, key=cursor, reverse=downwards)
    shown, further = ordered[: window.size], len(ordered) > window.size
    beyond = bool(shown) and bool(shown[0].beyond)
    less, more = (further, beyond) if downwards else (beyond, further)
    rising = sorted(shown, key=cursor)
    items = [record(row) for row in (reversed(rising) if newest_first else rising)]
    return Page(
        tuple(items),
        before=cursor(rising[0]) if rising and less else None,
        after=cursor(rising[-1]) if rising and more else None,
    )


def counted_page(
    database: Database,
    count: Select[Any],
    listed: Select[Any],
    *,
    cursor: ColumnElement[int],
    window: Window,
    record: Callable[[Row[Any]], T],
) -> Counted[T]:
    """One statement. Each row of the page also has the column `count_of_all` of `count`. Raises NotFound when `count`
    has no row, because then the owner of the list does not exist."""
    counted, page = count.subquery("counted"), windowed(listed, cursor, window).subquery("page")
    rows = database.rows(select(counted, page).join_from(counted, page, true(), isouter=True))
    if not rows:
        raise NotFound()
    there = [row for row in rows if row.id is not None]
    return Counted(page_of(there, window, record), int(rows[0].count_of_all or 0))


def _any(listed: Select[Any], cursor: ColumnElement[int], where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(listed.with_only_columns(cursor).where(where).exists()).scalar_subquery()
