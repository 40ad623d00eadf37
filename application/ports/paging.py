"""Lists cut into pages by id."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: `size` items next to a cursor, or the list's first page without one.

    `before` asks for the items with smaller ids that are nearest to it, `after` for those with larger ones.
    The cursor itself need not exist any more. When both are set, `before` counts.
    """

    size: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's own order; `before` and `after` are cursors of the neighbouring pages, None without one."""

    items: tuple[T, ...]
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A page, and how long the whole list is, from counters."""

    page: Page[T]
    count: int
