"""Follows in memory, and the lists of members that show them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from heapq import nlargest
from typing import TypeVar

from adapters.memory.members import account_named, member_name_of
from adapters.memory.muted import is_block_between, muted_by
from adapters.memory.paging import cut, cut_bounded
from adapters.memory.people import profile_of, refuses
from adapters.memory.store import Store
from adapters.memory.visibility import listed_people, listed_posts
from application.ports.following import LATELY, FollowCard, FollowProfile
from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from application.ports.people import Profile
from domain.errors import NotFound
from domain.following import Follow
from domain.roles import Reader

R = TypeVar("R")


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


class MemoryFollowFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def followers(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        with self._store.lock:
            return self._cards(reader, window, account_id, _followed, _follower)

    def following(self, reader: Reader | None, account_id: int, window: Window) -> Page[FollowCard]:
        with self._store.lock:
            return self._cards(reader, window, account_id, _follower, _followed)

    def follower_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        with self._store.lock:
            row = account_named(self._store, username)
            page = self._profiles(reader, window, row.account.id, _followed, _follower)
            return Counted(page, row.tally.followers)

    def following_profiles(self, reader: Reader | None, username: str, window: Window) -> Counted[FollowProfile]:
        with self._store.lock:
            row = account_named(self._store, username)
            page = self._profiles(reader, window, row.account.id, _follower, _followed)
            return Counted(page, row.tally.following)

    def suggestions(self, reader: Reader, limit: int, at: datetime) -> tuple[Profile, ...]:
        def is_new(account_id: int) -> bool:
            is_followed = (reader.id, account_id) in self._store.follows.committed
            return not is_followed and not is_block_between(self._store, reader, account_id)

        with self._store.lock:
            posts = listed_posts(self._store, reader)
            authors = {posts[id].post.author_id for id in nlargest(LATELY, posts)} - {reader.id}
            people = listed_people(self._store, reader, at)
            rows = (row for row in people if row.account.id in authors and is_new(row.account.id))
            first = nlargest(limit, rows, key=lambda row: (row.tally.followers, row.account.id))
            return tuple(profile_of(self._store, row, reader) for row in first)

    def _listed(
        self, account_id: int, whose: Callable[[Follow], int], shown: Callable[[Follow], int]
    ) -> dict[int, MemberName | None]:
        """The members to show, by the id of the follow. None for deleted ones."""
        theirs = (follow for follow in self._store.follows.committed.values() if whose(follow) == account_id)
        return {follow.id: member_name_of(self._store, shown(follow)) for follow in theirs}

    def _cards(
        self,
        reader: Reader | None,
        window: Window,
        account_id: int,
        whose: Callable[[Follow], int],
        shown: Callable[[Follow], int],
    ) -> Page[FollowCard]:
        follows = self._store.follows.committed

        def card_of(follow_id: int, member: MemberName) -> FollowCard:
            followed = reader is not None and (reader.id, member.id) in follows
            row = self._store.accounts.committed[member.id]
            return FollowCard(follow_id, member, followed=followed, refuses=refuses(self._store, row, reader))

        return self._cut(reader, account_id, self._listed(account_id, whose, shown), window, card_of)

    def _profiles(
        self,
        reader: Reader | None,
        window: Window,
        account_id: int,
        whose: Callable[[Follow], int],
        shown: Callable[[Follow], int],
    ) -> Page[FollowProfile]:
        accounts = self._store.accounts.committed

        def record(follow_id: int, member: MemberName) -> FollowProfile:
            return FollowProfile(follow_id, profile_of(self._store, accounts[member.id], reader))

        return self._cut(reader, account_id, self._listed(account_id, whose, shown), window, record)

    def _cut(
        self,
        reader: Reader | None,
        account_id: int,
        listed: dict[int, MemberName | None],
        window: Window,
        record: Callable[[int, MemberName], R],
    ) -> Page[R]:
        """Leaves out whom the reader mutes, but not on the reader's own lists."""
        muted = frozenset() if reader is not None and reader.id == account_id else muted_by(self._store, reader)
        rows = [(id, member) for id, member in listed.items() if member is not None and member.id not in muted]
        if reader is None or not reader.mutes:
            return cut(rows, window, lambda row: row[0], lambda row: record(*row))
        return cut_bounded(rows, window, lambda row: row[0], lambda row: record(*row), listed)


def _follower(follow: Follow) -> int:
    return follow.follower_id


def _followed(follow: Follow) -> int:
    return follow.followed_id
