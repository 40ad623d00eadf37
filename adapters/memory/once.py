"""Idempotency keys in memory."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.store import Store
from domain.errors import TryAgain
from domain.once import Once


class MemoryOnceKeys:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, owner_id: int, key: str) -> Once | None:
        once = self._store.once.find((owner_id, key))
        return None if once is None else replace(once)

    def add(self, once: Once) -> None:
        if self._store.once.find((once.owner_id, once.key)) is not None:
            raise TryAgain()
        self._store.once.put((once.owner_id, once.key), replace(once))

    def remove_older(self, before: datetime) -> None:
        for once in list(self._store.once.rows()):
            if once.made_at < before:
                self._store.once.remove((once.owner_id, once.key))
