"""Reports and cases in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.comments import card_of
from adapters.memory.members import member_name_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from adapters.memory.visibility import visible_comments
from application.ports.cases import CaseCard, ReportCard, Settlement
from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from domain.cases import LAST_REPORTS, Case, Report, ReportKind, may_know_reporters
from domain.errors import NotFound, TryAgain
from domain.ids import time_of
from domain.moderation import Act, SubjectKind
from domain.roles import Reader


class MemoryCases:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, case_id: int) -> Case:
        case = self._store.cases.find(case_id)
        if case is None:
            raise NotFound()
        return replace(case)

    def lock(self, case_id: int) -> Case:
        return self.get(case_id)

    def find_open(self, kind: SubjectKind, subject_id: int) -> Case | None:
        return self._find(lambda case: _is_open_about(case, kind, subject_id))

    def find_settled_by(self, entry_id: int) -> Case | None:
        return self._find(lambda case: case.entry_id == entry_id)

    def find_untold(self) -> int | None:
        untold = [case for case in self._store.cases.rows() if case.entry_id and case.told < case.report_count]
        return min(untold, key=lambda case: case.entry_id or 0).id if untold else None

    def add(self, case: Case) -> bool:
        if self._store.accounts.find(case.about_id) is None:
            raise NotFound()
        if self.find_open(case.subject_kind, case.subject_id) is not None:
            return False
        if self._store.cases.find(case.id) is not None:
            raise TryAgain()
        self.save(case)
        return True

    def save(self, case: Case) -> None:
        if case.entry_id is not None and self._store.log.find(case.entry_id) is None:
            raise NotFound()
        self._store.cases.put(case.id, replace(case))

    def _find(self, matches: Callable[[Case], bool]) -> Case | None:
        found = next((case for case in self._store.cases.rows() if matches(case)), None)
        return None if found is None else replace(found)


def _is_open_about(case: Case, kind: SubjectKind, subject_id: int) -> bool:
    return case.entry_id is None and (case.subject_kind, case.subject_id) == (kind, subject_id)


class MemoryReports:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, report_id: int) -> Report:
        report = self._store.reports.find(report_id)
        if report is None:
            raise NotFound()
        return replace(report)

    def find(self, case_id: int, *, reporter_id: int | None, email: str) -> Report | None:
        theirs = (report for report in self._store.reports.rows() if report.case_id == case_id)
        if reporter_id is not None:
            found = next((report for report in theirs if report.reporter_id == reporter_id), None)
        else:
            found = next((report for report in theirs if email and report.email == email), None)
        return None if found is None else replace(found)

    def put(self, report: Report) -> None:
        if self._store.cases.find(report.case_id) is None:
            raise NotFound()
        if report.reporter_id is not None and self._store.accounts.find(report.reporter_id) is None:
            raise NotFound()
        self._store.reports.put(report.id, replace(report))

    def some_after(self, case_id: int, number: int, limit: int) -> list[Report]:
        following = (row for row in self._store.reports.rows() if row.case_id == case_id and row.number > number)
        return [replace(report) for report in sorted(following, key=lambda report: report.number)[:limit]]


class MemoryReportedTexts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def old(self, before: datetime, limit: int) -> list[int]:
        settled = [
            (case.entry_id, case.id)
            for case in self._store.cases.rows()
            if case.kept and case.entry_id and time_of(case.entry_id) < before
        ]
        return [id for entry_id, id in sorted(settled) if not self._is_in_use(entry_id, before)][:limit]

    def forget(self, case_ids: Sequence[int]) -> None:
        for id in case_ids:
            case = self._store.cases.find(id)
            if case is not None:
                self._store.cases.put(id, replace(case, text="", kept=False))
        for report in list(self._store.reports.rows()):
            if report.case_id in case_ids:
                self._store.reports.put(report.id, replace(report, text="", name="", email=""))

    def forget_some_of(self, account_id: int, limit: int, *, published: bool) -> bool:
        about = [
            case
            for case in self._store.cases.rows()
            if case.about_id == account_id and case.text and (published or case.subject_kind is SubjectKind.PERSON)
        ][:limit]
        by = [row for row in self._store.reports.rows() if row.reporter_id == account_id and row.text][:limit]
        for case in about:
            self._store.cases.put(case.id, replace(case, text=""))
        for report in by:
            self._store.reports.put(report.id, replace(report, text=""))
        return bool(about or by)

    def _is_in_use(self, entry_id: int, before: datetime) -> bool:
        appeal = self._store.appeals.find(entry_id)
        return appeal is not None and (appeal.decided_at is None or appeal.decided_at > before)


class MemoryCaseFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        with self._store.lock:
            cases = (case for case in self._of(about_id) if case.entry_id is None)
            return cut(
                cases, window, lambda case: case.place, lambda case: self._card(case, reader, shown), newest_first=False
            )

    def settled(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        with self._store.lock:
            cases = (case for case in self._of(about_id) if case.entry_id is not None)
            return cut(cases, window, lambda case: case.entry_id or 0, lambda case: self._card(case, reader, shown))

    def case(self, reader: Reader | None, case_id: int, *, shown: int, up_to: int | None = None) -> CaseCard:
        with self._store.lock:
            case = self._store.cases.committed.get(case_id)
            if case is None:
                raise NotFound()
            return self._card(case, reader, shown, up_to=up_to, with_earlier=True)

    def next_waiting(self, reader: Reader, place: int) -> int | None:
        with self._store.lock:
            others = (case for case in self._of(None) if case.entry_id is None and case.about_id != reader.id)
            waiting = sorted((case.place, case.id) for case in others)
            later = [id for its, id in waiting if its > place]
            return next(iter(later or [id for _, id in waiting]), None)

    def around(
        self, reader: Reader | None, comment_id: int, post_id: int, *, before: int, after: int
    ) -> tuple[CommentCard, ...]:
        with self._store.lock:
            below = [pair for pair in visible_comments(self._store, reader) if pair[0].post_id == post_id]
            ordered = sorted(below, key=lambda pair: pair[0].id)
            older = [pair for pair in ordered if pair[0].id <= comment_id][-before - 1 :]
            newer = [pair for pair in ordered if pair[0].id > comment_id][:after]
            return tuple(card_of(self._store, *pair, reader) for pair in older + newer)

    def own(self, reader: Reader, kind: SubjectKind, subject_id: int) -> Report | None:
        with self._store.lock:
            open_ones = {case.id for case in self._of(None) if _is_open_about(case, kind, subject_id)}
            theirs = (row for row in self._store.reports.committed.values() if row.reporter_id == reader.id)
            found = next((row for row in theirs if row.case_id in open_ones), None)
            return None if found is None else replace(found)

    def _of(self, about_id: int | None) -> Iterable[Case]:
        return (case for case in self._store.cases.committed.values() if about_id in (None, case.about_id))

    def _card(
        self,
        case: Case,
        reader: Reader | None,
        shown: int,
        *,
        up_to: int | None = None,
        with_earlier: bool = False,
    ) -> CaseCard:
        about = self._store.accounts.committed[case.about_id].account
        theirs = (row for row in self._store.reports.committed.values() if row.case_id == case.id)
        known = (row for row in theirs if up_to is None or row.number <= up_to)
        newest = sorted(known, key=lambda row: -row.number)[:shown]
        return CaseCard(
            id=case.id,
            place=case.place,
            subject_kind=case.subject_kind,
            subject_id=case.subject_id,
            post_id=case.post_id,
            about_id=case.about_id,
            about=member_name_of(self._store, case.about_id),
            about_role=about.role,
            text=case.text,
            kept=case.kept,
            kinds=tuple(kind for kind in ReportKind if kind in case.kinds),
            report_count=case.report_count,
            settlement=self._settlement(case),
            reports=tuple(
                self._report_card(
                    report, with_earlier=with_earlier, is_named=may_know_reporters(reader, about_id=case.about_id)
                )
                for report in newest
            ),
        )

    def _settlement(self, case: Case) -> Settlement | None:
        if case.entry_id is None:
            return None
        entry = self._store.log.committed[case.entry_id]
        by = None if entry.actor_id is None else member_name_of(self._store, entry.actor_id)
        return Settlement(entry_id=entry.id, by=by, act=entry.act, reason=entry.reason, rule=entry.rule)

    def _report_card(self, report: Report, *, with_earlier: bool, is_named: bool) -> ReportCard:
        acts = self._acts_after_others(report) if with_earlier and is_named else []
        is_member = is_named and report.reporter_id is not None
        return ReportCard(
            id=report.id,
            number=report.number,
            by=member_name_of(self._store, report.reporter_id or 0) if is_member else None,
            by_visitor=report.reporter_id is None,
            name=report.name if is_named else "",
            email=report.email if is_named else "",
            kind=report.kind,
            text=report.text,
            led=sum(act is not Act.SETTLE for act in acts),
            of=len(acts),
        )

    def _acts_after_others(self, report: Report) -> list[Act]:
        """What settled the last reports of the same member, besides this one."""
        theirs = [
            row
            for row in self._store.reports.committed.values()
            if row.reporter_id is not None and row.reporter_id == report.reporter_id and row.case_id != report.case_id
        ]
        last = sorted(theirs, key=lambda row: -row.id)[:LAST_REPORTS]
        entries = (self._store.cases.committed[row.case_id].entry_id for row in last)
        return [self._store.log.committed[id].act for id in entries if id is not None]
