"""Keyset paging. One statement reads a page, and whether there are pages before and after it."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Self, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Row,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from adapters.sql.engine import Database
from application.ports.paging import READ_BEYOND, Counted, Page, Window
from domain.errors import NotFound
from domain.ids import LARGEST

T = TypeVar("T")


class owned_by(FunctionElement[bool]):  # noqa: N801 - used as a function
    """`owned_by(owner, id)` is `owner = id`, for the part of a list that belongs to one row. Sort such a part by
    (owner, cursor), which is the order of its index.

    PostgreSQL gets a range. After an equality it leaves the owner out of the sorting and may then walk the whole table
    by its primary key: it expects to meet this owner soon, but an owner may have no row at all. SQLite gets the
    equality, because it searches by the cursor only after an equality."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:
        # A function that is a condition would be compared with 1 on SQLite.
        return self


@compiles(owned_by)
def _equality(element: owned_by, compiler: SQLCompiler, **options: Any) -> str:
    owner, id = element.clauses
    return compiler.process(owner == id, **options)


@compiles(owned_by, "postgresql")
def _range(element: owned_by, compiler: SQLCompiler, **options: Any) -> str:
    owner, id = element.clauses
    return compiler.process(owner.between(id, id), **options)


class place(FunctionElement[int]):  # noqa: N801 - used as a function
    """`place(id)` is the id of a row as a cursor of lists that leave rows out. Sort such a list by it.

    On PostgreSQL it is an expression that only the partial index of the list has. By the id itself PostgreSQL might
    walk the primary key, past all rows that are left out. SQLite is told which index to take
    (`visibility.in_order`)."""

    type = BigInteger()
    inherit_cache = True


@compiles(place)
def _the_id(element: place, compiler: SQLCompiler, **options: Any) -> str:
    (id,) = element.clauses
    return compiler.process(id, **options)


@compiles(place, "postgresql")
def _an_expression(element: place, compiler: SQLCompiler, **options: Any) -> str:
    (id,) = element.clauses
    return f"({compiler.process(id, **options)} + 0)"


def windowed(
    listed: Select[Any],
    cursor: ColumnElement[int],
    window: Window,
    *,
    newest_first: bool = True,
    owner: ColumnElement[int] | None = None,
) -> Select[Any]:
    """`listed` with at most one row more than the size of the window. The column `beyond` says whether there are rows
    on the other side of the cursor. Rows are sorted by distance from the cursor. `page_of` puts them into the order of
    the list. `owner` is the column that limits `listed` with `owned_by`."""
    key = [cursor] if owner is None else [owner, cursor]
    falling = [column.desc() for column in key]
    beyond: ColumnElement[bool]
    at = bindparam("cursor", window.after if window.before is None else window.before, BigInteger())
    if window.before is not None:
        beyond = _any(listed, cursor, cursor >= at, key)
        cut = listed.where(cursor < at).order_by(*falling)
    elif window.after is not None:
        beyond = _any(listed, cursor, cursor <= at, key)
        cut = listed.where(cursor > at).order_by(*key)
    else:
        beyond = false()
        cut = listed.order_by(*(falling if newest_first else key))
    return cut.add_columns(beyond.label("beyond")).limit(window.size + 1)


_CURSOR = bindparam("cursor", type_=BigInteger())
# PostgreSQL plans for the numbers that it sees.
_SIZE, _PAST, _FAR = (bindparam(name, type_=BigInteger(), literal_execute=True) for name in ("size", "past", "far"))


def bounded(
    listed: Select[Any],
    walked: Select[Any],
    cursor: ColumnElement[int],
    window: Window,
    *,
    owner: ColumnElement[int] | None = None,
) -> Select[Any]:
    """As `windowed`, for a list from which a reader's mutes are left out, newest first. `walked` selects the cursors of
    all that is in it. The page is among the nearest rows of `walked`: those of a page, and READ_BEYOND more. So what it
    costs does not depend on how many rows the reader mutes. The column `edge` is the cursor of the first row past them,
    or NULL. There is a row even when the page is empty. The statement takes `parameters_of` the window."""
    return _Bounded(window.before is not None, window.after is not None).select(listed, walked, cursor, owner)


def kept_bounded(listed: Select[Any], walked: Select[Any], cursor: ColumnElement[int], window: Window) -> Select[Any]:
    """As `bounded`. The arguments are constants, and what is built from them is kept."""
    return _kept(listed, walked, cursor, window.before is not None, window.after is not None)


# To build it takes longer than to execute it.
@lru_cache(maxsize=32)
def _kept(
    listed: Select[Any], walked: Select[Any], cursor: ColumnElement[int], has_before: bool, has_after: bool
) -> Select[Any]:
    return _Bounded(has_before, has_after).select(listed, walked, cursor, None)


