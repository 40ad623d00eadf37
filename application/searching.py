"""The index of the search, made anew by a job or by a command. It changes with each text by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from application.jobs import Handlers, Outcome
from application.ports.searching import Made, Place
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.errors import TryAgain
from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.rerendering import Progress
from domain.searching.words import VERSION, Kind

# Texts in one short commit, for which other writers wait.
PART = 50
# Counting a million rows takes a moment. Beyond that, the numbers are too small.
COUNTED_AT_MOST = 1_000_000
# A new segment begins this much ahead, so that no text that is written now is in it. As long after its end, a segment
# gets no more texts. Clocks of hosts differ by less.
AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Searching:
    """What is left to do is in the rows, so that a job or a command may stop anywhere. A text that came without its
    tokens (from another storage, or from the version before) is found by the job that `look` asks for."""

    repeat: Repeat
    now: Now
    new_id: NewId

    def look(self) -> None:
        """Begins a new segment where one is full. Asks for the job when there is something for it, and it does not wait
        yet."""
        if self.repeat.reading(_is_full):
            self.repeat(self._begin_segments)
        if self.repeat.reading(_is_begun) and not self.repeat.reading(_waits):
            self.repeat(self._ask)

    def rebuild(self) -> Iterator[Progress]:
        """Makes all of the index anew, or goes on where another one stopped. Yields how far it is after each part. The
        same progress twice says that the rest is too new, and has to wait for a minute or two."""
        if not self.repeat.reading(_is_begun):
            self.repeat(_forget)
        if self.repeat.reading(_is_full):
            self.repeat(self._begin_segments)
        progress = Progress(done=0, total=self.repeat.reading(_left))
        yield progress
        while self.repeat.reading(_is_begun):
            place: Place | None = Place()
            while place is not None:
                made = self._make(place)
                place = made.next
                done = progress.done + made.texts
                progress = Progress(done=done, total=max(progress.total, done))
                if made.texts:
                    yield progress
            if self.repeat.reading(_is_begun):
                yield progress

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.INDEX: self._make_some}

    def _begin_segments(self, work: UnitOfWork) -> None:
        work.search_index.begin_segments(make_id(self.now() + AHEAD, 0))
        work.commit()

    def _ask(self, work: UnitOfWork) -> None:
        work.outbox.add(Job(id=self.new_id(), kind=JobKind.INDEX, subject_id=VERSION, key=_KEY, due_at=self.now()))
        work.commit()

    def _make_some(self, job: Job) -> Outcome:
        """One part."""
        if (job.subject_id or 0) > VERSION:
            raise TryAgain("a worker of a newer version has to do this")
        progress, place = _read(job.progress)
        if not job.progress:
            progress = Progress(done=0, total=self.repeat.reading(_left))
        made = self._make(place)
        done = progress.done + made.texts
        total = done if made.next is None else max(progress.total, done)
        job.progress = _written(Progress(done=done, total=total), made.next)
        return Outcome.DONE if made.next is None else Outcome.MORE

    def _make(self, place: Place) -> Made:
        return self.repeat(_make_part, place, make_id(self.now() - AHEAD, 0))


_KEY = f"index:{VERSION}"


def _is_full(work: UnitOfWork) -> bool:
    return work.search_index.is_full()


def _is_begun(work: UnitOfWork) -> bool:
    return work.search_index.begun()


def _waits(work: UnitOfWork) -> bool:
    return work.outbox.find_waiting(_KEY) is not None


def _left(work: UnitOfWork) -> int:
    return work.search_index.count_left(COUNTED_AT_MOST)


def _forget(work: UnitOfWork) -> None:
    work.search_index.forget_version()
    work.commit()


def _make_part(work: UnitOfWork, place: Place, settled: int) -> Made:
    made = work.search_index.make_some(place, PART, settled=settled)
    work.commit()
    return made


def _written(progress: Progress, place: Place | None) -> str:
    if place is None or place.kind is None or place.before is None:
        return str(progress)
    return f"{progress} {place.kind.value} {place.before}"


def _read(text: str) -> tuple[Progress, Place]:
    if not text:
        return Progress(done=0, total=0), Place()
    where = text.split()[4:]
    return Progress.parse(text), Place(Kind(where[0]), int(where[1])) if where else Place()
