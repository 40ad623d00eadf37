"""Reports and cases as a unit of work reads and stores them, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from adapters.sql.inserts import insert_into
from adapters.sql.tables import CASE_WAITS, appeals, cases, reports
from domain.cases import Case, Report, ReportKind
from domain.display import Language
from domain.errors import NotFound
from domain.ids import make_id
from domain.moderation import SubjectKind


class SqlCases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, case_id: int) -> Case:
        return self._get(case_id, lock=False)

    def lock(self, case_id: int) -> Case:
        return self._get(case_id, lock=True)

    def find_open(self, kind: SubjectKind, subject_id: int) -> Case | None:
        waits = select(cases).where(
            cases.c.entry_id.is_(None), cases.c.subject_kind == kind.value, cases.c.subject_id == subject_id
        )
        row = self._connection.execute(waits.with_for_update()).one_or_none()
        return None if row is None else _case_of(row)

    def find_settled_by(self, entry_id: int) -> Case | None:
        row = self._connection.execute(select(cases).where(cases.c.entry_id == entry_id)).one_or_none()
        return None if row is None else _case_of(row)

    def find_untold(self) -> int | None:
        untold = (
            select(cases.c.id)
            .where(cases.c.told < cases.c.report_count, cases.c.entry_id.is_not(None))
            .order_by(cases.c.entry_id)
            .limit(1)
        )
        found: int | None = self._connection.execute(untold).scalar_one_or_none()
        return found

    def add(self, case: Case) -> bool:
        # Who reports the same thing at the same time waits here until the other one ends.
        added = self._connection.execute(
            insert_into(self._connection, cases)
            .values(
                id=case.id,
                subject_kind=case.subject_kind.value,
                subject_id=case.subject_id,
                about_id=case.about_id,
                post_id=case.post_id,
                **_changing(case),
            )
            .on_conflict_do_nothing(index_elements=["subject_kind", "subject_id"], index_where=CASE_WAITS)
            .execution_options(preserve_rowcount=True)
        )
        return bool(added.rowcount)

    def save(self, case: Case) -> None:
        self._connection.execute(update(cases).where(cases.c.id == case.id).values(**_changing(case)))

    def _get(self, case_id: int, *, lock: bool) -> Case:
        found = select(cases).where(cases.c.id == case_id)
        row = self._connection.execute(found.with_for_update() if lock else found).one_or_none()
        if row is None:
            raise NotFound()
        return _case_of(row)


def _case_of(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        about_id=row.about_id,
        post_id=row.post_id,
        text=row.text,
        kinds=frozenset(kinds_of(row.kinds)),
        report_count=row.report_count,
        member_count=row.member_count,
        entry_id=row.entry_id,
        told=row.told,
        kept=row.kept,
    )


def _changing(case: Case) -> dict[str, Any]:
    return {
        "place": case.place,
        "text": case.text,
        "kinds": " ".join(kind.value for kind in ReportKind if kind in case.kinds),
        "report_count": case.report_count,
        "member_count": case.member_count,
        "entry_id": case.entry_id,
        "told": case.told,
        "kept": case.kept,
    }


def kinds_of(text: str) -> tuple[ReportKind, ...]:
    return tuple(map(ReportKind, text.split()))


class SqlReports:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, report_id: int) -> Report:
        row = self._connection.execute(select(reports).where(reports.c.id == report_id)).one_or_none()
        if row is None:
            raise NotFound()
        return report_of(row)

    def find(self, case_id: int, *, reporter_id: int | None, email: str) -> Report | None:
        if reporter_id is not None:
            whose = reports.c.reporter_id == reporter_id
        elif email:
            whose = and_(reports.c.email == email, reports.c.email != "")
        else:
            return None
        row = self._connection.execute(select(reports).where(reports.c.case_id == case_id, whose)).one_or_none()
        return None if row is None else report_of(row)

    def put(self, report: Report) -> None:
        said = {"kind": report.kind.value, "text": report.text}
        self._connection.execute(
            insert_into(self._connection, reports)
            .values(
                id=report.id,
                case_id=report.case_id,
                number=report.number,
                reporter_id=report.reporter_id,
                name=report.name,
                email=report.email,
                language=report.language.value,
                **said,
            )
            .on_conflict_do_update(index_elements=["id"], set_=said)
        )

    def some_after(self, case_id: int, number: int, limit: int) -> list[Report]:
        following = select(reports).where(reports.c.case_id == case_id, reports.c.number > number)
        return [report_of(row) for row in self._connection.execute(following.order_by(reports.c.number).limit(limit))]


def report_of(row: Row[Any]) -> Report:
    return Report(
        id=row.id,
        case_id=row.case_id,
        number=row.number,
        reporter_id=row.reporter_id,
        kind=ReportKind(row.kind),
        text=row.text,
        name=row.name,
        email=row.email,
        language=Language(row.language),
    )


class SqlReportedTexts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def old(self, before: datetime, limit: int) -> list[int]:
        is_in_use = exists().where(
            appeals.c.entry_id == cases.c.entry_id,
            or_(appeals.c.verdict.is_(None), appeals.c.decided_at > before),
        )
        found = select(cases.c.id).where(cases.c.kept, cases.c.entry_id < make_id(before, 0), ~is_in_use)
        return list(self._connection.execute(found.order_by(cases.c.entry_id).limit(limit)).scalars())

    def forget(self, case_ids: Sequence[int]) -> None:
        self._connection.execute(update(cases).where(cases.c.id.in_(case_ids)).values(text="", kept=False))
        self._connection.execute(
            update(reports).where(reports.c.case_id.in_(case_ids)).values(text="", name="", email="")
        )

    def forget_some_of(self, account_id: int, limit: int, *, published: bool) -> bool:
        about = select(cases.c.id).where(cases.c.about_id == account_id, cases.c.text != "").limit(limit)
        if not published:
            about = about.where(cases.c.subject_kind == SubjectKind.PERSON.value)
        by = select(reports.c.id).where(reports.c.reporter_id == account_id, reports.c.text != "").limit(limit)
        emptied = self._connection.execute(update(cases).where(cases.c.id.in_(about)).values(text="")).rowcount
        emptied += self._connection.execute(update(reports).where(reports.c.id.in_(by)).values(text="")).rowcount
        return bool(emptied)
