"""From rows to the records that screens are made of. `FACE` wants `accounts` joined as the author."""

from typing import Any

from sqlalchemy import Row, Text, false, literal_column
from sqlalchemy.types import Integer

from adapters.sql.tables import accounts, comments, posts
from application.feeds import CommentCard, Face, FollowCard, PostCard, PostDetail
from domain.comments import may_see_reason, may_see_text
from domain.roles import Reader

FACE = (
    accounts.c.id.label("face_id"),
    accounts.c.username.label("face_username"),
    accounts.c.name.label("face_name"),
    accounts.c.deleted.label("face_deleted"),
)

CARD = (
    posts.c.id,
    posts.c.title,
    posts.c.excerpt_html,
    posts.c.cut,
    posts.c.edited_at,
    posts.c.comment_count,
)

COMMENT = (
    false().label("is_post"),
    comments.c.id,
    comments.c.post_id,
    literal_column("''", Text).label("title"),
    comments.c.body,
    comments.c.body_html,
    comments.c.edited_at,
    comments.c.version,
    literal_column("0", Integer).label("comment_count"),
    comments.c.hidden,
    comments.c.hidden_reason,
)


def face_of(row: Row[Any]) -> Face | None:
    return None if row.face_deleted else Face(row.face_id, row.face_username, row.face_name)


def card_of(row: Row[Any]) -> PostCard:
    return PostCard(
        id=row.id,
        author=face_of(row),
        title=row.title,
        excerpt_html=row.excerpt_html,
        cut=row.cut,
        edited_at=row.edited_at,
        comment_count=row.comment_count,
    )


def detail_of(row: Row[Any]) -> PostDetail:
    return PostDetail(
        id=row.id,
        author=face_of(row),
        author_id=row.face_id,
        title=row.title,
        body=row.body,
        body_html=row.body_html,
        edited_at=row.edited_at,
        version=row.version,
        comment_count=row.comment_count,
    )


def comment_of(row: Row[Any], reader: Reader | None, post_title: str) -> CommentCard:
    visible = may_see_text(reader, hidden=row.hidden)
    explained = row.hidden and may_see_reason(reader, author_id=row.face_id)
    return CommentCard(
        id=row.id,
        post_id=row.post_id,
        post_title=post_title,
        author=face_of(row),
        author_id=row.face_id,
        body=row.body if visible else None,
        body_html=row.body_html if visible else None,
        edited_at=row.edited_at,
        version=row.version,
        hidden=row.hidden,
        hidden_reason=row.hidden_reason if explained else None,
    )


def follow_of(row: Row[Any]) -> FollowCard:
    return FollowCard(row.id, Face(row.face_id, row.face_username, row.face_name))
