"""Appeals in SQL, and what was decided about a member."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.moderation import LOG, log_card_of
from adapters.sql.muted import parameters_of
from adapters.sql.paging import owned_by, page_of, windowed
from adapters.sql.tables import APPEAL_WAITS, accounts, appeals, cases, comments, moderation_log, posts, sanctions
from adapters.sql.visibility import visible_comments
from application.ports.appeals import AppealCard, HiddenComment, RecordCard
from application.ports.mailing import ReportedThing
from application.ports.paging import Page, Window
from domain.appeals import Appeal, Verdict, may_know_actor
from domain.moderation import VERDICTS, Act, SubjectKind
from domain.roles import Reader, Role


class SqlAppeals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, entry_id: int) -> Appeal | None:
        row = self._connection.execute(select(appeals).where(appeals.c.entry_id == entry_id)).one_or_none()
        if row is None:
            return None
        return Appeal(
            id=row.id,
            entry_id=row.entry_id,
            account_id=row.account_id,
            text=row.text,
            verdict=_verdict_of(row.verdict),
            reason=row.reason,
            decided_at=row.decided_at,
        )

    def add(self, appeal: Appeal) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, appeals, "entry_id").values(
                id=appeal.id,
                entry_id=appeal.entry_id,
                account_id=appeal.account_id,
                text=appeal.text,
                reason=appeal.reason,
            )
        )
        return bool(added.rowcount)

    def save(self, appeal: Appeal) -> None:
        self._connection.execute(
            update(appeals)
            .where(appeals.c.entry_id == appeal.entry_id)
            .values(
                verdict=None if appeal.verdict is None else appeal.verdict.value,
                reason=appeal.reason,
                decided_at=appeal.decided_at,
            )
        )

    def has_judge(self, roles: Sequence[Role], *, besides: Sequence[int], at: datetime) -> bool:
        may_act = exists().where(
            accounts.c.role.in_([role.value for role in roles]),
            accounts.c.confirmed,
            ~accounts.c.disabled,
            ~accounts.c.deleted,
            accounts.c.id.not_in(besides),
            *(or_(until.is_(None), until <= at) for until in (accounts.c.silenced_until, accounts.c.suspended_until)),
        )
        return bool(self._connection.execute(select(may_act)).scalar_one())

    def empty(self, account_id: int) -> None:
        self._connection.execute(update(appeals).where(appeals.c.account_id == account_id).values(text=""))


RECORD = (
    LOG.add_columns(
        sanctions.c.until,
        sanctions.c.lifted_at,
        sanctions.c.reversed,
        appeals.c.id.label("appeal_id"),
        appeals.c.text.label("appeal_text"),
        appeals.c.verdict,
        appeals.c.reason.label("verdict_reason"),
        appeals.c.decided_at,
        cases.c.id.label("case_id"),
        cases.c.subject_kind.label("case_kind"),
        cases.c.text.label("case_text"),
    )
    .outerjoin(sanctions, sanctions.c.id == moderation_log.c.id)
    .outerjoin(appeals, appeals.c.entry_id == moderation_log.c.id)
    .outerjoin(cases, cases.c.entry_id == moderation_log.c.id)
    # What concerns nobody is on no record.
    .where(moderation_log.c.about_id.is_not(None))
)
_NEVER_TOLD = [act.value for act in Act if act.is_for_moderators]
_CONCERNS = and_(
    or_(moderation_log.c.actor_id.is_(None), moderation_log.c.actor_id != moderation_log.c.about_id),
    moderation_log.c.act.not_in(_NEVER_TOLD),
)
# The index of what an act hides has no other comments.
_HIDDEN = (
    select(comments.c.id, comments.c.body)
    .join_from(comments, moderation_log, moderation_log.c.id == comments.c.hidden_by)
    .join(posts, posts.c.id == comments.c.post_id)
    .where(comments.c.hidden_by.is_not(None))
)


class SqlAppealFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, reader: Reader, window: Window) -> Page[RecordCard]:
        theirs = RECORD.where(
            owned_by(moderation_log.c.about_id, reader.id),
            _CONCERNS,
            moderation_log.c.act.not_in([act.value for act in VERDICTS]),
        )
        cut = windowed(theirs, moderation_log.c.id, window, owner=moderation_log.c.about_id)
        return page_of(self._database.rows(cut), window, lambda row: record_card_of(row, reader))

    def entry(self, reader: Reader, entry_id: int) -> RecordCard:
        one = RECORD.where(moderation_log.c.id == entry_id)
        if not may_know_actor(reader):
            one = one.where(moderation_log.c.about_id == reader.id, _CONCERNS)
        return record_card_of(self._database.row(one), reader)

    def hidden_comments(self, reader: Reader, entry_id: int, window: Window) -> Page[HiddenComment]:
        hidden = _HIDDEN.where(owned_by(comments.c.hidden_by, entry_id))
        if may_know_actor(reader):
            shown = visible_comments(reader, hidden)
        else:
            shown = hidden.where(moderation_log.c.about_id == reader.id, _CONCERNS, comments.c.deleted_at.is_(None))
        cut = windowed(shown, comments.c.id, window, owner=comments.c.hidden_by)
        rows = self._database.rows(cut, parameters_of(reader))
        return page_of(rows, window, lambda row: HiddenComment(id=row.id, body=row.body))

    def waiting(self, reader: Reader | None, window: Window) -> Page[RecordCard]:
        # An index has only those that wait, in this order.
        listed = select(appeals.c.id, appeals.c.entry_id).where(APPEAL_WAITS)
        cut = windowed(listed, appeals.c.id, window, newest_first=False).subquery("waiting")
        rows = self._database.rows(RECORD.add_columns(cut.c.beyond).join(cut, cut.c.entry_id == moderation_log.c.id))
        return page_of(
            rows, window, lambda row: record_card_of(row, reader), newest_first=False, cursor=lambda row: row.appeal_id
        )


def record_card_of(row: Row[Any], reader: Reader | None) -> RecordCard:
    card = log_card_of(row)
    appeal = None
    if row.appeal_id is not None:
        appeal = AppealCard(
            id=row.appeal_id,
            text=row.appeal_text,
            verdict=_verdict_of(row.verdict),
            reason=row.verdict_reason,
            decided_at=row.decided_at,
        )
    return RecordCard(
        entry=card if may_know_actor(reader) else replace(card, actor=None),
        about_id=row.about_id,
        role=Role(row.whom_role),
        until=row.until,
        lifted_at=row.lifted_at,
        reversed=bool(row.reversed),
        appeal=appeal,
        case_id=row.case_id,
        reported=None if row.case_id is None else ReportedThing(SubjectKind(row.case_kind), row.case_text),
    )


def _verdict_of(value: str | None) -> Verdict | None:
    return None if value is None else Verdict(value)
