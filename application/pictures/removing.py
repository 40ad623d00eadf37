"""Removing pictures: the row in the commit, the files after it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.jobs import Handlers, Outcome
from application.ports.pictures.files import PictureFiles
from application.ports.tallies import Tally
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.errors import NotFound
from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.pictures import KEPT_UNUSED, LONG_AGO, Picture

BATCH = 100
# A commit that is that late has failed: its files belong to nobody.
_COMMITTED_WITHIN = timedelta(days=1)
# Files of a failed commit are looked for among pictures of this time, once in a while.
_LOOKED_BACK = timedelta(days=30)
_SWEPT_EVERY = timedelta(days=1)
# So many pictures are looked at in one unit of work.
_LOOKED_AT = 1_000


@dataclass(slots=True)
class LastSweep:
    """When this worker looked for files that belong to nobody."""

    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TidyingPictures:
    repeat: Repeat
    now: Now
    new_id: NewId
    picture_files: PictureFiles
    last_sweep: LastSweep = field(default_factory=LastSweep, init=False)

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.REMOVE_PICTURE: self._remove_files}

    def look(self) -> None:
        """Removes the pictures that nothing has shown for `KEPT_UNUSED`. Once a day it looks for pictures whose post or
        profile is gone, and for files that belong to nobody."""
        if self.last_sweep.at is None or not self.last_sweep.at <= self.now() < self.last_sweep.at + _SWEPT_EVERY:
            self._mend()
            self.sweep()
        while self.repeat(self._remove_unused):
            pass

    def sweep(self) -> int:
        """Removes files whose picture was never committed: a process died before. Answers of how many pictures."""
        now, removed = self.now(), 0
        after, end = make_id(now - _LOOKED_BACK, 0), make_id(now - _COMMITTED_WITHIN, 0)
        while found := [id for id in self.picture_files.ids(after, BATCH) if id < end]:
            orphans = set(found) - self.repeat.reading(_there, found)
            for picture_id in sorted(orphans):
                self.picture_files.remove(picture_id)
            removed += len(orphans)
            after = found[-1]
        self.last_sweep.at = now
        return removed

    def _remove_unused(self, work: UnitOfWork) -> bool:
        due = self.now() - KEPT_UNUSED
        found = work.pictures.unused(due, BATCH)
        removing = Removing(work, self.new_id, self.now())
        for picture_id in found:
            # A text may have begun to show it meanwhile.
            removing.remove(picture_id, lambda picture: picture.unused_since is not None and picture.unused_since < due)
        removing.count()
        work.commit()
        return bool(found)

    def _mend(self) -> None:
        """A process of an older version removes a post, or a member, and knows no pictures."""
        after: int | None = 0
        while after is not None:
            after = self.repeat(self._mend_some, after)

    def _mend_some(self, work: UnitOfWork, after: int) -> int | None:
        strays, last = work.pictures.strays(after, _LOOKED_AT)
        for picture_id in strays:
            work.pictures.release(picture_id, LONG_AGO)
        work.commit()
        return last

    def _remove_files(self, job: Job) -> Outcome:
        assert job.subject_id is not None
        self.picture_files.remove(job.subject_id)
        return Outcome.DONE


def _there(work: UnitOfWork, picture_ids: list[int]) -> set[int]:
    return work.pictures.there(picture_ids)


class Removing:
    """Removes pictures in one unit of work. A job removes the files of each after the commit. Call `count` last, which
    locks accounts, in the order of their ids."""

    def __init__(self, work: UnitOfWork, new_id: NewId, at: datetime) -> None:
        self._work = work
        self._new_id = new_id
        self._at = at
        self._tallies: dict[int, Tally] = {}

    def remove(self, picture_id: int, condition: Callable[[Picture], bool] = lambda _: True) -> None:
        """Unless it is gone, or the locked picture does not meet the condition."""
        work = self._work
        with suppress(NotFound):
            picture = work.pictures.lock(picture_id)
            if not condition(picture):
                return
            work.pictures.remove(picture_id)
            job = Job(id=self._new_id(), kind=JobKind.REMOVE_PICTURE, subject_id=picture_id, due_at=self._at)
            work.outbox.add(job)
            owner_id = picture.owner_id
            self._tallies[owner_id] = self._tallies.get(owner_id, Tally()) + Tally(picture_bytes=-picture.size)

    def count(self) -> None:
        self._work.tallies.add(self._tallies)


def remove_some_unshown_of(work: UnitOfWork, owner_id: int, *, new_id: NewId, at: datetime) -> bool:
    """A member has left. What a text shows stays with the text. False when nothing was left."""
    found = work.pictures.unshown_of(owner_id, BATCH)
    removing = Removing(work, new_id, at)
    for picture_id in found:
        removing.remove(picture_id)
    removing.count()
    return bool(found)
