"""The counters of members, of posts and of the site, in memory."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.memory.store import Store
from application.ports.tallies import Tally, Total
from domain.overview import Daily


class MemoryTallies:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, changes: Mapping[int, Tally]) -> None:
        for account_id, change in changes.items():
            row = self._store.accounts.find(account_id)
            if row is not None:
                self._store.accounts.put(account_id, replace(row, tally=row.tally + change))

    def add_comments(self, post_id: int, count: int) -> None:
        row = self._store.posts.find(post_id)
        if row is not None:
            self._store.posts.put(post_id, replace(row, comment_count=row.comment_count + count))

    def add_likes(self, post_id: int, count: int) -> None:
        row = self._store.posts.find(post_id)
        if row is not None:
            self._store.posts.put(post_id, replace(row, like_count=row.like_count + count))

    def add_likes_of_comment(self, comment_id: int, count: int) -> None:
        if self._store.comments.find(comment_id) is not None:
            counted = self._store.comment_like_counts.find(comment_id) or 0
            self._store.comment_like_counts.put(comment_id, counted + count)

    def add_to_site(self, changes: Mapping[Total | Daily, int], *, shard_of: int) -> None:
        for total, change in changes.items():
            self._store.totals.put(total, (self._store.totals.find(total) or 0) + change)


def total_of(store: Store, total: Total) -> int:
    """The caller holds the store's lock."""
    return store.totals.committed.get(total, 0)
