"""Posts, their comments, and what moderators did."""

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from adapters.sql.tables import comments, moderation_log, posts
from domain.comments import Comment
from domain.errors import Changed, NotFound
from domain.moderation import LogEntry
from domain.posts import Post, PostHtml, PostText


def _post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        author_id=row.author_id,
        text=PostText(title=row.title, body=row.body),
        html=PostHtml(body_html=row.body_html, excerpt_html=row.excerpt_html, cut=row.cut),
        edited_at=row.edited_at,
        version=row.version,
    )


def _post_values(post: Post) -> dict[str, Any]:
    return {
        "title": post.text.title,
        "body": post.text.body,
        "body_html": post.html.body_html,
        "excerpt_html": post.html.excerpt_html,
        "cut": post.html.cut,
        "edited_at": post.edited_at,
    }


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        post_id=row.post_id,
        author_id=row.author_id,
        body=row.body,
        body_html=row.body_html,
        edited_at=row.edited_at,
        version=row.version,
        hidden=row.hidden,
        hidden_reason=row.hidden_reason,
    )


def _comment_values(comment: Comment) -> dict[str, Any]:
    return {
        "body": comment.body,
        "body_html": comment.body_html,
        "edited_at": comment.edited_at,
        "hidden": comment.hidden,
        "hidden_reason": comment.hidden_reason,
    }


class SqlPosts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, post_id: int) -> Post:
        return self._get(post_id, lock=False)

    def lock(self, post_id: int) -> Post:
        return self._get(post_id, lock=True)

    def add(self, post: Post) -> None:
        self._connection.execute(
            insert(posts).values(
                id=post.id, author_id=post.author_id, version=post.version, comment_count=0, **_post_values(post)
            )
        )

    def save(self, post: Post) -> None:
        saved = self._connection.execute(
            update(posts)
            .where(posts.c.id == post.id, posts.c.version == post.version)
            .values(version=post.version + 1, **_post_values(post))
        )
        if not saved.rowcount:
            raise Changed()
        post.version += 1

    def remove(self, post_id: int) -> None:
        self._connection.execute(delete(posts).where(posts.c.id == post_id))

    def some_of(self, author_id: int, limit: int) -> list[int]:
        found = self._connection.execute(select(posts.c.id).where(posts.c.author_id == author_id).limit(limit))
        return list(found.scalars())

    def _get(self, post_id: int, *, lock: bool) -> Post:
        statement = select(posts).where(posts.c.id == post_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NotFound()
        return _post(row)


class SqlComments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, comment_id: int) -> Comment:
        row = self._connection.execute(select(comments).where(comments.c.id == comment_id)).one_or_none()
        if row is None:
            raise NotFound()
        return _comment(row)

    def add(self, comment: Comment) -> None:
        self._connection.execute(
            insert(comments).values(
                id=comment.id,
                post_id=comment.post_id,
                author_id=comment.author_id,
                version=comment.version,
                **_comment_values(comment),
            )
        )

    def save(self, comment: Comment) -> None:
        saved = self._connection.execute(
            update(comments)
            .where(comments.c.id == comment.id, comments.c.version == comment.version)
            .values(version=comment.version + 1, **_comment_values(comment))
        )
        if not saved.rowcount:
            raise Changed()
        comment.version += 1

    def remove(self, comment_id: int) -> bool:
        return bool(self._connection.execute(delete(comments).where(comments.c.id == comment_id)).rowcount)

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        rows = self._connection.execute(select(comments).where(comments.c.author_id == author_id).limit(limit))
        return [_comment(row) for row in rows]

    def count_by_author(self, post_id: int) -> dict[int, int]:
        rows = self._connection.execute(
            select(comments.c.author_id, func.count().label("how_many"))
            .where(comments.c.post_id == post_id)
            .group_by(comments.c.author_id)
        )
        return {row.author_id: row.how_many for row in rows}


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
