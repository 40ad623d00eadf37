"""The tables: what is committed, and what the one open unit of work has staged on top.

Stored things are copied on the way in and out, so nobody holds what the store holds.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from application.ports.tallies import Tally, Total
from domain.accounts import Account
from domain.comments import Comment
from domain.credentials import Link, Purpose
from domain.following import Follow
from domain.moderation import LogEntry
from domain.once import Once
from domain.outbox import Mail
from domain.posts import Post
from domain.sessions import Session

K = TypeVar("K")
V = TypeVar("V")


class Table(Generic[K, V]):
    """Rows by key. Writers stage, `commit` makes it visible; `committed` is for readers."""

    def __init__(self) -> None:
        self.committed: dict[K, V] = {}
        self._staged: dict[K, V | None] = {}

    def find(self, key: K) -> V | None:
        return self._staged[key] if key in self._staged else self.committed.get(key)

    def put(self, key: K, row: V) -> None:
        self._staged[key] = row

    def remove(self, key: K) -> None:
        self._staged[key] = None

    def rows(self) -> Iterator[V]:
        for key, row in self.committed.items():
            if key not in self._staged:
                yield row
        for staged in list(self._staged.values()):
            if staged is not None:
                yield staged

    def commit(self) -> None:
        for key, row in self._staged.items():
            if row is None:
                self.committed.pop(key, None)
            else:
                self.committed[key] = row
        self._staged.clear()

    def discard(self) -> None:
        self._staged.clear()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with what the storage keeps beside it."""

    account: Account
    last_seen_at: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class PostRow:
    post: Post
    comment_count: int


@dataclass(slots=True)
class Store:
    """Everything. `gate` lets one unit of work in at a time; `lock` guards the moment of a commit against readers."""

    accounts: Table[int, AccountRow] = field(default_factory=Table)
    follows: Table[tuple[int, int], Follow] = field(default_factory=Table)
    posts: Table[int, PostRow] = field(default_factory=Table)
    comments: Table[int, Comment] = field(default_factory=Table)
    sessions: Table[int, Session] = field(default_factory=Table)
    links: Table[tuple[int, Purpose], Link] = field(default_factory=Table)
    log: Table[int, LogEntry] = field(default_factory=Table)
    outbox: Table[int, Mail] = field(default_factory=Table)
    once: Table[tuple[int, str], Once] = field(default_factory=Table)
    totals: Table[Total, int] = field(default_factory=Table)
    gate: threading.Lock = field(default_factory=threading.Lock)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def commit(self) -> None:
        with self.lock:
            for table in self.tables():
                table.commit()

    def discard(self) -> None:
        for table in self.tables():
            table.discard()

    def tables(self) -> tuple[Table[Any, Any], ...]:
        return (
            self.accounts,
            self.follows,
            self.posts,
            self.comments,
            self.sessions,
            self.links,
            self.log,
            self.outbox,
            self.once,
            self.totals,
        )
