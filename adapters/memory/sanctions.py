"""Sanctions in memory, and those of a member."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.appeals import record_card_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from application.ports.appeals import RecordCard
from application.ports.paging import COUNTED_AT_MOST, CountedUpTo, Page, Window
from domain.errors import NotFound, TryAgain
from domain.roles import Reader
from domain.sanctions import Sanction


class MemorySanctions:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, sanction_id: int) -> Sanction:
        sanction = self._store.sanctions.find(sanction_id)
        if sanction is None:
            raise NotFound()
        return replace(sanction)

    def add(self, sanction: Sanction) -> None:
        if self._store.log.find(sanction.id) is None or self._store.accounts.find(sanction.account_id) is None:
            raise NotFound()
        if self._store.sanctions.find(sanction.id) is not None:
            raise TryAgain()
        self._store.sanctions.put(sanction.id, replace(sanction))

    def save(self, sanction: Sanction) -> None:
        self._store.sanctions.put(sanction.id, replace(sanction))

    def holding(self, account_id: int, at: datetime) -> list[Sanction]:
        theirs = (row for row in self._store.sanctions.rows() if row.account_id == account_id and row.holds(at))
        return [replace(row) for row in sorted(theirs, key=lambda row: row.id)]

    def some_ended(self, at: datetime, limit: int) -> list[Sanction]:
        ended = [
            row for row in self._store.sanctions.rows() if not row.told and row.until is not None and row.until <= at
        ]
        return [replace(row) for row in sorted(ended, key=lambda row: (row.until, row.id))[:limit]]


class MemorySanctionFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of_person(self, reader: Reader | None, account_id: int, window: Window) -> CountedUpTo[RecordCard]:
        with self._store.lock:
            rows = self._store.sanctions.committed
            log = self._store.log.committed
            theirs = [log[row.id] for row in rows.values() if row.account_id == account_id]
            count = len(theirs) if len(theirs) <= COUNTED_AT_MOST else None
            page = cut(theirs, window, lambda entry: entry.id, lambda entry: record_card_of(self._store, entry, reader))
            return CountedUpTo(page, count)

    def about_person(self, reader: Reader | None, account_id: int, window: Window) -> Page[RecordCard]:
        with self._store.lock:
            entries = (entry for entry in self._store.log.committed.values() if entry.about_id == account_id)
            return cut(
                entries, window, lambda entry: entry.id, lambda entry: record_card_of(self._store, entry, reader)
            )

    def sanction(self, reader: Reader | None, sanction_id: int) -> RecordCard:
        with self._store.lock:
            if sanction_id not in self._store.sanctions.committed:
                raise NotFound()
            return record_card_of(self._store, self._store.log.committed[sanction_id], reader)
