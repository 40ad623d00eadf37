"""One unit of work at a time: the next one waits at the gate, as writers do on SQLite."""

from types import TracebackType
from typing import Self

from adapters.memory.accounts import MemoryAccounts, MemoryFollows, MemoryTallies
from adapters.memory.outbox import MemoryOnceKeys, MemoryOutbox
from adapters.memory.posts import MemoryComments, MemoryModerationLog, MemoryPosts
from adapters.memory.sessions import MemoryLinks, MemorySessions
from adapters.memory.store import Store
from application.ports import (
    Accounts,
    Comments,
    Follows,
    Links,
    ModerationLog,
    OnceKeys,
    Outbox,
    Posts,
    Sessions,
    Tallies,
)
from domain.errors import TryAgain

PATIENCE = 5.0


class MemoryUnitOfWork:
    def __init__(self, store: Store, *, patience: float = PATIENCE) -> None:
        self._store = store
        self._patience = patience
        self.accounts: Accounts = MemoryAccounts(store)
        self.follows: Follows = MemoryFollows(store)
        self.posts: Posts = MemoryPosts(store)
        self.comments: Comments = MemoryComments(store)
        self.tallies: Tallies = MemoryTallies(store)
        self.sessions: Sessions = MemorySessions(store)
        self.links: Links = MemoryLinks(store)
        self.moderation_log: ModerationLog = MemoryModerationLog(store)
        self.outbox: Outbox = MemoryOutbox(store)
        self.once: OnceKeys = MemoryOnceKeys(store)

    def __enter__(self) -> Self:
        if not self._store.gate.acquire(timeout=self._patience):
            raise TryAgain()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.discard()
        self._store.gate.release()

    def commit(self) -> None:
        self._store.commit()