def parameters_of(window: Window) -> dict[str, int | None]:
    return {
        "cursor": window.after if window.before is None else window.before,
        "size": window.size + 1,
        "past": window.size + READ_BEYOND,
        "far": READ_BEYOND,
    }


class _Bounded:
    """`ahead` are the rows on the side of the cursor that the page shows, `behind` those on the other side."""

    def __init__(self, has_before: bool, has_after: bool) -> None:
        self._rising = has_after and not has_before
        self._is_first = not (has_before or has_after)

    def select(
        self,
        listed: Select[Any],
        walked: Select[Any],
        cursor: ColumnElement[int],
        owner: ColumnElement[int] | None,
    ) -> Select[Any]:
        key = [cursor] if owner is None else [owner, cursor]
        rising, falling = [column.asc() for column in key], [column.desc() for column in key]
        nearest, farther = (rising, falling) if self._rising else (falling, rising)
        ahead, behind = self._sides(cursor)
        edge = walked.where(ahead).order_by(*nearest).limit(1).offset(_PAST).scalar_subquery().label("edge")
        far = walked.where(behind).order_by(*farther).limit(1).offset(_FAR).scalar_subquery().label("far")
        ends = select(edge, null().label("far") if self._is_first else far).cte("ends")
        near = listed.where(ahead, _nearer(cursor, ends.c.edge, rising=self._rising))
        page = near.order_by(*nearest).limit(_SIZE).subquery("part")
        others = listed.with_only_columns(cursor)
        others = others.where(behind, _nearer(cursor, ends.c.far, rising=not self._rising)).order_by(*farther)
        is_there = or_(ends.c.far.is_not(None), others.limit(1).scalar_subquery().is_not(None))
        beyond = (false() if self._is_first else is_there).label("beyond")
        return select(ends.c.edge, beyond, page).join_from(ends, page, true(), isouter=True)

    def _sides(self, cursor: ColumnElement[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        if self._is_first:
            return true(), false()
        return (cursor > _CURSOR, cursor <= _CURSOR) if self._rising else (cursor < _CURSOR, cursor >= _CURSOR)


def _nearer(cursor: ColumnElement[int], end: ColumnElement[Any], *, rising: bool) -> ColumnElement[bool]:
    """Everything, when `end` is NULL."""
    last = select(end + literal_column("-1" if rising else "1")).scalar_subquery()
    return cursor <= func.coalesce(last, LARGEST) if rising else cursor >= func.coalesce(last, 0)


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
    ordered = sorted((row for row in rows if row.id is not None), key=cursor, reverse=downwards)
    shown, further = ordered[: window.size], len(ordered) > window.size
    beyond = bool(rows) and bool(rows[0].beyond)
    less, more = (further, beyond) if downwards else (beyond, further)
    rising = sorted(shown, key=cursor)
    items = [record(row) for row in (reversed(rising) if newest_first else rising)]
    page = Page(
        tuple(items),
        before=cursor(rising[0]) if rising and less else None,
        after=cursor(rising[-1]) if rising and more else None,
    )
    if not rows or "edge" not in rows[0]._fields:
        return page
    return page.up_to(window, edge=None if further else rows[0].edge, beyond=beyond)


def counted_page(
    database: Database,
    count: Select[Any],
    cut: Select[Any],
    window: Window,
    record: Callable[[Row[Any]], T],
    *,
    parameters: Mapping[str, Any] | None = None,
) -> Counted[T]:
    """The page of `windowed` with the length of the whole list, in one statement."""
    return counted_page_of(database.rows(counted(count, cut), parameters), window, record)


def counted(count: Select[Any], cut: Select[Any]) -> Select[Any]:
    """`cut` with the column `count_of_all` of `count` in each row. There is a row even when the page is empty."""
    all, page = count.subquery("counted"), cut.subquery("page")
    return select(all, page).join_from(all, page, true(), isouter=True)


def counted_page_of(rows: Sequence[Row[Any]], window: Window, record: Callable[[Row[Any]], T]) -> Counted[T]:
    """What `counted` selected. Raises NotFound when `count` had no row, because then the owner of the list does not
    exist."""
    if not rows:
        raise NotFound()
    return Counted(page_of(rows, window, record), int(rows[0].count_of_all or 0))


def _any(
    listed: Select[Any], cursor: ColumnElement[int], where: ColumnElement[bool], key: Sequence[ColumnElement[int]]
) -> ColumnElement[bool]:
    # An EXISTS has no order, and PostgreSQL may then scan the table for the first row.
    first = listed.with_only_columns(cursor).where(where).order_by(*key).limit(1)
    return first.scalar_subquery().is_not(None)
