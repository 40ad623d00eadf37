"""Cuts lists in memory into pages."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from application.ports.paging import Page, Window

R = TypeVar("R")
C = TypeVar("C")


def cut(
    rows: Iterable[R], window: Window, id_of: Callable[[R], int], record: Callable[[R], C], *, newest_first: bool = True
) -> Page[C]:
    """One page, and the cursors of the next and the previous page."""
    ordered = sorted(rows, key=id_of)
    if window.before is not None:
        smaller = [row for row in ordered if id_of(row) < window.before]
        shown = smaller[-window.size :]
        less, more = len(smaller) > len(shown), len(ordered) > len(smaller)
    elif window.after is not None:
        larger = [row for row in ordered if id_of(row) > window.after]
        shown = larger[: window.size]
        less, more = len(ordered) > len(larger), len(larger) > len(shown)
    elif newest_first:
        shown = ordered[-window.size :]
        less, more = len(ordered) > len(shown), False
    else:
        shown = ordered[: window.size]
        less, more = False, len(ordered) > len(shown)
    before = id_of(shown[0]) if shown and less else None
    after = id_of(shown[-1]) if shown and more else None
    items = [record(row) for row in (reversed(shown) if newest_first else shown)]
    return Page(tuple(items), before=before, after=after)
