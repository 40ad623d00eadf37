"""Posts, comments and the site in SQL, to be rendered anew."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, select, update

from adapters.sql.comments.storing import COMMENT, comment_of
from adapters.sql.posts.storing import POST, html_values, post_of
from adapters.sql.searching.columns import saved_comment, saved_post
from adapters.sql.site import html_values as html_values_of_site
from adapters.sql.site import site_of
from adapters.sql.tables import comments, posts, site
from application.ports.rerendering import Text
from domain.posts import Post
from domain.site import Site

# Each kind of text, in the order in which they are rendered: its table, its columns, and what makes it of a row.
_KINDS: tuple[tuple[Table, Iterable[Column[Any]], Callable[[Row[Any]], Text]], ...] = (
    (posts, POST, post_of),
    (comments, COMMENT, comment_of),
    (site, site.c, site_of),
)


class SqlRenderedTexts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def some_older(self, version: int, limit: int) -> list[Text]:
        for table, columns, made in _KINDS:
            older = select(*columns).where(table.c.html_version < version)
            oldest = older.order_by(table.c.html_version, table.c.id).limit(limit)
            if found := self._connection.execute(oldest).all():
                return [made(row) for row in found]
        return []

    def some_after(self, after: int, limit: int) -> list[Text]:
        found = list[Text]()
        for table, columns, made in _KINDS:
            following = select(*columns).where(table.c.id > after).order_by(table.c.id).limit(limit)
            found += map(made, self._connection.execute(following))
        return sorted(found, key=lambda text: text.id)[:limit]

    def count_older(self, version: int, at_most: int, *, with_site: bool = True) -> int:
        counted = 0
        for table, *_ in _KINDS:
            if with_site or table is not site:
                counted += self._older_in(table, version, at_most - counted)
        return counted

    def save(self, text: Text) -> bool:
        if isinstance(text, Post):
            return self._store(posts, text, html_values(text.html) | saved_post(text))
        if isinstance(text, Site):
            return self._store(site, text, html_values_of_site(text.html))
        html = {"body_html": text.body_html, "html_version": text.html_version}
        return self._store(comments, text, html | saved_comment(text))

    def _older_in(self, table: Table, version: int, at_most: int) -> int:
        older = select(table.c.id).where(table.c.html_version < version).limit(at_most).subquery()
        return int(self._connection.execute(select(func.count()).select_from(older)).scalar_one())

    def _store(self, table: Table, text: Text, values: dict[str, Any]) -> bool:
        stored = update(table).where(table.c.id == text.id, table.c.version == text.version).values(values)
        return bool(self._connection.execute(stored).rowcount)
