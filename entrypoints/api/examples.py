"""Examples for the OpenAPI document. Answers are made as real ones are; requests are made of their fields' examples."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from application.feeds import CommentCard, Face, LogCard, PostDetail, Profile
from domain.ids import make_id
from domain.moderation import Action
from domain.roles import Role
from entrypoints.api import schemas

THEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
POST, COMMENT = 3, 4
_SUSAN = Face(id=make_id(THEN, 1), username="susan", name="Susan Smith")
_MARY = Face(id=make_id(THEN, 2), username="mary", name="")
_POST = PostDetail(
    id=make_id(THEN, POST),
    author=_SUSAN,
    author_id=_SUSAN.id,
    title="A walk in the snow",
    body="Hello, *world*.",
    body_html="<p>Hello, <em>world</em>.</p>\n",
    edited_at=None,
    version=1,
    comment_count=1,
)
_COMMENT = CommentCard(
    id=make_id(THEN, COMMENT),
    post_id=_POST.id,
    post_title=_POST.title,
    author=_MARY,
    author_id=_MARY.id,
    body="Well *said*.",
    body_html="<p>Well <em>said</em>.</p>\n",
    edited_at=None,
    version=1,
    hidden=False,
    hidden_reason=None,
)
_LOG_ENTRY = LogCard(
    id=make_id(THEN, 5),
    moderator=_MARY,
    author=_SUSAN,
    action=Action.HIDE,
    comment_id=_COMMENT.id,
    post_id=_POST.id,
    body="Buy my soup!",
    reason="It sells something.",
)
_PROFILE = Profile(
    id=_SUSAN.id,
    username=_SUSAN.username,
    name=_SUSAN.name,
    location="Lisbon",
    about_me="Reads at night.",
    role=Role.USER,
    last_seen_at=THEN,
    post_count=1,
    comment_count=0,
    follower_count=1,
    following_count=0,
    followed=False,
    follows_you=False,
)


def answers(objects: schemas.Objects) -> dict[type[BaseModel], BaseModel]:
    """One of each model that answers."""
    alone: dict[str, Any] = {"prev": None, "next": None, "count": 1}
    post, comment, user = objects.post(_POST), objects.comment(_COMMENT), objects.user(_PROFILE)
    made: tuple[BaseModel, ...] = (
        post,
        comment,
        user,
        schemas.PostList(posts=[post], **alone),
        schemas.CommentList(comments=[comment], **alone),
        schemas.UserList(users=[user], **alone),
        schemas.LogList(entries=[objects.log_entry(_LOG_ENTRY)], **alone),
        schemas.Token(token="eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ...", expiration=3600),
        schemas.Message(message="A mail is on its way to that address"),
    )
    return {type(one): one for one in made}


def request(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}
