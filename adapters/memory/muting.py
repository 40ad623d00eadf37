"""Mutes and blocks in memory, and the lists of members that show them."""

from collections.abc import Callable
from dataclasses import replace

from adapters.memory.members import member_name_of
from adapters.memory.paging import cut
from adapters.memory.people import profile_of
from adapters.memory.store import Store
from application.ports.members import MemberName
from application.ports.muting import MuteCard, MutedProfile
from application.ports.paging import COUNTED_AT_MOST, CountedUpTo, Page, Window
from domain.errors import NotFound
from domain.muting import Mute
from domain.roles import Reader


class MemoryMutes:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, owner_id: int, other_id: int) -> Mute | None:
        found = self._store.mutes.find((owner_id, other_id))
        return None if found is None else replace(found)

    def save(self, mute: Mute) -> None:
        pair = (mute.owner_id, mute.other_id)
        if not mute.hides:
            self._store.mutes.remove(pair)
            return
        if any(self._store.accounts.find(id) is None for id in pair):
            raise NotFound()
        stored = self._store.mutes.find(pair)
        self._store.mutes.put(pair, replace(mute, id=mute.id if stored is None else stored.id))

    def is_block_between(self, one_id: int, other_id: int) -> bool:
        either = (self._store.mutes.find(pair) for pair in ((one_id, other_id), (other_id, one_id)))
        return any(mute is not None and mute.blocked for mute in either)

    def remove_some_of(self, account_id: int, limit: int) -> int:
        pairs = [(mute.owner_id, mute.other_id) for mute in self._store.mutes.rows()]
        some = [pair for pair in pairs if account_id in pair][:limit]
        for pair in some:
            self._store.mutes.remove(pair)
        return len(some)


class MemoryMuteFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def people(self, reader: Reader, window: Window) -> Page[MuteCard]:
        with self._store.lock:
            cards = [
                MuteCard(mute.id, member, muted=mute.muted, blocked=mute.blocked)
                for mute, member in self._others(reader)
            ]
            return cut(cards, window, lambda card: card.id, lambda card: card)

    def muted_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]:
        return self._profiles(reader, lambda mute: mute.muted, window)

    def blocked_profiles(self, reader: Reader, window: Window) -> CountedUpTo[MutedProfile]:
        return self._profiles(reader, lambda mute: mute.blocked, window)

    def _profiles(self, reader: Reader, is_shown: Callable[[Mute], bool], window: Window) -> CountedUpTo[MutedProfile]:
        with self._store.lock:
            accounts = self._store.accounts.committed
            shown = [mute for mute, _ in self._others(reader) if is_shown(mute)]
            page = cut(
                shown,
                window,
                lambda mute: mute.id,
                lambda mute: MutedProfile(mute.id, profile_of(self._store, accounts[mute.other_id], reader)),
            )
            return CountedUpTo(page, len(shown) if len(shown) <= COUNTED_AT_MOST else None)

    def _others(self, reader: Reader) -> list[tuple[Mute, MemberName]]:
        """Without deleted members."""
        theirs = (mute for mute in self._store.mutes.committed.values() if mute.owner_id == reader.id)
        named = ((mute, member_name_of(self._store, mute.other_id)) for mute in theirs)
        return [(mute, member) for mute, member in named if member is not None]
