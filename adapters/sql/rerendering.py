"""Posts and comments in SQL, to be rendered anew."""

from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, update

from adapters.sql.comments import COMMENT, comment_of
from adapters.sql.posts import POST, html_values, post_of
from adapters.sql.searching.columns import saved_comment, saved_post
from adapters.sql.tables import comments, posts
from application.ports.rerendering import Text
from domain.posts import Post

_COLUMNS = {posts: POST, comments: COMMENT}


class SqlRenderedTexts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def some_older(self, version: int, limit: int) -> list[Text]:
        older = self._older(posts, version, limit)
        if older:
            return [post_of(row) for row in older]
        return [comment_of(row) for row in self._older(comments, version, limit)]

    def some_after(self, after: int, limit: int) -> list[Text]:
        found: list[Text] = [post_of(row) for row in self._after(posts, after, limit)]
        found += [comment_of(row) for row in self._after(comments, after, limit)]
        return sorted(found, key=lambda text: text.id)[:limit]

    def count_older(self, version: int, at_most: int) -> int:
        counted = self._older_in(posts, version, at_most)
        return counted + self._older_in(comments, version, at_most - counted)

    def save(self, text: Text) -> bool:
        if isinstance(text, Post):
            return self._store(posts, text, html_values(text.html) | saved_post(text))
        html = {"body_html": text.body_html, "html_version": text.html_version}
        return self._store(comments, text, html | saved_comment(text))

    def _older(self, table: Table, version: int, limit: int) -> list[Row[Any]]:
        older = select(*_COLUMNS[table]).where(table.c.html_version < version)
        return list(self._connection.execute(older.order_by(table.c.html_version, table.c.id).limit(limit)))

    def _after(self, table: Table, after: int, limit: int) -> list[Row[Any]]:
        following = select(*_COLUMNS[table]).where(table.c.id > after).order_by(table.c.id)
        return list(self._connection.execute(following.limit(limit)))

    def _older_in(self, table: Table, version: int, at_most: int) -> int:
        older = select(table.c.id).where(table.c.html_version < version).limit(at_most).subquery()
        return int(self._connection.execute(select(func.count()).select_from(older)).scalar_one())

    def _store(self, table: Table, text: Text, values: dict[str, Any]) -> bool:
        stored = update(table).where(table.c.id == text.id, table.c.version == text.version).values(values)
        return bool(self._connection.execute(stored).rowcount)
