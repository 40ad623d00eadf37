"""Bookmarks in memory, and the list of their member."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adapters.memory.paging import cut_bounded
from adapters.memory.posts import card_of, listed_detail_of
from adapters.memory.store import PostRow, Store
from adapters.memory.visibility import listed_posts
from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from domain.bookmarks import Bookmark
from domain.errors import NotFound
from domain.roles import Reader

R = TypeVar("R")


class MemoryBookmarks:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, bookmark: Bookmark) -> bool:
        key = (bookmark.account_id, bookmark.post_id)
        if self._store.posts.find(bookmark.post_id) is None or self._store.accounts.find(bookmark.account_id) is None:
            raise NotFound()
        if self._store.bookmarks.find(key) is not None:
            return False
        self._store.bookmarks.put(key, replace(bookmark))
        return True

    def remove(self, account_id: int, post_id: int) -> bool:
        there = self._store.bookmarks.find((account_id, post_id)) is not None
        self._store.bookmarks.remove((account_id, post_id))
        return there

    def remove_some_of(self, account_id: int, limit: int) -> int:
        some = [row for row in self._store.bookmarks.rows() if row.account_id == account_id][:limit]
        for bookmark in some:
            self._store.bookmarks.remove((account_id, bookmark.post_id))
        return len(some)


class MemoryBookmarkFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def posts(self, reader: Reader, window: Window) -> Page[PostCard]:
        return self._page(reader, window, lambda row: card_of(self._store, row, reader))

    def whole_posts(self, reader: Reader, window: Window) -> Page[PostDetail]:
        return self._page(reader, window, lambda row: listed_detail_of(self._store, row, reader))

    def _page(self, reader: Reader, window: Window, record: Callable[[PostRow], R]) -> Page[R]:
        with self._store.lock:
            posts = listed_posts(self._store, reader)
            own = [row for row in self._store.bookmarks.committed.values() if row.account_id == reader.id]
            return cut_bounded(
                [row for row in own if row.post_id in posts],
                window,
                lambda row: row.id,
                lambda row: record(posts[row.post_id]),
                (row.id for row in own),
            )
