"""Notifications in SQL, as their member sees them."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.types import Boolean

from adapters.sql.engine import Database
from adapters.sql.kept import one_of
from adapters.sql.member_names import MEMBER_NAME, name_of
from adapters.sql.muted import READER, parameters_of
from adapters.sql.notifications.things import (
    actor_names,
    actor_profiles,
    actors_in,
    is_there,
    is_wanted,
    profiles_in,
)
from adapters.sql.paging import bounded, owned_by, page_of
from adapters.sql.restrictions import moderates
from adapters.sql.tables import accounts, cases, comments, moderation_log, notifications, posts
from application.ports.mailing import opening_of_html
from application.ports.notifications import COUNTED_AT_MOST, READ_OF_HTML, NotificationCard, NotificationProfiles
from application.ports.paging import Page, Window
from domain.moderation import Act
from domain.notifications import BELOW_POST, NotificationKind
from domain.roles import Permission, Reader

_MODERATES = bindparam("moderates", type_=Boolean())
_ABOUT_CASES = (NotificationKind.REPORT, NotificationKind.REPORT_SETTLED)
_ABOUT_ENTRIES = (
    NotificationKind.HIDDEN,
    NotificationKind.SANCTION,
    NotificationKind.APPEAL_DECIDED,
    NotificationKind.APPEAL,
)
_TELL_WHOM = (NotificationKind.REPORT, NotificationKind.REPORT_SETTLED, NotificationKind.APPEAL)
_OWN = notifications.c
_ABOUT_ID = case(
    (one_of(_OWN.kind, _TELL_WHOM), func.coalesce(cases.c.about_id, moderation_log.c.about_id)),
    (_OWN.kind == NotificationKind.FOLLOW.value, _OWN.account_id),
)
_CARD = (
    _OWN.id,
    _OWN.kind,
    _OWN.unread,
    _OWN.thing_id,
    _OWN.post_id,
    _OWN.comment_id,
    actor_names().label("people"),
    posts.c.title,
    func.substr(posts.c.body_html, 1, READ_OF_HTML).label("post_html"),
    or_(and_(posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None)), posts.c.author_id == _OWN.account_id).label(
        "names_post"
    ),
    func.substr(comments.c.body_html, 1, READ_OF_HTML).label("comment_html"),
    and_(comments.c.deleted_at.is_(None), ~comments.c.absent, ~comments.c.hidden).label("names_comment"),
    moderation_log.c.act,
    *MEMBER_NAME,
)
_PROFILED = (*_CARD, actor_profiles().label("profiles"))
_OF_READER = owned_by(_OWN.account_id, READER)
_IDS = select(_OWN.id).where(_OF_READER)
_SHOWN = _IDS.where(is_wanted(), is_there(_MODERATES))


def _with_things(source: FromClause) -> FromClause:
    """`source`, which has notifications, and what they are about."""
    return (
        source.outerjoin(posts, posts.c.id == _OWN.post_id)
        .outerjoin(comments, comments.c.id == _OWN.comment_id)
        .outerjoin(moderation_log, and_(moderation_log.c.id == _OWN.thing_id, one_of(_OWN.kind, _ABOUT_ENTRIES)))
        .outerjoin(cases, and_(cases.c.id == _OWN.thing_id, one_of(_OWN.kind, _ABOUT_CASES)))
        .outerjoin(accounts, accounts.c.id == _ABOUT_ID)
    )


# To build it takes longer than to execute it.
@lru_cache(maxsize=8)
def _page(columns: tuple[ColumnElement[Any], ...], has_before: bool, has_after: bool) -> Select[Any]:
    """The ids of a page first, so that nothing is read about a notification that is not on it."""
    window = Window(1, before=1 if has_before else None, after=1 if has_after else None)
    ids = bounded(_SHOWN, _IDS, _OWN.id, window, owner=_OWN.account_id).subquery("ids")
    of_page = ids.outerjoin(notifications, and_(_OWN.account_id == READER, _OWN.id == ids.c.id))
    return select(ids.c.edge, ids.c.beyond, *columns).select_from(_with_things(of_page))


_ONE = select(*_CARD).select_from(_with_things(notifications)).where(_OF_READER, _OWN.id == bindparam("id"))
_ONE = _ONE.where(is_wanted(), is_there(_MODERATES))
_MAILED = (
    select(*_CARD)
    .select_from(_with_things(notifications))
    .where(_OF_READER, is_there(_MODERATES), _OWN.unread)
    .where(owned_by(_OWN.mail_id, bindparam("mail_id")), _OWN.mail_id.is_not(None))
    .order_by(_OWN.account_id.desc(), _OWN.mail_id.desc(), _OWN.id.desc())
)


class SqlNotificationFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, reader: Reader, window: Window) -> Page[NotificationCard]:
        return page_of(self._rows(_CARD, reader, window), window, card_of)

    def latest_profiles(self, reader: Reader, window: Window) -> Page[NotificationProfiles]:
        return page_of(self._rows(_PROFILED, reader, window), window, _profiles_of)

    def notification(self, reader: Reader, id: int) -> NotificationCard:
        return card_of(self._database.row(_ONE, {**_parameters(reader), "id": id}))

    def of_mail(self, reader: Reader, mail_id: int, limit: int) -> tuple[NotificationCard, ...]:
        rows = self._database.rows(_MAILED.limit(limit), {**_parameters(reader), "mail_id": mail_id})
        return tuple(card_of(row) for row in rows)

    def _rows(self, columns: tuple[ColumnElement[Any], ...], reader: Reader, window: Window) -> list[Row[Any]]:
        page = _page(columns, window.before is not None, window.after is not None)
        return self._database.kept_rows(page, _parameters(reader, window))


def _parameters(reader: Reader, window: Window | None = None) -> dict[str, Any]:
    return {**parameters_of(reader, window), "moderates": reader.can(Permission.MODERATE)}


def unread_count() -> ColumnElement[int]:
    """How many unread ones a member sees, among COUNTED_AT_MOST rows of an index, as a column of a statement that
    selects from `accounts`. It takes the parameter of `restrictions.AT`."""
    unread = and_(_OWN.account_id == accounts.c.id, _OWN.unread)
    newest = select(_OWN.id).where(unread).order_by(_OWN.account_id.desc(), _OWN.id.desc())
    last = newest.limit(1).offset(COUNTED_AT_MOST - 1).correlate(accounts).scalar_subquery()
    counted = select(func.count()).where(
        unread,
        _OWN.id >= func.coalesce(last, 0),
        is_wanted(),
        is_there(moderates()),
    )
    return counted.select_from(notifications).correlate(accounts).scalar_subquery()


def _profiles_of(row: Row[Any]) -> NotificationProfiles:
    return NotificationProfiles(card_of(row), profiles_in(row.profiles))


def card_of(row: Row[Any]) -> NotificationCard:
    kind, actors = NotificationKind(row.kind), actors_in(row.people)
    return NotificationCard(
        id=row.id,
        kind=kind,
        unread=row.unread,
        thing_id=row.thing_id,
        post_id=row.post_id,
        comment_id=row.comment_id,
        actors=actors.named,
        actor_count=actors.count,
        title=(row.title or opening_of_html(row.post_html or "")) if row.names_post else "",
        text=opening_of_html(row.comment_html) if row.names_comment else "",
        act=None if row.act is None else Act(row.act),
        about=None if row.member_id is None or row.member_deleted else name_of(row),
        event_id=actors.first_id if kind in BELOW_POST else None,
    )
