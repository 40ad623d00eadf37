"""Watches in memory."""

from dataclasses import replace

from adapters.memory.store import Store
from domain.errors import NotFound
from domain.watching import Watch


class MemoryWatches:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, watch: Watch) -> bool:
        key = (watch.post_id, watch.account_id)
        if self._store.posts.find(watch.post_id) is None or self._store.accounts.find(watch.account_id) is None:
            raise NotFound()
        if self._store.watches.find(key) is not None:
            return False
        self._store.watches.put(key, replace(watch))
        return True

    def remove(self, post_id: int, account_id: int) -> bool:
        there = self._store.watches.find((post_id, account_id)) is not None
        self._store.watches.remove((post_id, account_id))
        return there

    def some_after(self, post_id: int, after_id: int, limit: int) -> list[tuple[int, int]]:
        rows = (row for row in self._store.watches.rows() if row.post_id == post_id and row.id > after_id)
        return sorted((row.id, row.account_id) for row in rows)[:limit]

    def remove_some_of(self, account_id: int, limit: int) -> int:
        some = [row for row in self._store.watches.rows() if row.account_id == account_id][:limit]
        for watch in some:
            self._store.watches.remove((watch.post_id, account_id))
        return len(some)
