"""The moderation log and the list of all comments, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    TextClause,
    cast,
    insert,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.sql.selectable import NamedFromClause

from adapters.sql.comments.feeds import ALL_COMMENTS, card_of
from adapters.sql.engine import Database
from adapters.sql.member_names import name_columns, name_in
from adapters.sql.named import id_ever_named
from adapters.sql.paging import counted_page, owned_by, page_of, place, windowed
from adapters.sql.tables import ABOUT_PERSON, KEEPS_A_COPY, accounts, comments, moderation_log
from adapters.sql.tallies import total_of
from adapters.sql.visibility import listed_comments
from application.ports.comments import CommentCard
from application.ports.moderation import LogCard
from application.ports.paging import Counted, Page, Window
from application.ports.tallies import Total
from domain.errors import NotFound
from domain.identifiers import username_key
from domain.moderation import UNDOING, Act, LogEntry, SubjectKind
from domain.roles import Reader

_IS_OF_A_TEXT = moderation_log.c.subject_kind != SubjectKind.PERSON.value
# What was changed of the site stays known.
_IS_ON_SITE = moderation_log.c.subject_kind == SubjectKind.SITE.value
# An index has only these acts.
_UNDOING = select(moderation_log.c.id).where(ABOUT_PERSON, moderation_log.c.act.in_([act.value for act in UNDOING]))


def acts_on_persons(found: Select[Any], log: NamedFromClause[Any] = moderation_log) -> Select[Any]:
    """Limits `found`, which selects from the `log`, to those acts. Of two indexes that begin with the same columns,
    SQLite takes the one that was made last. The other has all acts."""
    condition = text(ABOUT_PERSON.text.replace("act ", f"{log.name}.act "))
    return found.where(condition).with_hint(log, "INDEXED BY ix_moderation_log_about_id_id_person", "sqlite")


def hiding_all_of(account_id: int) -> Select[Any]:
    """The last act that hides all of this member and is not undone."""
    later = moderation_log.alias("later")
    undoing = acts_on_persons(select(later.c.id), later).where(
        later.c.about_id == moderation_log.c.about_id,
        later.c.id > moderation_log.c.id,
        later.c.act.in_([act.value for act in UNDOING]),
        later.c.text == cast(moderation_log.c.id, String),
    )
    return (
        acts_on_persons(select(moderation_log))
        .where(
            owned_by(moderation_log.c.about_id, account_id),
            moderation_log.c.act == Act.HIDE_ALL.value,
            ~undoing.exists(),
        )
        .order_by(moderation_log.c.about_id.desc(), moderation_log.c.id.desc())
        .limit(1)
    )


class SqlModerationLog:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: LogEntry) -> None:
        self._connection.execute(
            insert(moderation_log).values(
                id=entry.id,
                actor_id=entry.actor_id,
                act=entry.act.value,
                subject_kind=entry.subject_kind.value,
                subject_id=entry.subject_id,
                about_id=entry.about_id or None,
                post_id=entry.post_id,
                text=entry.text,
                reason=entry.reason,
                rule=entry.rule,
            )
        )

    def newest_about(self, account_id: int, act: Act) -> LogEntry | None:
        newest = (
            select(moderation_log)
            .where(owned_by(moderation_log.c.about_id, account_id), moderation_log.c.act == act.value)
            .order_by(moderation_log.c.about_id.desc(), moderation_log.c.id.desc())
            .limit(1)
        )
        row = self._connection.execute(newest).one_or_none()
        return None if row is None else _entry_of(row)

    def get(self, entry_id: int) -> LogEntry:
        row = self._connection.execute(select(moderation_log).where(moderation_log.c.id == entry_id)).one_or_none()
        if row is None:
            raise NotFound()
        return _entry_of(row)

    def find_hiding_all(self, account_id: int) -> LogEntry | None:
        row = self._connection.execute(hiding_all_of(account_id)).one_or_none()
        return None if row is None else _entry_of(row)

    def is_undone(self, entry: LogEntry) -> bool:
        undoing = _UNDOING.where(moderation_log.c.about_id == entry.about_id, moderation_log.c.text == str(entry.id))
        return self._connection.execute(undoing.limit(1)).one_or_none() is not None

    def old_texts(self, before: int, limit: int) -> list[int]:
        return self._some(limit, moderation_log.c.id < before, KEEPS_A_COPY, ~_IS_ON_SITE)

    def texts_of(self, account_id: int, limit: int, *, published: bool) -> list[int]:
        is_note = moderation_log.c.act == Act.NOTE.value
        has_words = or_(_IS_OF_A_TEXT, is_note) if published else is_note
        return self._some(limit, moderation_log.c.about_id == account_id, has_words)

    def forget_texts(self, entry_ids: Sequence[int]) -> None:
        self._connection.execute(update(moderation_log).where(moderation_log.c.id.in_(entry_ids)).values(text=""))

    def _some(self, limit: int, *which: ColumnElement[bool] | TextClause) -> list[int]:
        found = select(moderation_log.c.id).where(*which, moderation_log.c.text != literal_column("''"))
        return list(self._connection.execute(found.order_by(moderation_log.c.id).limit(limit)).scalars())


def _entry_of(row: Row[Any]) -> LogEntry:
    return LogEntry(
        id=row.id,
        actor_id=row.actor_id,
        act=Act(row.act),
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        about_id=row.about_id or 0,
        post_id=row.post_id,
        text=row.text,
        reason=row.reason,
        rule=row.rule,
    )


_actor, _about = accounts.alias("actor"), accounts.alias("about")
LOG = (
    select(
        moderation_log,
        *name_columns(_actor, "by"),
        *name_columns(_about, "whom"),
    )
    .join_from(moderation_log, _actor, _actor.c.id == moderation_log.c.actor_id, isouter=True)
    .join(_about, _about.c.id == moderation_log.c.about_id, isouter=True)
)


class SqlModerationFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        rows = self._database.rows(windowed(listed_comments(None, ALL_COMMENTS), place(comments.c.id), window))
        return page_of(rows, window, lambda row: card_of(row, reader, row.post_title))

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        entries = windowed(LOG, moderation_log.c.id, window)
        return counted_page(self._database, total_of(Total.LOG_ENTRIES), entries, window, log_card_of)

    def log_by(self, reader: Reader | None, username: str, window: Window) -> Page[LogCard]:
        id = id_ever_named(username_key(username))
        member = select(accounts.c.id.label("member_id")).where(accounts.c.id == id, ~accounts.c.deleted).subquery()
        theirs = LOG.where(owned_by(moderation_log.c.actor_id, id))
        cut = windowed(theirs, moderation_log.c.id, window, owner=moderation_log.c.actor_id).subquery("theirs")
        # There is a row even when the page is empty, unless nobody has this name.
        rows = self._database.rows(select(member, cut).join_from(member, cut, true(), isouter=True))
        if not rows:
            raise NotFound()
        return page_of(rows, window, log_card_of)


def log_card_of(row: Row[Any]) -> LogCard:
    return LogCard(
        id=row.id,
        actor_id=row.actor_id,
        actor=name_in(row, "by"),
        act=Act(row.act),
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        about=name_in(row, "whom"),
        post_id=row.post_id,
        text=row.text,
        reason=row.reason,
        rule=row.rule,
    )
