"""Likes in memory, and the list of members who like a post."""

from dataclasses import replace
from typing import Any

from adapters.memory.members import member_name_of
from adapters.memory.muted import muted_by
from adapters.memory.paging import cut, cut_bounded
from adapters.memory.people import refuses
from adapters.memory.store import Store, Table
from adapters.memory.visibility import visible_posts
from application.ports.liking import LikeCard
from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.errors import NotFound
from domain.liking import Like
from domain.roles import Reader


class MemoryLikes:
    """Of posts or of comments. `things` is the table that they are in."""

    def __init__(self, store: Store, likes: Table[tuple[int, int], Like], things: Table[int, Any]) -> None:
        self._store = store
        self._likes = likes
        self._things = things

    def add(self, like: Like) -> bool:
        key = (like.thing_id, like.account_id)
        if self._things.find(like.thing_id) is None or self._store.accounts.find(like.account_id) is None:
            raise NotFound()
        if self._likes.find(key) is not None:
            return False
        self._likes.put(key, replace(like))
        return True

    def remove(self, thing_id: int, account_id: int) -> bool:
        there = self._likes.find((thing_id, account_id)) is not None
        self._likes.remove((thing_id, account_id))
        return there

    def some_of(self, account_id: int, limit: int) -> list[Like]:
        return [replace(like) for like in self._likes.rows() if like.account_id == account_id][:limit]


class MemoryLikeFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_post(self, reader: Reader | None, post_id: int, window: Window) -> Page[LikeCard]:
        with self._store.lock:
            if post_id not in visible_posts(self._store, reader):
                return Page(())
            likes = [like for like in self._store.post_likes.committed.values() if like.thing_id == post_id]
            named = [(like.id, member_name_of(self._store, like.account_id)) for like in likes]
            muted = muted_by(self._store, reader)
            cards = [
                self._card_of(id, member, reader)
                for id, member in named
                if member is not None and member.id not in muted
            ]
            if reader is None or not reader.mutes:
                return cut(cards, window, lambda card: card.id, lambda card: card)
            return cut_bounded(cards, window, lambda card: card.id, lambda card: card, (like.id for like in likes))

    def _card_of(self, id: int, member: MemberName, reader: Reader | None) -> LikeCard:
        followed = reader is not None and (reader.id, member.id) in self._store.follows.committed
        row = self._store.accounts.committed[member.id]
        return LikeCard(id, member, followed=followed, refuses=refuses(self._store, row, reader))
