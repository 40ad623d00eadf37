"""The rows of notifications in SQL: added, merged, read, considered for a mail, and removed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from adapters.sql.inserts import insert_into
from adapters.sql.paging import owned_by
from adapters.sql.tables import Id, correspondence, notifications
from domain.bundling import FURTHEST_AHEAD, Correspondence
from domain.moderation import SubjectKind
from domain.notifications import MERGING, TELL_OF_COMMENT, Notification, NotificationKind

_MERGING = tuple(kind.value for kind in MERGING)
_THING = ("account_id", "kind", "thing_id", "part")
_KEY = (notifications.c.account_id, notifications.c.id)


class SqlNotifications:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notifications: Sequence[Notification]) -> None:
        if not notifications:
            return
        # In one order two units of work cannot deadlock.
        rows = [_values(each) for each in sorted(notifications, key=lambda each: (each.account_id, each.id))]
        rows = [row | {"own_id": row.pop("id"), "owner_id": row["account_id"]} for row in rows]
        self._connection.execute(_adding(self._connection), rows)

    def find(self, account_id: int, id: int) -> Notification | None:
        found = self._some(select(notifications).where(notifications.c.account_id == account_id, _KEY[1] == id))
        return next(iter(found), None)

    def told_of(self, comment_id: int) -> set[int]:
        kinds = [kind.value for kind in TELL_OF_COMMENT]
        found = select(notifications.c.account_id).where(
            notifications.c.comment_id == comment_id,
            notifications.c.comment_id.is_not(None),
            notifications.c.kind.in_(kinds),
        )
        return set(self._connection.execute(found).scalars())

    def save(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            self._connection.execute(_saving(each))

    def read_until(self, account_id: int, until: int) -> None:
        self._read(notifications.c.account_id == account_id, notifications.c.id <= until)

    def read_kinds(self, account_id: int, kinds: Collection[NotificationKind]) -> None:
        named = [kind.value for kind in kinds]
        self._read(notifications.c.account_id == account_id, notifications.c.kind.in_(named))

    def read_about(self, kind: NotificationKind, thing_id: int, account_ids: Collection[int]) -> None:
        of_thing = (notifications.c.kind == kind.value, notifications.c.thing_id == thing_id)
        self._read(notifications.c.account_id.in_(sorted(account_ids)), *of_thing)

    def _read(self, *conditions: ColumnElement[bool]) -> None:
        merges = notifications.c.kind.in_(_MERGING)
        self._connection.execute(
            update(notifications)
            .where(*conditions, notifications.c.unread)
            .values(unread=False, mail_at=None, part=case((merges, notifications.c.id), else_=0))
        )

    def accounts_to_mail(self, at: datetime, limit: int) -> list[int]:
        mail_at, found = notifications.c.mail_at, set[int]()
        # Each is one end of the index. What waits for its time between them is not walked past.
        for due in _due(at):
            some = select(notifications.c.account_id).where(due).order_by(mail_at).limit(limit)
            found.update(self._connection.execute(some).scalars())
        return sorted(found)

    def to_mail(self, account_id: int, at: datetime, limit: int) -> list[Notification]:
        due = select(notifications).where(notifications.c.account_id == account_id, or_(*_due(at)))
        return self._some(due.order_by(notifications.c.mail_at).limit(limit).with_for_update())

    def in_mail(self, account_id: int, mail_id: int) -> list[Notification]:
        of_account = notifications.c.account_id == account_id
        return self._some(select(notifications).where(of_account, notifications.c.mail_id == mail_id).with_for_update())

    def remove_some_of(self, account_id: int, limit: int) -> int:
        theirs = select(*_KEY).where(owned_by(notifications.c.account_id, account_id))
        some = theirs.order_by(notifications.c.account_id, notifications.c.id).limit(limit)
        return int(self._connection.execute(delete(notifications).where(tuple_(*_KEY).in_(some))).rowcount)

    def remove_about(self, kind: SubjectKind, id: int) -> None:
        column = notifications.c.post_id if kind is SubjectKind.POST else notifications.c.comment_id
        self._connection.execute(delete(notifications).where(column == id))

    def _some(self, found: Select[Any]) -> list[Notification]:
        return [notification_of(row) for row in self._connection.execute(found)]


def _due(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What is to be considered for a mail: its time has come, or was stored by a clock that was wrong."""
    return notifications.c.mail_at <= at, notifications.c.mail_at > at + FURTHEST_AHEAD


def notification_of(row: Row[Any]) -> Notification:
    return Notification(
        id=row.id,
        account_id=row.account_id,
        kind=NotificationKind(row.kind),
        thing_id=row.thing_id,
        post_id=row.post_id,
        comment_id=row.comment_id,
        first_id=row.first_id,
        last_id=row.last_id,
        unread=row.unread,
        part=row.part,
        mail_at=row.mail_at,
        mail_id=row.mail_id,
    )


def _values(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.id,
        "account_id": notification.account_id,
        "kind": notification.kind.value,
        "thing_id": notification.thing_id,
        "post_id": notification.post_id,
        "comment_id": notification.comment_id,
        "first_id": notification.first_id,
        "last_id": notification.last_id,
        "unread": notification.unread,
        "part": notification.part,
        "mail_at": notification.mail_at,
        "mail_id": notification.mail_id,
    }


def _adding(connection: Connection) -> Any:
    """`Notification.merge` in SQL, so that one statement tells everybody."""
    others = notifications.alias()
    owner, own_id = bindparam("owner_id", type_=Id), bindparam("own_id", type_=Id)
    above = select(func.max(others.c.id) + 1).where(others.c.account_id == owner).scalar_subquery()
    adding = insert_into(connection, notifications).values(id=_greater(func.coalesce(above, 0), own_id))
    new, old = adding.excluded, notifications.c
    return adding.on_conflict_do_update(
        index_elements=_THING,
        set_={
            "id": new.id,
            "first_id": -_greater(-old.first_id, -new.first_id),
            "last_id": _greater(old.last_id, new.last_id),
            "mail_at": func.coalesce(old.mail_at, new.mail_at),
        },
        # Not an IN, which no statement with many sets of values may have.
        where=or_(*(old.kind == kind for kind in _MERGING)),
    )


def _greater(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((one > other, one), else_=other)


def _saving(notification: Notification) -> Any:
    return (
        update(notifications)
        .where(notifications.c.account_id == notification.account_id, notifications.c.id == notification.id)
        .values(_values(notification))
    )


class SqlCorrespondences:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, account_id: int) -> Correspondence:
        row = self._connection.execute(
            select(correspondence).where(correspondence.c.account_id == account_id)
        ).one_or_none()
        if row is None:
            return Correspondence(account_id=account_id)
        return Correspondence(account_id=account_id, sent_at=row.sent_at, refused=row.refused)

    def save(self, correspondence_: Correspondence) -> None:
        values = {"sent_at": correspondence_.sent_at, "refused": correspondence_.refused}
        adding = insert_into(self._connection, correspondence).values(account_id=correspondence_.account_id, **values)
        self._connection.execute(adding.on_conflict_do_update(index_elements=["account_id"], set_=values))
