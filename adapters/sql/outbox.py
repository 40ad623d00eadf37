"""Jobs in SQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    ScalarSelect,
    Select,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into
from adapters.sql.kept import one_of
from adapters.sql.paging import owned_by, page_of, windowed
from adapters.sql.tables import OUTBOX_KEY_WAITS, OUTBOX_WAITS, UtcDateTime, accounts, outbox
from application.ports.outbox import Backlog, JobCard, MailHealth
from application.ports.paging import COUNTED_AT_MOST, Page, Window
from domain.display import Language
from domain.errors import NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.mailing import Failure
from domain.outbox import FURTHEST_DUE, LONGEST_LEASE, Job, Priority, Stage, State

# A newer version may have stored jobs of kinds that this one does not know.
_IS_KNOWN = outbox.c.kind.in_([kind.value for kind in JobKind])


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, job: Job) -> None:
        # Two units of work may add under one key at the same time. Then the second one waits here until the first one
        # ends.
        added = self._connection.execute(
            insert_into(self._connection, outbox)
            .values(
                id=job.id,
                kind=job.kind.value,
                subject_id=job.subject_id,
                account_id=job.account_id,
                address=job.address,
                language=job.language.value,
                key=job.key,
                is_mail=job.kind.terms.is_mail,
                **_changing(job),
            )
            .on_conflict_do_nothing(index_elements=["key"], index_where=OUTBOX_KEY_WAITS)
            .execution_options(preserve_rowcount=True)
        )
        if added.rowcount:
            return
        waiting = self.find_waiting(job.key)
        if waiting is None:
            raise TryAgain()  # the waiting job has just ended
        waiting.ask_again(due_at=job.due_at)
        self.save(waiting)

    def get(self, job_id: int) -> Job:
        job = self._find(outbox.c.id == job_id)
        if job is None:
            raise NotFound()
        return job

    def find_waiting(self, key: str) -> Job | None:
        return self._find((outbox.c.key == key) & OUTBOX_KEY_WAITS) if key else None

    def claim(self, at: datetime, *, mails: bool = True) -> Job | None:
        row = self._connection.execute(
            select(outbox)
            .where(
                outbox.c.state == State.WAITING.value,
                _IS_KNOWN,
                true() if mails else outbox.c.priority != Priority.MAIL.value,
                or_(outbox.c.due_at <= at, outbox.c.due_at > at + FURTHEST_DUE),
                or_(
                    outbox.c.leased_until.is_(None),
                    outbox.c.leased_until <= at,
                    outbox.c.leased_until > at + LONGEST_LEASE,
                ),
            )
            .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return None if row is None else _job_of(row)

    def save(self, job: Job) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == job.id).values(**_changing(job)))

    def remove_ended(self, before: int) -> None:
        self._connection.execute(delete(outbox).where(outbox.c.state != State.WAITING.value, outbox.c.id < before))

    def _find(self, condition: ColumnElement[bool]) -> Job | None:
        row = self._connection.execute(select(outbox).where(condition).with_for_update()).one_or_none()
        return None if row is None else _job_of(row)


def _job_of(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        subject_id=row.subject_id,
        account_id=row.account_id,
        address=row.address,
        language=Language(row.language),
        key=row.key,
        progress=row.progress,
        state=State(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        again_at=row.again_at,
        leased_until=row.leased_until,
        last_error=row.last_error,
        failure=Failure(row.failure),
        tried_at=row.tried_at,
        asked_for=row.priority == Priority.ASKED_FOR,
    )


def _changing(job: Job) -> dict[str, Any]:
    return {
        "progress": job.progress,
        "state": job.state.value,
        "attempts": job.attempts,
        "due_at": job.due_at,
        "again_at": job.again_at,
        "leased_until": job.leased_until,
        "last_error": job.last_error,
        "failure": job.failure.value,
        "tried_at": job.tried_at,
        "stage": job.stage.value,
        "priority": job.priority.value,
    }


_ROWS = (
    select(outbox, accounts.c.username)
    .select_from(outbox.outerjoin(accounts, (accounts.c.id == outbox.c.account_id) & ~accounts.c.deleted))
    .where(_IS_KNOWN)
)


def _latest(column: ColumnElement[Any], stage: Stage) -> ScalarSelect[Any]:
    """The column of the mail at this stage that was tried last."""
    was_tried = outbox.c.tried_at > datetime(1970, 1, 1, tzinfo=UTC)  # as a range, which an index can search
    mails = _mails_at(column, stage).where(was_tried)
    return (
        mails.order_by(outbox.c.stage.desc(), outbox.c.tried_at.desc(), outbox.c.id.desc()).limit(1).scalar_subquery()
    )


def _bounded(stage: Stage) -> ScalarSelect[int]:
    ordered = _mails_at(outbox.c.id, stage).order_by(outbox.c.stage, outbox.c.id)
    return select(func.count()).select_from(ordered.limit(COUNTED_AT_MOST).subquery()).scalar_subquery()


def _mails_at(column: ColumnElement[Any], stage: Stage) -> Select[Any]:
    return select(column).where(owned_by(outbox.c.stage, stage.value), outbox.c.is_mail)


def mail_fails() -> ColumnElement[bool]:
    """`domain.mailing.mail_fails`, as a column of another statement."""
    failed, sent_at = outbox.alias("failed"), _latest(outbox.c.tried_at, Stage.DONE)
    return exists().where(
        failed.c.id == _latest(outbox.c.id, Stage.FAILING),
        one_of(failed.c.failure, [failure for failure in Failure if failure.stops_all_mail]),
        or_(sent_at.is_(None), failed.c.tried_at > sent_at),
    )


def _health() -> Select[Any]:
    failed = outbox.alias("failed")
    last = select(_latest(outbox.c.id, Stage.FAILING).label("id")).subquery("last")
    oldest = _mails_at(outbox.c.id, Stage.FAILING).order_by(outbox.c.stage, outbox.c.id).limit(1)
    return select(
        _bounded(Stage.FAILING).label("failing"),
        _bounded(Stage.GIVEN_UP).label("given_up"),
        oldest.scalar_subquery().label("oldest_failing_id"),
        failed.c.failure,
        failed.c.last_error,
        failed.c.tried_at.label("failed_at"),
        _latest(outbox.c.tried_at, Stage.DONE).label("sent_at"),
    ).select_from(last.outerjoin(failed, failed.c.id == last.c.id))


def oldest_due() -> ScalarSelect[datetime | None]:
    """When the job that is due longest was due, in three searches of the index by priority."""
    firsts = (
        select(outbox.c.due_at)
        .where(outbox.c.state == State.WAITING.value, outbox.c.priority == priority.value)
        .order_by(outbox.c.due_at)
        .limit(1)
        .subquery()
        for priority in Priority
    )
    all_of_them = union_all(*(select(first.c.due_at) for first in firsts)).subquery("firsts")
    return select(func.min(all_of_them.c.due_at, type_=UtcDateTime)).scalar_subquery()


def _backlog() -> CompoundSelect[Any]:
    """A row for each kind, from the index of what waits by kind."""
    return union_all(*(_backlog_of(kind) for kind in JobKind))


def _backlog_of(kind: JobKind) -> Select[Any]:
    waiting = select(outbox.c.due_at).where(outbox.c.kind == kind.value, OUTBOX_WAITS).order_by(outbox.c.due_at)
    count = select(func.count()).select_from(waiting.limit(COUNTED_AT_MOST).subquery()).scalar_subquery()
    return select(
        literal(kind.value).label("kind"),
        count.label("waiting"),
        waiting.limit(1).scalar_subquery().label("oldest_due_at"),
    )


class SqlOutboxFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, window: Window, *, stage: Stage | None = None, mails: bool | None = None) -> Page[JobCard]:
        listed, owner = _ROWS, None
        if stage is not None:
            listed, owner = listed.where(owned_by(outbox.c.stage, stage.value)), outbox.c.stage
            if mails is not None:
                listed = listed.where(outbox.c.is_mail if mails else ~outbox.c.is_mail)
        elif mails is not None:
            listed, owner = listed.where(owned_by(outbox.c.is_mail, mails)), outbox.c.is_mail
        cut = windowed(listed, outbox.c.id, window, owner=owner)
        return page_of(self._database.rows(cut), window, _card_of)

    def backlog(self) -> tuple[Backlog, ...]:
        rows = self._database.rows(_backlog())
        return tuple(Backlog(JobKind(row.kind), row.waiting, row.oldest_due_at) for row in rows)

    def mail_health(self) -> MailHealth:
        row = self._database.row(_health())
        return MailHealth(
            failing=row.failing,
            given_up=row.given_up,
            oldest_failing_id=row.oldest_failing_id,
            failure=Failure(row.failure or ""),
            last_error=row.last_error or "",
            failed_at=row.failed_at,
            sent_at=row.sent_at,
        )


def _card_of(row: Row[Any]) -> JobCard:
    return JobCard(
        id=row.id,
        kind=JobKind(row.kind),
        address=row.address,
        username=row.username,
        state=State(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        leased_until=row.leased_until,
        last_error=row.last_error,
        failure=Failure(row.failure),
        progress=row.progress,
    )
