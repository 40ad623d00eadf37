"""Removing pictures: the row in the commit, the files after it."""

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
from domain.pictures import KEPT_UNUSED, Picture

BATCH = 100
# A commit that is that late has failed: its files belong to nobody.
_COMMITTED_WITHIN = timedelta(days=1)
# Files of a failed commit are looked for among pictures of this time, once in a while.
_LOOKED_BACK = timedelta(days=30)
_SWEPT_EVERY = timedelta(days=1)


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
        """Removes the pictures that nothing has shown for `KEPT_UNUSED`, and once a day files that belong to nobody."""
        while self.repeat(self._remove_unused):
            pass
        if self.last_sweep.at is None or not self.last_sweep.at <= self.now() < self.last_sweep.at + _SWEPT_EVERY:
            self.sweep()

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
        for picture_id in found:
            with suppress(NotFound):
                picture = work.pictures.lock(picture_id)
                # A text may have begun to show it meanwhile.
                if picture.unused_since is not None and picture.unused_since < due:
                    remove_picture(work, picture, job_id=self.new_id(), at=self.now())
        work.commit()
        return bool(found)

    def _remove_files(self, job: Job) -> Outcome:
        assert job.subject_id is not None
        self.picture_files.remove(job.subject_id)
        return Outcome.DONE


def _there(work: UnitOfWork, picture_ids: list[int]) -> set[int]:
    return work.pictures.there(picture_ids)


def remove_picture(work: UnitOfWork, picture: Picture, *, job_id: int, at: datetime) -> None:
    """Removes a locked picture. A job removes its files after the commit."""
    work.pictures.remove(picture.id)
    work.tallies.add({picture.owner_id: Tally(picture_bytes=-picture.size)})
    work.outbox.add(Job(id=job_id, kind=JobKind.REMOVE_PICTURE, subject_id=picture.id, due_at=at))


def remove_some_unshown_of(work: UnitOfWork, owner_id: int, *, new_id: NewId, at: datetime) -> bool:
    """A member has left. What a text shows stays with the text. False when nothing was left."""
    found = work.pictures.unshown_of(owner_id, BATCH)
    for picture_id in found:
        with suppress(NotFound):
            remove_picture(work, work.pictures.lock(picture_id), job_id=new_id(), at=at)
    return bool(found)
