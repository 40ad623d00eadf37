"""Whom a text may mention, in memory."""

from collections.abc import Collection, Mapping

from adapters.memory.store import Store


class MemoryMentionFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def mentionable(self, author_id: int, keys: Collection[str]) -> Mapping[str, int]:
        with self._store.lock:
            named = {key: id for key in keys if (id := self._store.names.committed.get(key)) is not None}
            return {key: id for key, id in named.items() if self._is_mentionable(author_id, id)}

    def _is_mentionable(self, author_id: int, account_id: int) -> bool:
        mutes, account = self._store.mutes.committed, self._store.accounts.committed[account_id].account
        either = (mutes.get((author_id, account_id)), mutes.get((account_id, author_id)))
        return not account.deleted and not any(mute is not None and mute.blocked for mute in either)
