"""Exports everything of a community to a file, and imports such a file into an empty storage."""

from collections.abc import Callable
from dataclasses import dataclass

from application.closing import tell_reporters
from application.moving.files import Arriving, Batch, Source, Write, Written
from application.moving.lines import BadLine
from application.ports.moving.records import KINDS, JobRecord, Unfinished
from application.ports.moving.storing import Misfit
from application.ports.work import NewId, Now, OpenWork, UnitOfWork
from application.rerendering import Rerendering
from domain.errors import DomainError, NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.outbox import Job

# How many records an export has written of all, and how many an import has read and in how many bytes.
Show = Callable[[int, int], None]
Counts = dict[str, int]


class Unsure(DomainError):
    """The storage failed during the commit. It has everything or nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moving:
    """Who made a file is trusted as who made a backup: it has password hashes, roles and HTML, and all of it is taken
    as it is. A stream cannot be read twice, so an import that meets a busy storage is not repeated."""

    unit_of_work: OpenWork
    now: Now
    new_id: NewId
    rerendering: Rerendering

    def export(self, write: Write, *, version: str, show: Show = lambda _done, _total: None) -> Counts:
        """Writes the file line by line: the community of one moment, whatever happens meanwhile. `version` is the
        program's. Raises TooLong."""
        written = Written(write)
        with self.unit_of_work(reading=True) as work:
            work.records.hold()
            total = sum(map(work.records.count, KINDS))
            written.begin(version)
            for done, record in enumerate(record for kind in KINDS for record in work.records.read(kind)):
                show(done, total)
                written.add(record)
        written.end()
        show(total, total)
        return written.counts

    def import_from(self, source: Source, *, show: Show = lambda _done, _bytes: None) -> Counts:
        """All or nothing, in one commit. Asks again for the jobs that waited, and for what an older renderer made.
        Whoever registers meanwhile waits, and is refused as when the storage is busy. Raises BadLine, NotEmpty
        and Unsure."""
        arriving = Arriving(source)
        arriving.header()
        done = 0
        with self.unit_of_work() as work:
            work.records.begin()
            for batch in arriving.batches():
                self._take(work, batch)
                done += len(batch.records)
                show(done, arriving.bytes)
            work.records.finish()
            self.rerendering.ask_within(work)
            try:
                work.commit()
            except TryAgain:
                raise Unsure() from None
        return arriving.counts

    def _take(self, work: UnitOfWork, batch: Batch) -> None:
        if isinstance(batch.records[0], JobRecord):
            for position, record in enumerate(batch.records):
                assert isinstance(record, JobRecord)
                self._ask_again(work, record, batch.number + position)
            return
        try:
            work.records.add(batch.records)
        except Misfit as misfit:
            raise BadLine(misfit.code, batch.number + misfit.position, field=misfit.field) from None

    def _ask_again(self, work: UnitOfWork, record: JobRecord, number: int) -> None:
        try:
            self._require_sense(work, record)
        except NotFound:
            raise BadLine("reference", number) from None
        match record.job:
            case Unfinished.RERENDER_ALL:
                self.rerendering.ask_within(work, everything=True)
            case Unfinished.TELL_REPORTERS:
                tell_reporters(work, job_id=self.new_id(), at=self.now())
            case Unfinished.UNFOLLOW_ALL | Unfinished.ERASE_ALL | Unfinished.DECLINED if not (
                work.accounts.get(record.account_id).deleted
            ):
                # The job would erase everything of a member who is there.
                raise BadLine("not_left", number)
            case _:
                work.outbox.add(
                    Job(
                        id=self.new_id(),
                        kind=JobKind(record.job.value),
                        account_id=record.account_id or None,
                        subject_id=record.subject_id or None,
                        due_at=self.now(),
                    )
                )

    def _require_sense(self, work: UnitOfWork, record: JobRecord) -> None:
        """Raises NotFound where the account or the subject of a job is missing, or is none of its kind."""
        match record.job:
            case Unfinished.RERENDER_ALL | Unfinished.TELL_REPORTERS:
                makes_sense = not record.account_id
            case Unfinished.TELL_OF_CASE:
                makes_sense = not record.account_id and bool(work.cases.get(record.subject_id))
            case Unfinished.TELL_WATCHERS:
                makes_sense = not record.account_id and bool(work.comments.get(record.subject_id))
            case Unfinished.HIDE_ALL | Unfinished.RESTORE_ALL:
                entry = work.moderation_log.get(record.subject_id)
                makes_sense = (entry.act, entry.about_id) == (Act.HIDE_ALL, record.account_id)
            case _:
                makes_sense = bool(work.accounts.get(record.account_id))
        if not makes_sense:
            raise NotFound()
