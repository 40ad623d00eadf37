"""Members, who follows whom, and the counters of both."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.memory.store import AccountRow, PostRow, Store
from application.ports import Tally, Total
from domain.accounts import Account
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.following import Follow
from domain.ids import time_of


class MemoryAccounts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, account_id: int) -> Account:
        row = self._store.accounts.find(account_id)
        if row is None:
            raise NotFound()
        return replace(row.account)

    def find_by_username(self, key: str) -> Account | None:
        return self._find(lambda account: account.username.key == key)

    def find_by_email(self, key: str) -> Account | None:
        return self._find(lambda account: account.email.key == key)

    def add(self, account: Account) -> bool:
        if self.find_by_email(account.email.key) is not None:
            return False
        if self.find_by_username(account.username.key) is not None:
            raise AlreadyTaken("username")
        if self._store.accounts.find(account.id) is not None:
            raise TryAgain()
        row = AccountRow(account=replace(account), last_seen_at=time_of(account.id), tally=Tally())
        self._store.accounts.put(account.id, row)
        return True

    def save(self, account: Account) -> None:
        row = self._store.accounts.find(account.id)
        if row is None or row.account.version != account.version:
            raise TryAgain()
        for field, found in (
            ("username", self.find_by_username(account.username.key)),
            ("email", self.find_by_email(account.email.key)),
        ):
            if found is not None and found.id != account.id:
                raise AlreadyTaken(field)
        account.version += 1
        self._store.accounts.put(account.id, replace(row, account=replace(account)))

    def lock_administrators(self) -> list[int]:
        return sorted(row.account.id for row in self._store.accounts.rows() if row.account.administers)

    def _find(self, matches: Callable[[Account], bool]) -> Account | None:
        for row in self._store.accounts.rows():
            if matches(row.account):
                return replace(row.account)
        return None


class MemoryFollows:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, follow: Follow) -> bool:
        pair = (follow.follower_id, follow.followed_id)
        if any(self._store.accounts.find(id) is None for id in pair):
            raise NotFound()
        if self._store.follows.find(pair) is not None:
            return False
        self._store.follows.put(pair, replace(follow))
        return True

    def remove(self, follower_id: int, followed_id: int) -> bool:
        there = self._store.follows.find((follower_id, followed_id)) is not None
        self._store.follows.remove((follower_id, followed_id))
        return there

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        mine = [
            replace(follow)
            for follow in self._store.follows.rows()
            if account_id in (follow.follower_id, follow.followed_id)
        ]
        return mine[:limit]


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
            self._store.posts.put(post_id, PostRow(row.post, row.comment_count + count))

    def add_to_site(self, changes: Mapping[Total, int], *, shard_of: int) -> None:
        for total, change in changes.items():
            self._store.totals.put(total, (self._store.totals.find(total) or 0) + change)
