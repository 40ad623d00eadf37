"""What the mutes and blocks of a reader mean for what is read. The caller holds the store's lock."""

from collections.abc import Container

from adapters.memory.store import Store
from domain.muting import Mute
from domain.roles import Reader


def muted_by(store: Store, reader: Reader | None) -> Container[int]:
    """The ids of the accounts that this reader mutes or blocks."""
    if reader is None or not reader.mutes:
        return frozenset()
    return {mute.other_id for mute in store.mutes.committed.values() if mute.owner_id == reader.id}


def mute_by(store: Store, reader: Reader | None, account_id: int) -> Mute | None:
    if reader is None or not reader.mutes:
        return None
    return store.mutes.committed.get((reader.id, account_id))


def mutes_anybody(store: Store, account_id: int) -> bool:
    return any(owner_id == account_id for owner_id, _ in store.mutes.committed)


def is_block_between(store: Store, reader: Reader | None, account_id: int) -> bool:
    if reader is None:
        return False
    theirs, own = store.mutes.committed.get((account_id, reader.id)), mute_by(store, reader, account_id)
    return any(mute is not None and mute.blocked for mute in (theirs, own))
