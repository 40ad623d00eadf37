"""What the overview of administrators is made of, in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from adapters.memory.admitting import waits
from adapters.memory.store import Store
from adapters.memory.tallies import total_of
from application.ports.overview import Queue, Standing
from application.ports.paging import COUNTED_AT_MOST
from application.ports.tallies import Total
from domain.cases import Case
from domain.joining import Admission
from domain.overview import Daily, Series

_ONE = 1


class MemoryHeartbeat:
    def __init__(self, store: Store) -> None:
        self._store = store

    def beat(self, at: datetime) -> None:
        self._store.heartbeat.put(_ONE, at)


class MemoryOverviewFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self) -> Standing:
        store = self._store
        with store.lock:
            cases = sorted((case for case in store.cases.committed.values() if case.entry_id is None), key=_place)
            appeals = (appeal.id for appeal in store.appeals.committed.values() if appeal.verdict is None)
            people = (row.account.id for row in store.accounts.committed.values() if waits(row.account))
            return Standing(
                members=total_of(store, Total.MEMBERS),
                posts=total_of(store, Total.POSTS),
                comments=total_of(store, Total.COMMENTS),
                cases=_queue(case.id for case in cases),
                appeals=_queue(sorted(appeals)),
                people=_queue(sorted(people)),
                worker_seen_at=store.heartbeat.committed.get(_ONE),
                storage="",
                storage_bytes=None,
            )

    def days(self, first: date, last: date) -> Mapping[Daily, int]:
        with self._store.lock:
            return {
                counter: amount
                for counter, amount in self._store.totals.committed.items()
                if isinstance(counter, Daily) and first <= counter.day <= last
            }


def _place(case: Case) -> int:
    return case.place


def _queue(ids: Iterable[int]) -> Queue:
    some = list(ids)[:COUNTED_AT_MOST]
    return Queue(len(some), min(some, default=None))


def days_counted(store: Store) -> Counter[Daily]:
    """The counters of days anew, from what is there. A sign-up is counted on the day when somebody registered."""
    accounts = (row.account for row in store.accounts.rows())
    made = {
        Series.SIGN_UPS: (each.id for each in accounts if each.confirmed and each.admission is Admission.ADMITTED),
        Series.POSTS: (row.post.id for row in store.posts.rows()),
        Series.COMMENTS: (comment.id for comment in store.comments.rows()),
    }
    return Counter(Daily.of(series, id) for series, ids in made.items() for id in ids)
