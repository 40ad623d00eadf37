"""Preferences in memory."""

from collections.abc import Iterable, Mapping

from adapters.memory.store import Store
from domain.errors import NotFound
from domain.preferences import Preferences
from domain.roles import Reader


class MemoryPreferences:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, account_id: int) -> Preferences:
        return self._store.preferences.find(account_id) or Preferences()

    def of_all(self, account_ids: Iterable[int]) -> Mapping[int, Preferences]:
        return {account_id: self.of(account_id) for account_id in account_ids}

    def save(self, account_id: int, preferences: Preferences) -> None:
        if not preferences.changed:
            self._store.preferences.remove(account_id)
            return
        if self._store.accounts.find(account_id) is None:
            raise NotFound()
        self._store.preferences.put(account_id, Preferences(dict(preferences.changed)))


class MemoryPreferenceFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, reader: Reader) -> Preferences:
        with self._store.lock:
            return self._store.preferences.committed.get(reader.id) or Preferences()
