"""Finds counters and search texts that are not what they should be, and makes them right while the site is in use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from application.ports.mending import Counter, Drift, Part
from application.ports.work import UnitOfWork
from application.repeating import Repeat

T = TypeVar("T")

# So many members, posts, comments or tags are compared in one statement.
PART = 200
_OF_SITE = (Counter.MEMBERS, Counter.POSTS, Counter.COMMENTS, Counter.LOG_ENTRIES)


@dataclass(frozen=True, slots=True)
class Compared:
    """`done` of `total` members, posts, comments and tags are compared. `drifts` are those of the last part."""

    done: int
    total: int
    drifts: tuple[Drift, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mending:
    """Each part is a unit of work of its own that only reads, so a large site is in nobody's way."""

    repeat: Repeat

    def compare_counters(self) -> Iterator[Compared]:
        """All counters, part by part."""
        done, total = 0, self.repeat.reading(lambda work: work.counters.owners())
        drifts = (self.repeat.reading(_of_site, counter) for counter in _OF_SITE)
        yield Compared(0, total, tuple(filter(None, drifts)))
        for next_part in (_of_members, _of_posts, _of_comments, _of_tags):
            for part in self._parts(next_part):
                done += part.size
                yield Compared(done, max(done, total), part.wrong)

    def recount(self, drift: Drift) -> None:
        self.repeat(_recount, drift)

    def stale_texts(self) -> Iterator[Part[int]]:
        """The members whose search text is behind, part by part."""
        return self._parts(_stale)

    def store_text(self, account_id: int) -> None:
        self.repeat(_store_text, account_id)

    def is_index_behind(self) -> bool:
        return self.repeat.reading(lambda work: work.search_texts.is_index_behind())

    def fill_index(self) -> None:
        self.repeat(_fill_index)

    def _parts(self, next_part: Callable[[UnitOfWork, int], Part[T]]) -> Iterator[Part[T]]:
        after: int | None = 0
        while after is not None:
            part = self.repeat.reading(next_part, after)
            yield part
            after = part.last_id


def _of_site(work: UnitOfWork, counter: Counter) -> Drift | None:
    return work.counters.of_site(counter)


def _of_members(work: UnitOfWork, after: int) -> Part[Drift]:
    return work.counters.of_members(after, PART)


def _of_posts(work: UnitOfWork, after: int) -> Part[Drift]:
    return work.counters.of_posts(after, PART)


def _of_comments(work: UnitOfWork, after: int) -> Part[Drift]:
    return work.counters.of_comments(after, PART)


def _of_tags(work: UnitOfWork, after: int) -> Part[Drift]:
    return work.counters.of_tags(after, PART)


def _stale(work: UnitOfWork, after: int) -> Part[int]:
    return work.search_texts.stale(after, PART)


def _recount(work: UnitOfWork, drift: Drift) -> None:
    work.counters.recount(drift.counter, drift.owner_id)
    work.commit()


def _store_text(work: UnitOfWork, account_id: int) -> None:
    work.search_texts.store(account_id)
    work.commit()


def _fill_index(work: UnitOfWork) -> None:
    work.search_texts.fill_index()
    work.commit()
