"""Cuts lists in memory into pages."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from application.ports.paging import READ_BEYOND, Page, Window

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


def cut_bounded(
    rows: Iterable[R], window: Window, id_of: Callable[[R], int], record: Callable[[R], C], walked: Iterable[int]
) -> Page[C]:
    """As `cut`, newest first, and among the nearest of `walked` only: those of a page, and READ_BEYOND more. `walked`
    are the ids of `rows` and of what the reader mutes."""
    rising = window.before is None and window.after is not None
    start = window.after if window.before is None else window.before
    ids = sorted(walked, reverse=not rising)
    ahead = [id for id in ids if start is None or (id > start if rising else id < start)]
    behind = ids[: len(ids) - len(ahead)][::-1]
    by_id = {id_of(row): row for row in rows}
    near = [id for id in ahead[: window.size + READ_BEYOND] if id in by_id]
    shown, further = near[: window.size], len(near) > window.size
    beyond = len(behind) > READ_BEYOND or any(id in by_id for id in behind)
    less, more = (beyond, further) if rising else (further, beyond)
    newest = sorted(shown, reverse=True)
    page = Page(
        tuple(record(by_id[id]) for id in newest),
        before=newest[-1] if newest and less else None,
        after=newest[0] if newest and more else None,
    )
    edge = None if further else next(iter(ahead[window.size + READ_BEYOND :]), None)
    return page.up_to(window, edge=edge, beyond=beyond)
