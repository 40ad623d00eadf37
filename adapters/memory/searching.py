"""Search in memory: it goes through all texts. There is no index to be made anew."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from adapters.memory.comments import listed_card_of
from adapters.memory.paging import cut
from adapters.memory.posts import listed_detail_of
from adapters.memory.store import Store
from adapters.memory.visibility import listed_comments, listed_posts
from application.ports.comments import CommentCard
from application.ports.paging import Window
from application.ports.posts import PostDetail
from application.ports.searching import Found, Made, Place
from domain.roles import Reader
from domain.searching.queries import Query
from domain.searching.words import search_text

R = TypeVar("R")
C = TypeVar("C")

_kept_search_text = lru_cache(maxsize=20_000)(search_text)


class MemorySearchFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def posts(self, reader: Reader | None, query: Query, window: Window) -> Found[PostDetail]:
        with self._store.lock:
            known = self._known(query)
            rows = (
                row
                for row in listed_posts(self._store, reader).values()
                if known is not None
                and known.finds(
                    row.post.id,
                    _kept_search_text(
                        author_id=row.post.author_id,
                        title=row.post.text.title,
                        html=row.post.html.body_html,
                        tags=row.post.tags,
                    ),
                )
            )
            return _found(rows, window, lambda row: row.post.id, lambda row: listed_detail_of(self._store, row, reader))

    def comments(self, reader: Reader | None, query: Query, window: Window) -> Found[CommentCard]:
        with self._store.lock:
            known = self._known(query)
            rows = (
                (comment, post)
                for comment, post in listed_comments(self._store, reader)
                if known is not None
                and not comment.hidden
                and known.finds(comment.id, _kept_search_text(author_id=comment.author_id, html=comment.body_html))
            )
            return _found(
                rows, window, lambda pair: pair[0].id, lambda pair: listed_card_of(self._store, *pair, reader)
            )

    def _known(self, query: Query) -> Query | None:
        """A member who has left has no name."""
        names, accounts = self._store.names.committed, self._store.accounts.committed
        ids = {key: names.get(key) for key in (*query.authors, *query.excluded_authors)}
        there = {key: id for key, id in ids.items() if id is not None and not accounts[id].account.deleted}
        return query.with_authors(there)


def _found(rows: Iterable[R], window: Window, id_of: Callable[[R], int], record: Callable[[R], C]) -> Found[C]:
    page = cut(rows, Window(window.size, before=window.before), id_of, record)
    return Found(replace(page, after=None))


class MemorySearchIndex:
    """Nothing is ever left to do."""

    def forget_version(self) -> None: ...

    def begun(self) -> bool:
        return False

    def count_left(self, at_most: int) -> int:
        return 0

    def make_some(self, place: Place, limit: int, *, settled: int) -> Made:
        return Made(0, None)

    def is_full(self) -> bool:
        return False

    def begin_segments(self, first_id: int) -> None: ...
