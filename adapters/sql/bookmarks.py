"""Bookmarks in SQL, and the list of their member."""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, tuple_

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.liked import liked_and_bookmarked_of
from adapters.sql.muted import parameters_of
from adapters.sql.paging import bounded, owned_by, page_of
from adapters.sql.posts.feeds import CARDS_FOR, DETAILS_FOR, card_of, detail_of
from adapters.sql.tables import bookmarks, posts
from adapters.sql.visibility import listed_posts
from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from domain.bookmarks import Bookmark
from domain.roles import Reader


class SqlBookmarks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, bookmark: Bookmark) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, bookmarks, "account_id", "post_id").values(
                id=bookmark.id, account_id=bookmark.account_id, post_id=bookmark.post_id
            )
        )
        return bool(added.rowcount)

    def remove(self, account_id: int, post_id: int) -> bool:
        removed = self._connection.execute(
            delete(bookmarks).where(bookmarks.c.account_id == account_id, bookmarks.c.post_id == post_id)
        )
        return bool(removed.rowcount)

    def remove_some_of(self, account_id: int, limit: int) -> int:
        key = (bookmarks.c.account_id, bookmarks.c.post_id)
        theirs = select(*key).where(owned_by(bookmarks.c.account_id, account_id))
        some = theirs.order_by(bookmarks.c.account_id, bookmarks.c.id).limit(limit)
        return int(self._connection.execute(delete(bookmarks).where(tuple_(*key).in_(some))).rowcount)


def _bookmarked(listed: Select[Any]) -> Select[Any]:
    return listed.add_columns(bookmarks.c.id.label("bookmark_id")).join(bookmarks, bookmarks.c.post_id == posts.c.id)


_CARDS, _DETAILS = _bookmarked(CARDS_FOR[True]), _bookmarked(DETAILS_FOR[True])
_IDS = select(bookmarks.c.id)


class SqlBookmarkFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def posts(self, reader: Reader, window: Window) -> Page[PostCard]:
        return page_of(self._rows(reader, _CARDS, window), window, card_of, cursor=_cursor_of)

    def whole_posts(self, reader: Reader, window: Window) -> Page[PostDetail]:
        rows = self._rows(reader, _DETAILS, window)
        return page_of(rows, window, lambda row: detail_of(row, **liked_and_bookmarked_of(row)), cursor=_cursor_of)

    def _rows(self, reader: Reader, constant: Select[Any], window: Window) -> Any:
        """Always bounded, because any number of the posts may be hidden."""
        whose = owned_by(bookmarks.c.account_id, reader.id)
        listed = listed_posts(reader, constant).where(whose)
        cut = bounded(listed, _IDS.where(whose), bookmarks.c.id, window, owner=bookmarks.c.account_id)
        return self._database.rows(cut, parameters_of(reader, window))


def _cursor_of(row: Row[Any]) -> int:
    return int(row.bookmark_id)
