"""Exports everything of a community to a file, and imports such a file into an empty storage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from application.closing import tell_reporters
from application.moving.files import Arriving, Batch, Source, Write, Written
from application.moving.lines import BadLine
from application.moving.pictures import ArrivingFiles, LeavingFiles
from application.ports.moving.fields import Record
from application.ports.moving.pictures import PictureFileRecord
from application.ports.moving.records import KINDS, JobRecord, Unfinished
from application.ports.moving.storing import Misfit
from application.ports.pictures.files import PictureFiles
from application.ports.work import NewId, Now, OpenWork, UnitOfWork
from application.rerendering import Rerendering
from domain.errors import DomainError, NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.outbox import Job

# How many records an export has written of all, and how many an import has read and in how many bytes.
Show = Callable[[int, int], None]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Exported:
    """`counts` are those of records by kind. `missing` counts the pictures of which a file was not in the store."""

    counts: Counts
    missing: int


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
    picture_files: PictureFiles

    def export(
        self, write: Write, *, version: str, with_files: bool = True, show: Show = lambda _done, _total: None
    ) -> Exported:
        """Writes the file line by line: the community of one moment, whatever happens meanwhile. `version` is the
        program's. Without files, what is known of pictures is there all the same. A file that is missing in the store
        is left out. Raises TooLong, and TryAgain when the store of pictures does not answer."""
        written = Written(write)
        files = LeavingFiles(self.picture_files)
        with self.unit_of_work(reading=True) as work:
            work.records.hold()
            stored = [kind for kind in KINDS if kind is not PictureFileRecord]
            total = sum(map(work.records.count, stored)) + (files.count(work) if with_files else 0)
            written.begin(version)
            done = 0
            for record in _records_of(work, stored, files if with_files else None):
                show(done, total)
                written.add(record)
                # A file counts once, however many parts it has.
                done += not isinstance(record, PictureFileRecord) or not record.part
        written.end()
        show(total, total)
        return Exported(written.counts, files.missing)

    def import_from(self, source: Source, *, show: Show = lambda _done, _bytes: None) -> Counts:
        """All or nothing, in one commit. Asks again for the jobs that waited, and for what an older renderer made.
        Whoever registers meanwhile waits, and is refused as when the storage is busy. Raises BadLine, NotEmpty,
        StoreFull and Unsure."""
        arriving = Arriving(source)
        arriving.header()
        done = 0
        with ArrivingFiles(self.picture_files) as files, self.unit_of_work() as work:
            work.records.begin()
            for batch in arriving.batches():
                self._take(work, files, batch)
                done += len(batch.records)
                show(done, arriving.bytes)
            files.store()
            work.records.finish()
            self.rerendering.ask_within(work)
            files.keep()
            try:
                work.commit()
            except TryAgain:
                raise Unsure() from None
        return arriving.counts

    def _take(self, work: UnitOfWork, files: ArrivingFiles, batch: Batch) -> None:
        if isinstance(batch.records[0], JobRecord):
            for position, record in enumerate(batch.records):
                assert isinstance(record, JobRecord)
                self._ask_again(work, record, batch.number + position)
            return
        if isinstance(batch.records[0], PictureFileRecord):
            for position, record in enumerate(batch.records):
                assert isinstance(record, PictureFileRecord)
                _take_file(work, files, record, batch.number + position)
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
            case Unfinished.REMOVE_PICTURE if work.pictures.there([record.subject_id]):
                raise BadLine("not_removed", number)
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
            case Unfinished.REMOVE_PICTURE:
                makes_sense = not record.account_id and bool(record.subject_id)
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


def _records_of(work: UnitOfWork, stored: list[type[Record]], files: LeavingFiles | None) -> Iterator[Record]:
    """Those in the storage, and then the files."""
    for kind in stored:
        yield from work.records.read(kind)
    if files is not None:
        yield from files.read(work)


def _take_file(work: UnitOfWork, files: ArrivingFiles, record: PictureFileRecord, number: int) -> None:
    try:
        files.take(work, record)
    except NotFound:
        raise BadLine("no_picture", number) from None
    except BadLine as bad:
        raise BadLine(bad.code, number, **bad.values) from None
