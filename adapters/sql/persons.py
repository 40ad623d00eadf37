"""A member as moderators see them, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal_column, select, true, union_all
from sqlalchemy.types import Text

from adapters.sql.appeals import RECORD, record_card_of
from adapters.sql.engine import Database
from adapters.sql.member_names import name_columns, name_in
from adapters.sql.moderation import acts_on_persons, hiding_all_of
from adapters.sql.muted import parameters_of
from adapters.sql.paging import owned_by
from adapters.sql.tables import accounts, comments, invitations, moderation_log, posts, sanctions
from adapters.sql.visibility import visible_comments, visible_posts
from application.ports.persons import PersonBackground, PersonStanding, Writing
from domain.moderation import Act, SubjectKind
from domain.roles import Reader

_OPENING = 300
_inviter = accounts.alias("inviter")
_INVITER = (
    select(
        *name_columns(_inviter, "inviter"),
    )
    .join_from(accounts, invitations, invitations.c.id == accounts.c.invitation_id, isouter=True)
    .join(_inviter, (_inviter.c.id == invitations.c.owner_id) & ~_inviter.c.deleted, isouter=True)
)
_POSTS = select(
    posts.c.id,
    literal_column("'post'", Text).label("kind"),
    posts.c.title,
    func.substr(posts.c.body, 1, _OPENING).label("opening"),
    posts.c.hidden_by.is_not(None).label("hidden"),
)
_COMMENTS = select(
    comments.c.id,
    literal_column("'comment'", Text).label("kind"),
    posts.c.title,
    func.substr(comments.c.body, 1, _OPENING).label("opening"),
    comments.c.hidden,
).join_from(comments, posts)


class SqlPersonFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, reader: Reader | None, account_id: int, at: datetime, limit: int) -> PersonStanding:
        holding = select(sanctions.c.id).where(
            owned_by(sanctions.c.account_id, account_id), sanctions.c.lifted_at.is_(None), sanctions.c.until > at
        )
        noted = acts_on_persons(select(moderation_log.c.id)).where(
            owned_by(moderation_log.c.about_id, account_id), moderation_log.c.act == Act.NOTE.value
        )
        parts = (
            holding.order_by(sanctions.c.account_id.desc(), sanctions.c.id.desc()).limit(limit),
            noted.order_by(moderation_log.c.about_id.desc(), moderation_log.c.id.desc()).limit(limit),
            hiding_all_of(account_id).with_only_columns(moderation_log.c.id),
        )
        ids = union_all(*(select(part.subquery()) for part in parts)).subquery("standing")
        rows = self._database.rows(RECORD.join(ids, ids.c.id == moderation_log.c.id))
        cards = [record_card_of(row, reader) for row in sorted(rows, key=lambda row: row.id, reverse=True)]
        notes = tuple(card for card in cards if card.entry.act is Act.NOTE)
        hiding_all = next((card for card in cards if card.entry.act is Act.HIDE_ALL), None)
        return PersonStanding(tuple(card for card in cards if card.until is not None), notes, hiding_all)

    def background(
        self, reader: Reader | None, account_id: int, entry_id: int, *, limit: int, counted: int
    ) -> PersonBackground:
        found = (
            visible_posts(reader, _POSTS)
            .where(owned_by(posts.c.author_id, account_id))
            .order_by(posts.c.author_id.desc(), posts.c.id.desc()),
            visible_comments(reader, _COMMENTS)
            .where(owned_by(comments.c.author_id, account_id))
            .order_by(comments.c.author_id.desc(), comments.c.id.desc()),
        )
        written = union_all(*(select(each.limit(limit).subquery()) for each in found)).subquery("written")
        hidden = union_all(
            *(
                select(
                    select(table.c.id)
                    .where(table.c.hidden_by == bindparam("entry"), table.c.hidden_by.is_not(None))
                    .limit(counted + 1)
                    .subquery()
                )
                for table in (posts, comments)
            )
        ).subquery("hidden_things")
        head = (
            _INVITER.where(accounts.c.id == account_id)
            .add_columns(select(func.count()).select_from(hidden).scalar_subquery().label("hidden_count"))
            .subquery("head")
        )
        asked: Select[Any] = select(head, written).join_from(head, written, true(), isouter=True)
        rows = self._database.rows(asked, {**parameters_of(reader), "entry": entry_id})
        written_rows = (row for row in rows if row.id is not None)
        writings = tuple(_writing_of(row) for row in sorted(written_rows, key=lambda row: row.id, reverse=True))
        return PersonBackground(
            name_in(rows[0], "inviter") if rows else None, writings, rows[0].hidden_count if rows else 0
        )


def _writing_of(row: Row[Any]) -> Writing:
    return Writing(id=row.id, kind=SubjectKind(row.kind), title=row.title, opening=row.opening, hidden=bool(row.hidden))
