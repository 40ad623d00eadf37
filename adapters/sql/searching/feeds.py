"""What a search finds, in SQL: one statement walks through the index, and one reads the page."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, Select, bindparam

from adapters.sql.comments.feeds import COMMENTS_FOR, listed_card_of
from adapters.sql.engine import Database
from adapters.sql.muted import parameters_of
from adapters.sql.posts.feeds import DETAILS_FOR, listed_detail_of
from adapters.sql.searching.columns import TABLES
from adapters.sql.searching.matching import listed_within
from adapters.sql.searching.walking import Shape, shape_of, walk, walk_parameters, walked
from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from application.ports.posts import PostDetail
from application.ports.searching import Found
from domain.ids import LARGEST
from domain.roles import Reader
from domain.searching.queries import Query
from domain.searching.words import Kind

T = TypeVar("T")

_LISTS = {Kind.POSTS: DETAILS_FOR, Kind.COMMENTS: COMMENTS_FOR}


class SqlSearchFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def posts(self, reader: Reader | None, query: Query, window: Window) -> Found[PostDetail]:
        return self._found(Kind.POSTS, reader, query, window, listed_detail_of)

    def comments(self, reader: Reader | None, query: Query, window: Window) -> Found[CommentCard]:
        return self._found(Kind.COMMENTS, reader, query, window, lambda row: listed_card_of(row, reader))

    def _found(
        self, kind: Kind, reader: Reader | None, query: Query, window: Window, record: Callable[[Row[Any]], T]
    ) -> Found[T]:
        is_sqlite = self._database.is_sqlite
        start = min(LARGEST if window.before is None else window.before, query.before)
        shape = shape_of(kind, query, is_sqlite=is_sqlite, mutes=reader is not None and reader.mutes)
        parameters = walk_parameters(kind, query, is_sqlite=is_sqlite, size=window.size, start=start)
        way = walked(self._database.rows(walk(shape), {**parameters, **parameters_of(reader)}), query)
        shown, further = way.ids[: window.size], len(way.ids) > window.size
        items = tuple(map(record, self._rows(shape, reader, shown)))
        if further:
            return Found(Page(items, before=shown[-1]))
        return Found(Page(items), older=way.end if way.older else None)

    def _rows(self, shape: Shape, reader: Reader | None, ids: tuple[int, ...]) -> list[Row[Any]]:
        if not ids:
            return []
        rows = self._database.rows(_page(shape, reader is not None), {"ids": ids, **parameters_of(reader)})
        return sorted(rows, key=lambda row: int(row.id), reverse=True)


# To build it takes longer than to execute it.
@lru_cache(maxsize=64)
def _page(shape: Shape, signed_in: bool) -> Select[Any]:
    """What is hidden meanwhile is left out."""
    listed = listed_within(shape, _LISTS[shape.kind][signed_in])
    return listed.where(TABLES[shape.kind].c.id.in_(bindparam("ids", expanding=True)))
