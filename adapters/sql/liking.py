"""Likes in SQL, and the list of members who like a post."""

from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.member_names import MEMBER_NAME, name_of
from adapters.sql.muted import is_muted, parameters_of
from adapters.sql.paging import bounded, owned_by, page_of, windowed
from adapters.sql.people import followed_by, refuses
from adapters.sql.tables import accounts, comment_likes, post_likes, posts
from adapters.sql.visibility import visible_posts
from application.ports.liking import LikeCard
from application.ports.paging import Page, Window
from domain.liking import Like
from domain.roles import Reader


class SqlLikes:
    """Of posts or of comments, which are two tables of one shape."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._thing_id = {post_likes: post_likes.c.post_id, comment_likes: comment_likes.c.comment_id}[table]

    def add(self, like: Like) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, self._table, self._thing_id.name, "account_id").values(
                {"id": like.id, self._thing_id.name: like.thing_id, "account_id": like.account_id}
            )
        )
        return bool(added.rowcount)

    def remove(self, thing_id: int, account_id: int) -> bool:
        removed = self._connection.execute(
            delete(self._table).where(self._thing_id == thing_id, self._table.c.account_id == account_id)
        )
        return bool(removed.rowcount)

    def some_of(self, account_id: int, limit: int) -> list[Like]:
        some = select(self._table.c.id, self._thing_id.label("thing_id"))
        theirs = some.where(owned_by(self._table.c.account_id, account_id))
        rows = self._connection.execute(theirs.order_by(self._table.c.account_id, self._table.c.id).limit(limit))
        return [Like(id=row.id, thing_id=row.thing_id, account_id=account_id) for row in rows]


class SqlLikeFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_post(self, reader: Reader | None, post_id: int, window: Window) -> Page[LikeCard]:
        post = visible_posts(reader, select(posts.c.id)).where(posts.c.id == post_id)
        whose = owned_by(post_likes.c.post_id, post.scalar_subquery())
        listed = (
            select(post_likes.c.id, *MEMBER_NAME, followed_by(reader), refuses(reader))
            .join_from(post_likes, accounts, accounts.c.id == post_likes.c.account_id)
            .where(whose, ~accounts.c.deleted)
        )
        if reader is None or not reader.mutes:
            cut = windowed(listed, post_likes.c.id, window, owner=post_likes.c.post_id)
        else:
            unmuted = listed.where(~is_muted(post_likes.c.account_id))
            walked = select(post_likes.c.id).where(whose)
            cut = bounded(unmuted, walked, post_likes.c.id, window, owner=post_likes.c.post_id)
        return page_of(self._database.rows(cut, parameters_of(reader, window)), window, _card_of)


def _card_of(row: Row[Any]) -> LikeCard:
    return LikeCard(row.id, name_of(row), followed=bool(row.followed), refuses=bool(row.refuses))
