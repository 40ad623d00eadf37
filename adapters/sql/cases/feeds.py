"""Reports and cases in SQL, as moderators see them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, literal, null, select, union_all

from adapters.sql.cases.storing import kinds_of, report_of
from adapters.sql.comments.feeds import COMMENTS, card_of
from adapters.sql.engine import Database
from adapters.sql.member_names import name_columns, name_in
from adapters.sql.muted import parameters_of
from adapters.sql.paging import owned_by, page_of, place, windowed
from adapters.sql.tables import accounts, cases, comments, moderation_log, posts, reports
from adapters.sql.visibility import visible_comments
from application.ports.cases import CaseCard, ReportCard, Settlement
from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from domain.cases import LAST_REPORTS, Report, ReportKind, may_know_reporters
from domain.errors import NotFound
from domain.moderation import Act, SubjectKind
from domain.roles import Reader, Role

_about, _actor, _by = (accounts.alias(name) for name in ("about", "actor", "reporter"))
_WAITING = select(cases).where(cases.c.entry_id.is_(None))
_SETTLED = select(cases).where(cases.c.entry_id.is_not(None))
_PLACE = place(comments.c.id)
_NEIGHBOURS = select(comments.c.id).join_from(comments, posts)


# What the last reports of a reporter led to, besides this one.
_earlier, _other, _act = reports.alias("earlier"), cases.alias("other"), moderation_log.alias("act")
_LAST = (
    select(_earlier.c.case_id)
    .where(_earlier.c.reporter_id == reports.c.reporter_id, _earlier.c.case_id != reports.c.case_id)
    .order_by(_earlier.c.reporter_id.desc(), _earlier.c.id.desc())
    .limit(LAST_REPORTS)
    .correlate(reports)
    .subquery("last")
)
_LAST_SETTLED = (
    select(func.count())
    .select_from(_LAST)
    .join(_other, _other.c.id == _LAST.c.case_id)
    .join(_act, _act.c.id == _other.c.entry_id)
)
_LED = (
    _LAST_SETTLED.where(_act.c.act != Act.SETTLE.value).scalar_subquery().label("led"),
    _LAST_SETTLED.scalar_subquery().label("settled_of"),
)


class SqlCaseFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        owner = None if about_id is None else cases.c.about_id
        cut = windowed(_of(_WAITING, about_id), cases.c.place, window, newest_first=False, owner=owner)
        cards, rows = self._cards(reader, cut, shown)
        return page_of(rows, window, lambda row: cards[row.id], newest_first=False, cursor=lambda row: row.place)

    def settled(
        self, reader: Reader | None, window: Window, *, about_id: int | None = None, shown: int = 0
    ) -> Page[CaseCard]:
        owner = None if about_id is None else cases.c.about_id
        cut = windowed(_of(_SETTLED, about_id), cases.c.entry_id, window, owner=owner)
        cards, rows = self._cards(reader, cut, shown)
        return page_of(rows, window, lambda row: cards[row.id], cursor=lambda row: row.entry_id)

    def case(self, reader: Reader | None, case_id: int, *, shown: int, up_to: int | None = None) -> CaseCard:
        one = select(cases, literal(False).label("beyond")).where(cases.c.id == case_id)
        cards, _ = self._cards(reader, one, shown, up_to=up_to, with_earlier=True)
        if case_id not in cards:
            raise NotFound()
        return cards[case_id]

    def next_waiting(self, reader: Reader, place: int) -> int | None:
        others = _WAITING.where(cases.c.about_id != reader.id).order_by(cases.c.place).limit(1)
        rows = self._database.rows(
            union_all(*(select(each.subquery()) for each in (others.where(cases.c.place > place), others)))
        )
        found = {row.place: row.id for row in rows}
        later = [each for each in found if each > place]
        return found[min(later or found)] if found else None

    def around(
        self, reader: Reader | None, comment_id: int, post_id: int, *, before: int, after: int
    ) -> tuple[CommentCard, ...]:
        below = visible_comments(reader, _NEIGHBOURS).where(owned_by(comments.c.post_id, post_id))
        older = below.where(comment_id >= _PLACE).order_by(comments.c.post_id.desc(), _PLACE.desc()).limit(before + 1)
        newer = below.where(comment_id < _PLACE).order_by(comments.c.post_id, _PLACE).limit(after)
        ids = union_all(*(select(each.subquery()) for each in (older, newer))).subquery("near")
        rows = self._database.rows(COMMENTS.join(ids, ids.c.id == comments.c.id), parameters_of(reader))
        return tuple(card_of(row, reader, row.post_title) for row in sorted(rows, key=lambda row: row.id))

    def own(self, reader: Reader, kind: SubjectKind, subject_id: int) -> Report | None:
        theirs = (
            select(reports)
            .join_from(reports, cases)
            .where(
                cases.c.entry_id.is_(None),
                cases.c.subject_kind == kind.value,
                cases.c.subject_id == subject_id,
                reports.c.reporter_id == reader.id,
            )
        )
        rows = self._database.rows(theirs)
        return report_of(rows[0]) if rows else None

    def _cards(
        self,
        reader: Reader | None,
        cut: Select[Any],
        shown: int,
        *,
        up_to: int | None = None,
        with_earlier: bool = False,
    ) -> tuple[dict[int, CaseCard], Sequence[Row[Any]]]:
        """The cases of a page by id, and one row of each for `page_of`."""
        page = cut.subquery("page")
        found = (
            select(page, *name_columns(_about, "whom"))
            .add_columns(*name_columns(_actor, "actor"))
            .add_columns(moderation_log.c.act, moderation_log.c.reason, moderation_log.c.rule)
            .join_from(page, _about, _about.c.id == page.c.about_id)
            .join(moderation_log, moderation_log.c.id == page.c.entry_id, isouter=True)
            .join(_actor, _actor.c.id == moderation_log.c.actor_id, isouter=True)
        )
        if shown:
            newest = page.c.report_count
            top = newest if up_to is None else case((newest < up_to, newest), else_=up_to)
            chosen = and_(reports.c.case_id == page.c.id, reports.c.number > top - shown, reports.c.number <= top)
            found = (
                found.join(reports, chosen, isouter=True)
                .join(_by, _by.c.id == reports.c.reporter_id, isouter=True)
                .add_columns(*(reports.c[name].label(f"report_{name}") for name in _REPORT), *name_columns(_by, "by"))
                .add_columns(*(_LED if with_earlier else (null().label("led"), null().label("settled_of"))))
            )
        rows_of: dict[int, list[Row[Any]]] = {}
        for row in self._database.rows(found):
            rows_of.setdefault(row.id, []).append(row)
        cards = {id: _card_of(rows[0], _reports_of(rows, reader) if shown else ()) for id, rows in rows_of.items()}
        return cards, [rows[0] for rows in rows_of.values()]


_REPORT = ("id", "number", "reporter_id", "kind", "text", "name", "email")


def _of(listed: Select[Any], about_id: int | None) -> Select[Any]:
    return listed if about_id is None else listed.where(owned_by(cases.c.about_id, about_id))


def _card_of(row: Row[Any], shown: Iterable[ReportCard]) -> CaseCard:
    settlement = None
    if row.entry_id is not None:
        settlement = Settlement(
            entry_id=row.entry_id, by=name_in(row, "actor"), act=Act(row.act), reason=row.reason, rule=row.rule
        )
    return CaseCard(
        id=row.id,
        place=row.place,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        post_id=row.post_id,
        about_id=row.about_id,
        about=name_in(row, "whom"),
        about_role=Role(row.whom_role),
        text=row.text,
        kept=row.kept,
        kinds=kinds_of(row.kinds),
        report_count=row.report_count,
        settlement=settlement,
        reports=tuple(shown),
    )


def _reports_of(rows: Iterable[Row[Any]], reader: Reader | None) -> list[ReportCard]:
    theirs = sorted((row for row in rows if row.report_id is not None), key=lambda row: -row.report_number)
    return [_report_of(row, is_named=may_know_reporters(reader, about_id=row.about_id)) for row in theirs]


def _report_of(row: Row[Any], *, is_named: bool) -> ReportCard:
    return ReportCard(
        id=row.report_id,
        number=row.report_number,
        by=name_in(row, "by") if is_named else None,
        by_visitor=row.report_reporter_id is None,
        name=row.report_name if is_named else "",
        email=row.report_email if is_named else "",
        kind=ReportKind(row.report_kind),
        text=row.report_text,
        led=(row.led or 0) if is_named else 0,
        of=(row.settled_of or 0) if is_named else 0,
    )
