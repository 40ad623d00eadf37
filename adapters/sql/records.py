"""From rows to the records that screens are made of. `FACE` wants `accounts` joined as the author."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Text, exists, false, literal_column, select
from sqlalchemy.types import Integer

from adapters.sql.tables import accounts, comments, follows, moderation_log, posts
from application.feeds import CommentCard, Face, FollowCard, LogCard, PostCard, PostDetail, Profile
from domain.comments import may_see_reason, may_see_text
from domain.moderation import Action
from domain.roles import Reader, Role

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


COMMENTS = (
    select(*COMMENT, *FACE, posts.c.title.label("post_title"))
    .join_from(comments, accounts, comments.c.author_id == accounts.c.id)
    .join(posts, posts.c.id == comments.c.post_id)
)

_moderator, _author = accounts.alias("moderator"), accounts.alias("author")

LOG = (
    select(
        moderation_log,
        _moderator.c.username.label("moderator_username"),
        _moderator.c.name.label("moderator_name"),
        _moderator.c.deleted.label("moderator_deleted"),
        _author.c.username.label("author_username"),
        _author.c.name.label("author_name"),
        _author.c.deleted.label("author_deleted"),
    )
    .join_from(moderation_log, _moderator, _moderator.c.id == moderation_log.c.moderator_id)
    .join(_author, _author.c.id == moderation_log.c.author_id)
)


def person(reader_id: int | None) -> tuple[ColumnElement[Any], ...]:
    """What is public about a member, and who of the two follows whom. No column is named as one of `CARD`, so that
    both fit into one row."""
    followed: ColumnElement[bool] = false()
    follows_you: ColumnElement[bool] = false()
    if reader_id is not None:
        pair = follows.alias()
        followed = exists().where(pair.c.follower_id == reader_id, pair.c.followed_id == accounts.c.id)
        follows_you = exists().where(pair.c.follower_id == accounts.c.id, pair.c.followed_id == reader_id)
    return (
        *FACE,
        accounts.c.location,
        accounts.c.about_me,
        accounts.c.role,
        accounts.c.last_seen_at,
        accounts.c.post_count.label("written_posts"),
        accounts.c.comment_count.label("written_comments"),
        accounts.c.follower_count,
        accounts.c.following_count,
        followed.label("followed"),
        follows_you.label("follows_you"),
    )


def profile_of(row: Row[Any]) -> Profile:
    return Profile(
        id=row.face_id,
        username=row.face_username,
        name=row.face_name,
        location=row.location,
        about_me=row.about_me,
        role=Role(row.role),
        last_seen_at=row.last_seen_at,
        post_count=row.written_posts,
        comment_count=row.written_comments,
        follower_count=row.follower_count,
        following_count=row.following_count,
        followed=bool(row.followed),
        follows_you=bool(row.follows_you),
    )


def entry_of(row: Row[Any]) -> LogCard:
    moderator = Face(row.moderator_id, row.moderator_username, row.moderator_name)
    author = Face(row.author_id, row.author_username, row.author_name)
    return LogCard(
        id=row.id,
        moderator=None if row.moderator_deleted else moderator,
        author=None if row.author_deleted else author,
        action=Action(row.action),
        comment_id=row.comment_id,
        post_id=row.post_id,
        body=row.body,
        reason=row.reason,
    )


def face_of(row: Row[Any]) -> Face | None:
    return None if row.face_deleted else Face(row.face_id, row.face_username, row.face_name)


def card_of(row: Row[Any]) -> PostCard:
    return PostCard(
        id=row.id,
        author=face_of(row),
        author_id=row.face_id,
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
