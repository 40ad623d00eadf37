"""One unit of work at a time: the next one waits at the gate, as writers do on SQLite."""

from types import TracebackType
from typing import Self

from adapters.memory.accounts import MemoryAccounts, MemoryFollows, MemoryTallies
from adapters.memory.outbox import MemoryOnceKeys, MemoryOutbox
from adapters.memory.posts import MemoryComments, MemoryModerationLog, MemoryPosts
from adapters.memory.sessions import MemoryLinks, MemorySessions
from adapters.memory.store import Store
from domain.errors import TryAgain

PATIENCE = 5.0


class MemoryUnitOfWork:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.accounts = MemoryAccounts(store)
        self.follows = MemoryFollows(store)
        self.posts = MemoryPosts(store)
        self.comments = MemoryComments(store)
        self.tallies = MemoryTallies(store)
        self.sessions = MemorySessions(store)
        self.links = MemoryLinks(store)
        self.moderation_log = MemoryModerationLog(store)
        self.outbox = MemoryOutbox(store)
        self.once = MemoryOnceKeys(store)

    def __enter__(self) -> Self:
        if not self._store.gate.acquire(timeout=PATIENCE):
            raise TryAgain()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.discard()
        self._store.gate.release()

    def commit(self) -> None:
        self._store.commit()
