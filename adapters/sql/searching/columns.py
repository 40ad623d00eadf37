"""What posts and comments keep for the search, in the statement that stores their text."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from adapters.sql.tables import comments, posts, search_segments
from domain.comments import Comment
from domain.posts import Post
from domain.searching.words import Kind, search_text

TABLES = {Kind.POSTS: posts, Kind.COMMENTS: comments}
# The segment that is there without a row.
FIRST = 1


def text_of_post(post: Post) -> str:
    html = post.html.body_html
    return search_text(author_id=post.author_id, title=post.text.title, html=html, tags=post.tags)


def text_of_comment(comment: Comment) -> str:
    return search_text(author_id=comment.author_id, html=comment.body_html)


def added_post(post: Post) -> dict[str, Any]:
    return {"search_text": text_of_post(post), "search_segment": segment_for(Kind.POSTS, post.id)}


def added_comment(comment: Comment) -> dict[str, Any]:
    return {"search_text": text_of_comment(comment), "search_segment": segment_for(Kind.COMMENTS, comment.id)}


def saved_post(post: Post) -> dict[str, Any]:
    return {"search_text": text_of_post(post), "search_segment": _kept(Kind.POSTS, post.id)}


def saved_comment(comment: Comment) -> dict[str, Any]:
    return {"search_text": text_of_comment(comment), "search_segment": _kept(Kind.COMMENTS, comment.id)}


def segment_for(kind: Kind, id: int) -> ColumnElement[int]:
    """Of a text that is in none yet. While a segment is taken out of another, it is the other one."""
    segments = select(search_segments.c.id).where(
        search_segments.c.kind == kind.value, search_segments.c.first_id <= id
    )
    nearest = segments.order_by(search_segments.c.first_id.desc(), search_segments.c.id).limit(1)
    return func.coalesce(nearest.scalar_subquery(), FIRST)


def _kept(kind: Kind, id: int) -> ColumnElement[int]:
    """The job that takes a segment out of another may have changed it meanwhile."""
    segment: ColumnElement[int] = TABLES[kind].c.search_segment
    return case((segment == 0, segment_for(kind, id)), else_=segment)
