"""Follows in memory, and the lists of members that show them."""

from collections.abc import Callable
from dataclasses import replace
from heapq import nlargest

from adapters.memory.members import account_named, member_name_of
from adapters.memory.paging import cut
from adapters.memory.people import profile_of
from adapters.memory.store import Store
from adapters.memory.visibility import listed_posts
from application.ports.following import LATELY, FollowCard, FollowProfile
from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from application.ports.people import Profile
from domain.errors import NotFound
from domain.following import Follow
from domain.roles import Reader


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

    def suggestions(self, reader: Reader, limit: int) -> tuple[Profile, ...]:
        with self._store.lock:
            posts = listed_posts(self._store, reader)
            authors = {posts[id].post.author_id for id in nlargest(LATELY, posts)} - {reader.id}
            follows = self._store.follows.committed
            rows = (self._store.accounts.committed[id] for id in authors if (reader.id, id) not in follows)
            active = (row for row in rows if row.account.active)
            first = nlargest(limit, active, key=lambda row: (row.tally.followers, row.account.id))
            return tuple(profile_of(self._store, row, reader) for row in first)

    def _listed(
        self, account_id: int, whose: Callable[[Follow], int], shown: Callable[[Follow], int]
    ) -> dict[int, MemberName]:
        """The members to show, by the id of the follow. Deleted members are left out."""
        theirs = (follow for follow in self._store.follows.committed.values() if whose(follow) == account_id)
        members = ((follow.id, member_name_of(self._store, shown(follow))) for follow in theirs)
        return {id: member for id, member in members if member is not None}

    def _cards(
        self,
        reader: Reader | None,
        window: Window,
        account_id: int,
        whose: Callable[[Follow], int],
        shown: Callable[[Follow], int],
    ) -> Page[FollowCard]:
        members, follows = self._listed(account_id, whose, shown), self._store.follows.committed

        def card_of(follow_id: int) -> FollowCard:
            member = members[follow_id]
            followed = reader is not None and (reader.id, member.id) in follows
            return FollowCard(follow_id, member, followed=followed)

        return cut(members, window, int, card_of)

    def _profiles(
        self,
        reader: Reader | None,
        window: Window,
        account_id: int,
        whose: Callable[[Follow], int],
        shown: Callable[[Follow], int],
    ) -> Page[FollowProfile]:
        members, accounts = self._listed(account_id, whose, shown), self._store.accounts.committed
        return cut(
            members,
            window,
            int,
            lambda follow_id: FollowProfile(
                follow_id, profile_of(self._store, accounts[members[follow_id].id], reader)
            ),
        )


def _follower(follow: Follow) -> int:
    return follow.follower_id


def _followed(follow: Follow) -> int:
    return follow.followed_id
