"""Comments in SQL."""

from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)

from adapters.sql.paging import owned_by
from adapters.sql.searching.columns import added_comment, saved_comment
from adapters.sql.tables import comments
from domain.comments import Comment
from domain.errors import Changed, NotFound


class SqlComments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, comment_id: int) -> Comment:
        return self._get(comment_id, lock=False)

    def lock(self, comment_id: int) -> Comment:
        return self._get(comment_id, lock=True)

    def add(self, comment: Comment) -> None:
        self._connection.execute(insert(comments).values(**new_comment(comment), **added_comment(comment)))

    def save(self, comment: Comment) -> None:
        saved = self._connection.execute(
            update(comments)
            .where(comments.c.id == comment.id, comments.c.version == comment.version)
            .values(version=comment.version + 1, **_values(comment), **saved_comment(comment))
        )
        if not saved.rowcount:
            raise Changed()
        comment.version += 1

    def remove(self, comment_id: int) -> bool:
        return bool(self._connection.execute(delete(comments).where(comments.c.id == comment_id)).rowcount)

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        theirs = select(*COMMENT).where(owned_by(comments.c.author_id, author_id))
        rows = self._connection.execute(theirs.order_by(comments.c.author_id, comments.c.id).limit(limit))
        return [comment_of(row) for row in rows]

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        found = select(comments.c.id).where(
            comments.c.author_id == author_id, comments.c.id < before_id, ~comments.c.hidden
        )
        newest_first = found.order_by(comments.c.author_id.desc(), comments.c.id.desc()).limit(limit)
        return list(self._connection.execute(newest_first).scalars())

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        found = select(comments.c.id).where(comments.c.hidden_by == entry_id, comments.c.hidden_by.is_not(None))
        return list(
            self._connection.execute(found.order_by(comments.c.hidden_by, comments.c.id).limit(limit)).scalars()
        )

    def count_by_author(self, post_id: int) -> dict[int, int]:
        rows = self._connection.execute(
            select(comments.c.author_id, func.count().label("how_many"))
            .where(comments.c.post_id == post_id, comments.c.deleted_at.is_(None))
            .group_by(comments.c.author_id)
        )
        return {row.author_id: row.how_many for row in rows}

    def relist(self, post_id: int, *, listed: bool) -> None:
        self._connection.execute(update(comments).where(comments.c.post_id == post_id).values(absent=not listed))

    def _get(self, comment_id: int, *, lock: bool) -> Comment:
        statement = select(*COMMENT).where(comments.c.id == comment_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NotFound()
        return comment_of(row)


# Without what is kept for the search, which is as long as the text.
COMMENT = tuple(column for column in comments.c if not column.name.startswith("search_"))


def comment_of(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        post_id=row.post_id,
        author_id=row.author_id,
        body=row.body,
        body_html=row.body_html,
        html_version=row.html_version,
        edited_at=row.edited_at,
        version=row.version,
        hidden=row.hidden,
        hidden_reason=row.hidden_reason,
        hidden_by=row.hidden_by,
        reply_to=row.reply_to,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
    )


def new_comment(comment: Comment) -> dict[str, Any]:
    """The row of a new comment, without what is kept for the search."""
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "author_id": comment.author_id,
        "reply_to": comment.reply_to,
        "version": comment.version,
        **_values(comment),
    }


def _values(comment: Comment) -> dict[str, Any]:
    return {
        "body": comment.body,
        "body_html": comment.body_html,
        "html_version": comment.html_version,
        "edited_at": comment.edited_at,
        "hidden": comment.hidden,
        "hidden_reason": comment.hidden_reason,
        "hidden_by": comment.hidden_by,
        "deleted_at": comment.deleted_at,
        "deleted_by": comment.deleted_by,
    }
