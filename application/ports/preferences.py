"""Of what members want to be told, in the storage and on their own page."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from domain.preferences import Preferences
from domain.roles import Reader


class StoredPreferences(Protocol):
    """Of each account. One that has changed nothing, and one that is gone, has the defaults."""

    def of(self, account_id: int) -> Preferences: ...
    def of_all(self, account_ids: Iterable[int]) -> Mapping[int, Preferences]:
        """Those of each of these accounts."""

    def save(self, account_id: int, preferences: Preferences) -> None:
        """Replaces all. Whoever saves holds the account by `lock`. Raises NotFound when the account is gone."""


class PreferenceFeeds(Protocol):
    def of(self, reader: Reader) -> Preferences:
        """The reader's own."""
