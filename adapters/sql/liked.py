"""What the reader likes, has bookmarked and watches, as columns of the thing. Each looks up one row by its primary key.
Where somebody is signed in, the statement takes `parameters_of` the reader."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, false

from adapters.sql.lookups import has_row
from adapters.sql.muted import READER
from adapters.sql.tables import bookmarks, comment_likes, comments, post_likes, posts, watches

# Other names, because a list of bookmarks has the table too.
_likes, _likes_of_comments, _bookmarks, _watches = (
    table.alias() for table in (post_likes, comment_likes, bookmarks, watches)
)


def liked_and_bookmarked(*, signed_in: bool) -> tuple[ColumnElement[bool], ...]:
    """The columns `liked` and `bookmarked` of a post."""
    return (
        _has(_likes, _likes.c.post_id == posts.c.id, "liked", signed_in=signed_in),
        _has(_bookmarks, _bookmarks.c.post_id == posts.c.id, "bookmarked", signed_in=signed_in),
    )


def liked_and_bookmarked_of(row: Row[Any]) -> dict[str, bool]:
    return {"liked": bool(row.liked), "bookmarked": bool(row.bookmarked)}


def watched(*, signed_in: bool) -> ColumnElement[bool]:
    """The column `watched` of a post."""
    return _has(_watches, _watches.c.post_id == posts.c.id, "watched", signed_in=signed_in)


def liked_comment(*, signed_in: bool) -> ColumnElement[bool]:
    """The column `liked` of a comment."""
    return _has(_likes_of_comments, _likes_of_comments.c.comment_id == comments.c.id, "liked", signed_in=signed_in)


def _has(table: FromClause, of_thing: ColumnElement[bool], name: str, *, signed_in: bool) -> ColumnElement[bool]:
    if not signed_in:
        return false().label(name)
    return has_row(of_thing, table.c.account_id == READER).label(name)
