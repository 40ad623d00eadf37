"""What was brought here from another site, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import Store, Table
from adapters.memory.visibility import visible_posts
from application.ports.flasky import Brought
from domain.errors import NotFound, TryAgain
from domain.flasky import Kind
from domain.identifiers import username_key
from domain.roles import Reader


class MemoryBroughtThings:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, kind: Kind, numbers: Sequence[int]) -> dict[int, Brought]:
        found = (self._store.flasky.find((kind, number, 0)) for number in numbers)
        return {thing.number: thing for thing in found if thing is not None}

    def find_follows(self, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        return {pair for pair in pairs if self._store.flasky.find((Kind.FOLLOW, *pair)) is not None}

    def add(self, things: Sequence[Brought]) -> None:
        for thing in things:
            key = (thing.kind, thing.number, thing.followed)
            if self._store.flasky.find(key) is not None:
                raise TryAgain()
            self._store.flasky.put(key, thing)

    def is_old_user(self, account_id: int) -> bool:
        return any(thing.kind is Kind.USER and thing.made_id == account_id for thing in self._store.flasky.rows())

    def taken(self, kind: Kind, ids: Sequence[int]) -> set[int]:
        tables: dict[Kind, Table[int, object]] = {
            Kind.USER: self._store.accounts,  # type: ignore[dict-item]
            Kind.POST: self._store.posts,  # type: ignore[dict-item]
            Kind.COMMENT: self._store.comments,  # type: ignore[dict-item]
        }
        return {id for id in ids if tables[kind].find(id) is not None}

    def note_visit(self, account_id: int, at: datetime) -> None:
        row = self._store.accounts.find(account_id)
        if row is not None:
            self._store.accounts.put(account_id, replace(row, last_seen_at=at))


class MemoryFlaskyFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def username(self, reader: Reader | None, old_username: str) -> str:
        with self._store.lock:
            users = [thing for thing in self._store.flasky.committed.values() if thing.kind is Kind.USER]
            owner = self._store.names.committed.get(username_key(old_username))
            found = [thing.made_id for thing in users if thing.name == old_username]
            found += [thing.made_id for thing in users if thing.made_id == owner]
            account = self._store.accounts.committed[found[0]].account if found else None
            if account is None or account.deleted:
                raise NotFound()
            return account.username.text

    def post_id(self, reader: Reader | None, number: int) -> int:
        with self._store.lock:
            thing = self._store.flasky.committed.get((Kind.POST, number, 0))
            if thing is None or thing.made_id not in visible_posts(self._store, reader):
                raise NotFound()
            return thing.made_id
