"""The shapes that go in and out. Strict: no unknown fields, no conversions. Rules are the core's."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

from application.feeds import CommentCard, Face, LogCard, PostDetail, Profile
from domain.comments import BODY_LIMIT as COMMENT_LIMIT
from domain.moderation import REASON_LIMIT
from domain.posts import BODY_LIMIT, TITLE_LIMIT


def rfc3339(at: datetime) -> str:
    """UTC, to the millisecond, with Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


Instant = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]
Id = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$", examples=["1882546744605111848"])]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]


def _at_most(limit: int) -> JsonDict:
    """Told, not checked here: the rule is the core's, and counts after CRLF became LF."""
    return {"maxLength": limit}


def _text(limit: int) -> JsonDict:
    return {"minLength": 1, "maxLength": limit, "pattern": r"\S"}


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewPost(_In):
    body: str = Field("", description="Markdown.", json_schema_extra=_text(BODY_LIMIT), examples=["Hello, *world*."])
    title: str | None = Field(None, json_schema_extra=_at_most(TITLE_LIMIT), examples=["A walk in the snow"])


class PostChange(_In):
    body: str = Field("", description="Markdown.", json_schema_extra=_text(BODY_LIMIT), examples=["Hello again."])
    title: str | None = Field(None, description="`null` takes the title away.", json_schema_extra=_at_most(TITLE_LIMIT))


class NewComment(_In):
    body: str = Field("", description="Markdown.", json_schema_extra=_text(COMMENT_LIMIT), examples=["Well said."])


class NewUser(_In):
    email: str = Field("", examples=["susan@example.com"], json_schema_extra=_at_most(254))
    username: str = Field("", examples=["susan"], json_schema_extra=_at_most(64))
    password: str = Field("", examples=["correct horse battery"], json_schema_extra=_at_most(128))


class NewConfirmation(_In):
    token: str = Field("", description="From the mailed link.")


class ProfileChange(_In):
    name: str = Field("", json_schema_extra=_at_most(64), examples=["Susan Smith"])
    location: str = Field("", json_schema_extra=_at_most(64), examples=["Lisbon"])
    about_me: str = Field("", json_schema_extra=_at_most(2_000), examples=["Reads at night."])


class Hiding(_In):
    reason: str = Field("", json_schema_extra=_text(REASON_LIMIT), examples=["It attacks a person."])


class Message(_Out):
    message: str


class Token(_Out):
    token: str
    expiration: int = Field(description="Seconds.", examples=[3600])


class User(_Out):
    id: Id
    url: Url
    web_url: Url
    username: str = Field(examples=["susan"])
    name: str
    location: str
    about_me: str
    avatar_url: Url
    member_since: Instant
    last_seen: Instant
    post_count: int
    comment_count: int
    follower_count: int
    following_count: int
    posts_url: Url
    followed_posts_url: Url
    followers_url: Url
    following_url: Url


class Post(_Out):
    id: Id
    url: Url
    web_url: Url
    title: str | None
    body: str
    body_html: str
    timestamp: Instant
    edited_at: Instant | None
    version: int
    author_url: Url | None
    author: str | None = Field(description="Username; null when the author has left.")
    comments_url: Url
    comment_count: int


class Comment(_Out):
    id: Id
    url: Url
    web_url: Url
    post_url: Url
    body: str | None = Field(description="Null when hidden, except for moderators.")
    body_html: str | None
    timestamp: Instant
    edited_at: Instant | None
    version: int
    hidden: bool
    author_url: Url | None
    author: str | None


class LogEntry(_Out):
    id: Id
    action: Literal["hide", "restore"]
    reason: str
    body: str = Field(description="The text as it stood then.")
    timestamp: Instant
    moderator: str | None
    moderator_url: Url | None
    author: str | None
    author_url: Url | None
    comment_url: Url = Field(description="May be gone.")
    post_url: Url = Field(description="May be gone.")


class _List(_Out):
    prev: Url | None
    next: Url | None
    count: int = Field(description="How many there are in all.")


class PostList(_List):
    posts: list[Post]


class CommentList(_List):
    comments: list[Comment]


class UserList(_List):
    users: list[User]


class LogList(_List):
    entries: list[LogEntry]


class FieldError(_Out):
    field: str
    message: str


class ProblemDetails(_Out):
    """RFC 9457, and the pair `error` and `message` for older clients."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    error: str
    message: str
    errors: list[FieldError] | None = None


class Objects:
    """From records to objects; every URL is absolute, below the site's own address."""

    def __init__(self, base_url: str) -> None:
        self._web = base_url
        self._api = f"{base_url}/api/v1"

    def user(self, profile: Profile) -> User:
        url = f"{self._api}/users/{profile.username}"
        return User(
            id=str(profile.id),
            url=url,
            web_url=f"{self._web}/@{profile.username}",
            username=profile.username,
            name=profile.name,
            location=profile.location,
            about_me=profile.about_me,
            avatar_url=f"{self._web}/avatars/{profile.id}.svg",
            member_since=profile.member_since,
            last_seen=profile.last_seen_at,
            post_count=profile.post_count,
            comment_count=profile.comment_count,
            follower_count=profile.follower_count,
            following_count=profile.following_count,
            posts_url=f"{url}/posts/",
            followed_posts_url=f"{url}/timeline/",
            followers_url=f"{url}/followers/",
            following_url=f"{url}/following/",
        )

    def post(self, post: PostDetail) -> Post:
        url = f"{self._api}/posts/{post.id}"
        return Post(
            id=str(post.id),
            url=url,
            web_url=f"{self._web}/posts/{post.id}",
            title=post.title or None,
            body=post.body,
            body_html=post.body_html,
            timestamp=post.created_at,
            edited_at=post.edited_at,
            version=post.version,
            author_url=self._user_url(post.author),
            author=_name(post.author),
            comments_url=f"{url}/comments/",
            comment_count=post.comment_count,
        )

    def comment(self, comment: CommentCard) -> Comment:
        return Comment(
            id=str(comment.id),
            url=f"{self._api}/comments/{comment.id}",
            web_url=f"{self._web}/comments/{comment.id}",
            post_url=f"{self._api}/posts/{comment.post_id}",
            body=comment.body,
            body_html=comment.body_html,
            timestamp=comment.created_at,
            edited_at=comment.edited_at,
            version=comment.version,
            hidden=comment.hidden,
            author_url=self._user_url(comment.author),
            author=_name(comment.author),
        )

    def log_entry(self, entry: LogCard) -> LogEntry:
        return LogEntry(
            id=str(entry.id),
            action=entry.action.value,
            reason=entry.reason,
            body=entry.body,
            timestamp=entry.created_at,
            moderator=_name(entry.moderator),
            moderator_url=self._user_url(entry.moderator),
            author=_name(entry.author),
            author_url=self._user_url(entry.author),
            comment_url=f"{self._api}/comments/{entry.comment_id}",
            post_url=f"{self._api}/posts/{entry.post_id}",
        )

    def _user_url(self, face: Face | None) -> str | None:
        return None if face is None else f"{self._api}/users/{face.username}"


def _name(face: Face | None) -> str | None:
    return None if face is None else face.username
