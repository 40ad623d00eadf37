"""What is deleted and not yet gone, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, literal_column, select, union_all
from sqlalchemy.types import Text

from adapters.sql.engine import Database
from adapters.sql.paging import owned_by, page_of, windowed
from adapters.sql.tables import comments, posts
from application.ports.deleting import DeletedCard
from application.ports.paging import Page, Window
from domain.moderation import SubjectKind
from domain.roles import Reader


class SqlDeletedThings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def posts_due(self, before: datetime, limit: int) -> list[int]:
        return self._due(posts, before, limit)

    def comments_due(self, before: datetime, limit: int) -> list[int]:
        return self._due(comments, before, limit)

    def _due(self, table: Table, before: datetime, limit: int) -> list[int]:
        due = select(table.c.id).where(table.c.deleted_at <= before).order_by(table.c.deleted_at).limit(limit)
        return list(self._connection.execute(due).scalars())


_POSTS = select(
    posts.c.id, literal_column("'post'", Text).label("kind"), posts.c.title, posts.c.body, posts.c.deleted_at
)
_COMMENTS = select(
    comments.c.id,
    literal_column("'comment'", Text).label("kind"),
    posts.c.title,
    comments.c.body,
    comments.c.deleted_at,
).join_from(comments, posts)


class SqlDeletedFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def own(self, reader: Reader, since: datetime, window: Window) -> Page[DeletedCard]:
        parts = []
        for listed, table in ((_POSTS, posts), (_COMMENTS, comments)):
            theirs = listed.where(
                owned_by(table.c.author_id, reader.id),
                table.c.deleted_at > since,
                table.c.deleted_by == table.c.author_id,
            )
            if table is comments:
                theirs = theirs.where(posts.c.deleted_at.is_(None), posts.c.hidden_by.is_(None))
            cut = windowed(theirs, table.c.id, window, owner=table.c.author_id)
            parts.append(select(cut.subquery()))
        rows = self._database.rows(union_all(*parts))
        return page_of(_nearest(rows, window), window, _card_of)


def _nearest(rows: Any, window: Window) -> list[Row[Any]]:
    """Each of the two parts has a whole page and one row more."""
    is_rising = window.after is not None and window.before is None
    ordered = sorted(rows, key=lambda row: row.id, reverse=not is_rising)
    return ordered[: window.size + 1]


def _card_of(row: Row[Any]) -> DeletedCard:
    return DeletedCard(id=row.id, kind=SubjectKind(row.kind), title=row.title, body=row.body, deleted_at=row.deleted_at)
