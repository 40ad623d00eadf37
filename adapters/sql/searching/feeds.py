"""What a search finds, in SQL: one statement walks through the index, and one reads the page."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, Select

from adapters.sql.comments import COMMENTS_FOR, listed_card_of
from adapters.sql.engine import Database
from adapters.sql.muted import parameters_of
from adapters.sql.posts import DETAILS_FOR, listed_detail_of
from adapters.sql.searching.matching import matching_of
from adapters.sql.searching.walking import (
    Shape,
    Walk,
    checked_parameters,
    shape_of,
    walk,
    walk_parameters,
    walked,
)
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
        rows = self._rows(shape, reader, query, way, size=window.size, start=start)
        shown = rows[: window.size]
        if len(rows) > window.size:
            return Found(Page(tuple(map(record, shown)), before=shown[-1].id))
        return Found(Page(tuple(map(record, shown))), older=way.end if way.older else None)

    def _rows(
        self, shape: Shape, reader: Reader | None, query: Query, way: Walk, *, size: int, start: int
    ) -> list[Row[Any]]:
        known = query.with_authors(way.ids)
        if known is None or not way.segments:
            return []
        matching = matching_of(is_sqlite=shape.is_sqlite)
        wanted = matching.all(known.terms, known.excluded)
        parameters = {
            "wanted": matching.any([wanted.replace("$", str(segment)) for segment in way.segments]),
            "start": start,
            "least": query.after,
            "size": size + 1,
            **checked_parameters(query),
            **parameters_of(reader),
        }
        rows = self._database.rows(_page(shape, reader is not None), parameters)
        return sorted(rows, key=lambda row: int(row.id), reverse=True)


# To build it takes longer than to execute it.
@lru_cache(maxsize=128)
def _page(shape: Shape, signed_in: bool) -> Select[Any]:
    return matching_of(is_sqlite=shape.is_sqlite).page(shape, _LISTS[shape.kind][signed_in])
