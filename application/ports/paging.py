"""Keyset paging: lists are cut into pages by id."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# Where there is no counter, a count looks at so many rows at most.
COUNTED_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a list: `size` items next to a cursor, or the first page when there is no cursor.

    `before` asks for the nearest items with smaller ids, `after` for the nearest with larger ones. The item of the
    cursor may be deleted. When both are set, `before` counts."""

    size: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the order of the list. `before` and `after` are the cursors of the next and the previous page, or
    None."""

    items: tuple[T, ...]
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A page, and the length of the whole list, which comes from counters."""

    page: Page[T]
    count: int


@dataclass(frozen=True, slots=True)
class CountedUpTo(Generic[T]):
    """A page of a list without a counter. `count` is None for more than COUNTED_AT_MOST."""

    page: Page[T]
    count: int | None
