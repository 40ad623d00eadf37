"""Keyset paging: lists are cut into pages by id."""

from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

T = TypeVar("T")

# Where there is no counter, a count looks at so many rows at most.
COUNTED_AT_MOST = 100
# A list of a reader who mutes looks at so many rows beyond its page at most, on each side of the cursor.
READ_BEYOND = 400


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
    None. Where a reader mutes, a page may have fewer items than its size, or none, and still have a next one."""

    items: tuple[T, ...]
    before: int | None = None
    after: int | None = None

    def up_to(self, window: Window, *, edge: int | None, beyond: bool) -> Self:
        """This page of a list that looked at so many rows and no further. `edge` is the first row past them, where the
        page has room left. An empty page leads back when there is something `beyond`, on the other side of the
        cursor."""
        before, after = self.before, self.after
        leads_back = beyond and not self.items
        if window.before is None and window.after is not None:
            before = window.after + 1 if leads_back else before
            after = after if edge is None else edge - 1
        else:
            before = before if edge is None else edge + 1
            after = window.before - 1 if leads_back and window.before is not None else after
        return replace(self, before=before, after=after)


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A page, and the length of the whole list, which comes from counters."""

    page: Page[T]
    count: int


@dataclass(frozen=True, slots=True)
class CountedUpTo(Generic[T]):
    """A page of a list that may have no counter. Without one, `count` is None for more than COUNTED_AT_MOST, or where
    nothing is counted."""

    page: Page[T]
    count: int | None
