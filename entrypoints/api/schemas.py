"""The shapes that go in and out. Strict: no unknown fields, no conversions. Rules are the core's."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

from application.feeds import CommentCard, Face, LogCard, PostDetail, Profile
from domain.accounts import (
    ABOUT_ME_LIMIT,
    EMAIL_LIMIT,
    LOCATION_LIMIT,
    NAME_LIMIT,
    USERNAME_LIMIT,
    USERNAME_PATTERN,
)
from domain.comments import BODY_LIMIT as COMMENT_LIMIT
from domain.ids import ID_PATTERN
from domain.moderation import REASON_LIMIT
from domain.passwords import LONGEST, SHORTEST
from domain.posts import BODY_LIMIT, TITLE_LIMIT
from domain.texts import INVISIBLE, NOT_IN_ONE_LINE


def rfc3339(at: datetime) -> str:
    """UTC, to the millisecond, with Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


Instant = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]
Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$", examples=["1882546744605111848"])]
Count = Annotated[int, Field(ge=0)]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Neighbour = Annotated[Url | None, Field(description="The page on that side; null without one.")]
Length = Annotated[Count, Field(description="How many there are in all.")]


# Told, not checked here: the rules of texts are the core's (domain/texts.py), which counts after CRLF became LF.
_NO_LINE_BREAK = rf"^[^\u0000{NOT_IN_ONE_LINE}]*$"
_ANYTHING = r"^[^\u0000]*$"
_SOMETHING = rf"^[^\u0000]*[^{INVISIBLE}][^\u0000]*$"


def _text(limit: int, pattern: str) -> JsonDict:
    return {"maxLength": limit, "pattern": pattern}


def _missing(description: str, told: JsonDict, *examples: str) -> Any:
    """A text that is empty when it is missing; the core then says what has to be filled in."""
    return Field(default_factory=str, description=description, json_schema_extra=told, examples=list(examples))


def _title(description: str) -> Any:
    told: JsonDict = {"anyOf": [{"type": "string", **_text(TITLE_LIMIT, _NO_LINE_BREAK)}, {"type": "null"}]}
    return Field(None, description=description, json_schema_extra=told, examples=["A walk in the snow"])


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewPost(_In):
    model_config = ConfigDict(json_schema_extra={"required": ["body"]})

    body: str = _missing("Markdown.", _text(BODY_LIMIT, _SOMETHING), "Hello, *world*.")
    title: str | None = _title("None, `null` and empty are the same.")


class PostChange(_In):
    body: str = _missing("Markdown.", _text(BODY_LIMIT, _SOMETHING), "Hello again.")
    title: str | None = _title("`null` takes the title away.")


class NewComment(_In):
    model_config = ConfigDict(json_schema_extra={"required": ["body"]})

    body: str = _missing("Markdown.", _text(COMMENT_LIMIT, _SOMETHING), "Well *said*.")


class NewUser(_In):
    model_config = ConfigDict(json_schema_extra={"required": ["email", "username", "password"]})

    email: str = _missing("Where the link is mailed to.", _text(EMAIL_LIMIT, "^[^@]+@[^@]+$"), "susan@example.com")
    username: str = _missing(
        "Unique without regard to case.",
        _text(USERNAME_LIMIT, f"^{USERNAME_PATTERN}$"),
        "susan",
    )
    password: str = _missing(
        "Not one of the most common ones.", {"minLength": SHORTEST, **_text(LONGEST, _ANYTHING)}, "seven quiet herons"
    )


class NewConfirmation(_In):
    model_config = ConfigDict(json_schema_extra={"required": ["token"]})

    token: str = _missing("From the mailed link.", {"minLength": 1}, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...")


class ProfileChange(_In):
    name: str = _missing("One's real name.", _text(NAME_LIMIT, _NO_LINE_BREAK), "Susan Smith")
    location: str = _missing("Where one lives.", _text(LOCATION_LIMIT, _NO_LINE_BREAK), "Lisbon")
    about_me: str = _missing("Plain text.", _text(ABOUT_ME_LIMIT, _ANYTHING), "Reads at night.")


class Hiding(_In):
    model_config = ConfigDict(json_schema_extra={"required": ["reason"]})

    reason: str = _missing("Kept in the log.", _text(REASON_LIMIT, _SOMETHING), "It attacks a person.")


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
    post_count: Count
    comment_count: Count
    follower_count: Count
    following_count: Count
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
    version: Annotated[int, Field(ge=1)]
    author_url: Url | None
    author: str | None = Field(description="Username; null when the author has left.")
    comments_url: Url
    comment_count: Count


class Comment(_Out):
    id: Id
    url: Url
    web_url: Url
    post_url: Url
    body: str | None = Field(description="Null when hidden, except for moderators.")
    body_html: str | None
    timestamp: Instant
    edited_at: Instant | None
    version: Annotated[int, Field(ge=1)]
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


class PostList(_Out):
    posts: list[Post]
    prev: Neighbour
    next: Neighbour
    count: Length


class CommentList(_Out):
    comments: list[Comment]
    prev: Neighbour
    next: Neighbour
    count: Length


class UserList(_Out):
    users: list[User]
    prev: Neighbour
    next: Neighbour
    count: Length


class LogList(_Out):
    entries: list[LogEntry]
    prev: Neighbour
    next: Neighbour
    count: Length


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
