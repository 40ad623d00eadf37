"""Posts in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from adapters.sql.paging import owned_by
from adapters.sql.searching.columns import added_post, saved_post
from adapters.sql.tables import posts
from adapters.sql.visibility import listed_posts
from domain.errors import Changed, NotFound
from domain.posts import Post, PostHtml, PostText

_IDS = select(posts.c.id)


class SqlPosts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, post_id: int) -> Post:
        return self._get(post_id, lock=False)

    def lock(self, post_id: int) -> Post:
        return self._get(post_id, lock=True)

    def add(self, post: Post) -> None:
        self._connection.execute(insert(posts).values(**new_post(post), **added_post(post)))

    def save(self, post: Post) -> None:
        saved = self._connection.execute(
            update(posts)
            .where(posts.c.id == post.id, posts.c.version == post.version)
            .values(version=post.version + 1, **_values(post), **saved_post(post))
        )
        if not saved.rowcount:
            raise Changed()
        post.version += 1

    def remove(self, post_id: int) -> None:
        self._connection.execute(delete(posts).where(posts.c.id == post_id))

    def listed_among(self, post_ids: Sequence[int]) -> set[int]:
        if not post_ids:
            return set()
        found = listed_posts(None, _IDS).where(posts.c.id.in_(post_ids))
        return set(self._connection.execute(found).scalars())

    def some_of(self, author_id: int, limit: int) -> list[int]:
        theirs = _IDS.where(owned_by(posts.c.author_id, author_id)).order_by(posts.c.author_id, posts.c.id)
        return list(self._connection.execute(theirs.limit(limit)).scalars())

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        found = select(posts.c.id).where(
            posts.c.author_id == author_id, posts.c.id < before_id, posts.c.hidden_by.is_(None)
        )
        newest_first = found.order_by(posts.c.author_id.desc(), posts.c.id.desc()).limit(limit)
        return list(self._connection.execute(newest_first).scalars())

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        found = select(posts.c.id).where(posts.c.hidden_by == entry_id, posts.c.hidden_by.is_not(None))
        return list(self._connection.execute(found.order_by(posts.c.hidden_by, posts.c.id).limit(limit)).scalars())

    def _get(self, post_id: int, *, lock: bool) -> Post:
        statement = select(*POST).where(posts.c.id == post_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NotFound()
        return post_of(row)


# Without what is kept for the search, which is as long as the text.
POST = tuple(column for column in posts.c if not column.name.startswith("search_"))


def post_of(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        author_id=row.author_id,
        text=PostText(title=row.title, body=row.body, tags=tags_of(row)),
        html=PostHtml(
            body_html=row.body_html,
            excerpt_html=row.excerpt_html,
            cut=row.cut,
            version=row.html_version,
            picture_id=row.picture_id,
        ),
        edited_at=row.edited_at,
        version=row.version,
        hidden_by=row.hidden_by,
        hidden_reason=row.hidden_reason,
        closed=row.closed,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
    )


def tags_of(row: Row[Any]) -> tuple[str, ...]:
    return tuple(row.tags.split())


def new_post(post: Post) -> dict[str, Any]:
    """The row of a new post, without what is kept for the search."""
    return {
        "id": post.id,
        "author_id": post.author_id,
        "version": post.version,
        "comment_count": 0,
        **_values(post),
    }


def _values(post: Post) -> dict[str, Any]:
    return {
        "title": post.text.title,
        "body": post.text.body,
        "tags": " ".join(post.tags),
        "edited_at": post.edited_at,
        "hidden_by": post.hidden_by,
        "hidden_reason": post.hidden_reason,
        "closed": post.closed,
        "deleted_at": post.deleted_at,
        "deleted_by": post.deleted_by,
        **html_values(post.html),
    }


def html_values(html: PostHtml) -> dict[str, Any]:
    return {
        "body_html": html.body_html,
        "excerpt_html": html.excerpt_html,
        "cut": html.cut,
        "html_version": html.version,
        "picture_id": html.picture_id,
    }
