"""Preferences in SQL, and the condition that a member wants to be told on the site."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, select

from adapters.sql.engine import Database
from adapters.sql.tables import notification_settings
from domain.notifications import NotificationKind
from domain.preferences import MailTime, Preference, Preferences
from domain.roles import Reader


class SqlPreferences:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, account_id: int) -> Preferences:
        return self.of_all([account_id])[account_id]

    def of_all(self, account_ids: Iterable[int]) -> Mapping[int, Preferences]:
        ids = set(account_ids)
        theirs = select(notification_settings).where(notification_settings.c.account_id.in_(sorted(ids)))
        rows = self._connection.execute(theirs).all() if ids else []
        return {id: _preferences_of(row for row in rows if row.account_id == id) for id in ids}

    def save(self, account_id: int, preferences: Preferences) -> None:
        settings = notification_settings
        self._connection.execute(delete(settings).where(settings.c.account_id == account_id))
        rows = [
            {"account_id": account_id, "kind": kind.value, "site": each.site, "mail": each.mail.value}
            for kind, each in preferences.changed.items()
        ]
        if rows:
            self._connection.execute(insert(settings), rows)


class SqlPreferenceFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, reader: Reader) -> Preferences:
        own = select(notification_settings).where(notification_settings.c.account_id == reader.id)
        return _preferences_of(self._database.rows(own))


def wants_on_site(account_id: ColumnElement[int], kind: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Whether the member with this id wants to be told of this kind on the site. By default all do."""
    settings = notification_settings.alias()
    is_off = exists().where(settings.c.account_id == account_id, settings.c.kind == kind, ~settings.c.site)
    return ~is_off


def _preferences_of(rows: Iterable[Row[Any]]) -> Preferences:
    return Preferences({NotificationKind(row.kind): Preference(row.site, MailTime(row.mail)) for row in rows})
