"""The models of comments."""

from typing import Annotated

from pydantic import ConfigDict, Field

from application.ports.comments import CommentCard
from domain.comments import BODY_LIMIT
from entrypoints.api.schemas.examples import ALONE, ANSWERED_ID, COMMENT_ID, MARY, POST_ID
from entrypoints.api.schemas.fields import (
    SOMETHING,
    Answer,
    Count,
    Id,
    In,
    Instant,
    Length,
    Neighbour,
    Url,
    Urls,
    missing,
    name_of,
    text,
)
from entrypoints.links import elsewhere
from entrypoints.words import alerts_named


class NewComment(In):
    model_config = ConfigDict(json_schema_extra={"required": ["body"]})

    body: str = missing("Markdown.", text(BODY_LIMIT, SOMETHING), "Well *said*.")
    reply_to: Id | None = Field(None, description="The comment below the same post that this one answers.")


class CommentChange(In):
    model_config = ConfigDict(json_schema_extra={"required": ["body"]})

    body: str = missing("Markdown.", text(BODY_LIMIT, SOMETHING), "Well *said*.")


class Comment(Answer):
    id: Id
    url: Url
    web_url: Url
    post_url: Url
    reply_to: Id | None = Field(description="The comment that this one answers. It may be gone.")
    body: str | None = Field(description="Null when hidden, except for moderators.")
    body_html: str | None
    timestamp: Instant
    edited_at: Instant | None
    version: Annotated[int, Field(ge=1)]
    hidden: bool
    like_count: Count
    liked: bool = Field(description="Whether I like it.")
    muted: bool = Field(description="Whether I mute or block its author.")
    author_url: Url | None
    author: str | None

    @classmethod
    def example(cls, urls: Urls) -> "Comment":
        return comment_of(
            urls,
            CommentCard(
                id=COMMENT_ID,
                post_id=POST_ID,
                post_title="A walk in the snow",
                author=MARY,
                author_id=MARY.id,
                body="Well *said*.",
                body_html="<p>Well <em>said</em>.</p>\n",
                edited_at=None,
                version=1,
                hidden=False,
                hidden_reason=None,
                hidden_by=None,
                like_count=1,
                reply_to=ANSWERED_ID,
            ),
        )


class CommentList(Answer):
    comments: list[Comment]
    prev: Neighbour
    next: Neighbour
    count: Length

    @classmethod
    def example(cls, urls: Urls) -> "CommentList":
        return cls(comments=[Comment.example(urls)], **ALONE)


def comment_of(urls: Urls, comment: CommentCard) -> Comment:
    return Comment(
        id=str(comment.id),
        url=f"{urls.api}/comments/{comment.id}",
        web_url=f"{urls.web}/comments/{comment.id}",
        post_url=f"{urls.api}/posts/{comment.post_id}",
        reply_to=None if comment.reply_to is None else str(comment.reply_to),
        body=comment.body,
        body_html=_html_of(urls, comment),
        timestamp=comment.created_at,
        edited_at=comment.edited_at,
        version=comment.version,
        hidden=comment.hidden,
        like_count=comment.like_count,
        liked=comment.liked,
        muted=comment.muted,
        author_url=urls.user(comment.author),
        author=name_of(comment.author),
    )


def _html_of(urls: Urls, comment: CommentCard) -> str | None:
    if comment.body_html is None:
        return None
    return alerts_named(elsewhere(comment.body_html, comment.post_id, urls.web))
