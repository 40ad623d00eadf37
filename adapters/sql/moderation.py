"""The moderation log and the list of all comments, in SQL."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from adapters.sql.comments import COMMENTS, card_of, visible_comments
from adapters.sql.engine import Database
from adapters.sql.paging import counted_page, page_of, windowed
from adapters.sql.tables import accounts, comments, moderation_log
from adapters.sql.tallies import total_of
from application.ports.comments import CommentCard
from application.ports.members import MemberName
from application.ports.moderation import LogCard
from application.ports.paging import Counted, Page, Window
from application.ports.tallies import Total
from domain.moderation import Action, LogEntry
from domain.roles import Reader, Role


class SqlModerationLog:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: LogEntry) -> None:
        self._connection.execute(
            insert(moderation_log).values(
                id=entry.id,
                moderator_id=entry.moderator_id,
                author_id=entry.author_id,
                action=entry.action.value,
                comment_id=entry.comment_id,
                post_id=entry.post_id,
                body=entry.body,
                reason=entry.reason,
            )
        )


_moderator, _author = accounts.alias("moderator"), accounts.alias("author")
_LOG = (
    select(
        moderation_log,
        _moderator.c.username.label("moderator_username"),
        _moderator.c.name.label("moderator_name"),
        _moderator.c.role.label("moderator_role"),
        _moderator.c.deleted.label("moderator_deleted"),
        _author.c.username.label("author_username"),
        _author.c.name.label("author_name"),
        _author.c.role.label("author_role"),
        _author.c.deleted.label("author_deleted"),
    )
    .join_from(moderation_log, _moderator, _moderator.c.id == moderation_log.c.moderator_id)
    .join(_author, _author.c.id == moderation_log.c.author_id)
)


class SqlModerationFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        rows = self._database.rows(windowed(visible_comments(reader, COMMENTS), comments.c.id, window))
        return page_of(rows, window, lambda row: card_of(row, reader, row.post_title))

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        entries = windowed(_LOG, moderation_log.c.id, window)
        return counted_page(self._database, total_of(Total.LOG_ENTRIES), entries, window, _log_card_of)


def _log_card_of(row: Row[Any]) -> LogCard:
    moderator = MemberName(row.moderator_id, row.moderator_username, row.moderator_name, Role(row.moderator_role))
    author = MemberName(row.author_id, row.author_username, row.author_name, Role(row.author_role))
    return LogCard(
        id=row.id,
        moderator=None if row.moderator_deleted else moderator,
        author=None if row.author_deleted else author,
        action=Action(row.action),
        comment_id=row.comment_id,
        post_id=row.post_id,
        body=row.body,
        reason=row.reason,
    )
