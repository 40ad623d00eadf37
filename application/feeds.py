"""The read ports, one a capability, and the frozen records that screens and API objects are made of.

A method is one statement on SQL storages. Where what is shown depends on who looks, it takes `reader`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from domain.display import Language, Theme
from domain.ids import time_of
from domain.members import fingerprint
from domain.moderation import Action
from domain.outbox import Kind, State
from domain.roles import Reader, Role
from domain.texts import says_something

T = TypeVar("T")

# Who wrote one of this many newest posts wrote lately. A number and not a time: a quiet site has somebody to suggest,
# and a loud one walks no further.
LATELY = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: `size` items next to a cursor, or the list's first page without one.

    `before` asks for the items with smaller ids that are nearest to it, `after` for those with larger ones.
    The cursor itself need not exist any more. When both are set, `before` counts.
    """

    size: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's own order; `before` and `after` are cursors of the neighbouring pages, None without one."""

    items: tuple[T, ...]
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """A member as shown beside what they wrote. A deleted member has no face: the field is None."""

    id: int
    username: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A post in a list. `cut` says that the excerpt is not all of it."""

    id: int
    author: Face | None
    author_id: int
    title: str
    excerpt_html: str
    cut: bool
    edited_at: datetime | None
    comment_count: int

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetail:
    """A whole post; `body` is the Markdown as it was written."""

    id: int
    author: Face | None
    author_id: int
    title: str
    body: str
    body_html: str
    edited_at: datetime | None
    version: int
    comment_count: int

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCard:
    """A comment as `reader` may see it: both texts are None when it is hidden from them.

    `hidden_reason` is there for its author and for moderators. `post_title` is empty for an untitled post.
    """

    id: int
    post_id: int
    post_title: str
    author: Face | None
    author_id: int
    body: str | None
    body_html: str | None
    edited_at: datetime | None
    version: int
    hidden: bool
    hidden_reason: str | None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class Thread:
    """A post and one page of its comments, oldest first."""

    post: PostDetail
    comments: Page[CommentCard]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands: its post, and how many comments that post has."""

    comment_id: int
    post_id: int
    comment_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person's public page. `followed` and `follows_you` are seen from the reader, False without one."""

    id: int
    username: str
    name: str
    location: str
    about_me: str
    role: Role
    last_seen_at: datetime
    post_count: int
    comment_count: int
    follower_count: int
    following_count: int
    followed: bool
    follows_you: bool

    @property
    def member_since(self) -> datetime:
        return time_of(self.id)

    @property
    def first_line(self) -> str:
        """Of `about_me`, empty when that says nothing."""
        return next((line.strip() for line in self.about_me.splitlines() if says_something(line)), "")


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A person and one page of their posts, newest first."""

    profile: Profile
    posts: Page[PostCard]


@dataclass(frozen=True, slots=True)
class FollowProfile:
    """One row of a follower list with all that is public about the person; `id` is the follow's own."""

    id: int
    profile: Profile


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A page, and how long the whole list is, from counters."""

    page: Page[T]
    count: int


@dataclass(frozen=True, slots=True)
class FollowCard:
    """One row of a follower list; `id` is the follow's own (its time is when it began) and the cursor of the list."""

    id: int
    face: Face

    @property
    def since(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer(Reader):
    """Who is signed in: reader, name, session and mailbox in one row."""

    username: str
    name: str
    email: str
    language: Language
    theme: Theme
    session_id: int
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReader(Reader):
    """Who is behind an API token, if it is of the account's present generation."""

    username: str
    token_generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """One place where a member is signed in. `device` is what the browser called itself."""

    id: int
    device: str
    remember: bool
    seen_at: datetime

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A member as administrators see them."""

    id: int
    username: str
    email: str
    name: str
    location: str
    about_me: str
    role: Role
    confirmed: bool
    disabled: bool
    last_seen_at: datetime

    @property
    def member_since(self) -> datetime:
        return time_of(self.id)

    @property
    def fingerprint(self) -> str:
        """Of what an administrator's form shows."""
        return fingerprint(
            email=self.email,
            username=self.username,
            confirmed=self.confirmed,
            role=self.role,
            disabled=self.disabled,
            name=self.name,
            location=self.location,
            about_me=self.about_me,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCard:
    """One act of moderation, with its own copy of what it was about. `post_id` may not exist any more."""

    id: int
    moderator: Face | None
    author: Face | None
    action: Action
    comment_id: int
    post_id: int
    body: str
    reason: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCard:
    """One row of the outbox. It never holds a text or a link."""

    id: int
    kind: Kind
    address: str
    state: State
    attempts: int
    due_at: datetime
    last_error: str

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class Mark:
    """That there is a post, and when it last changed."""

    id: int
    changed_at: datetime


class PostFeeds(Protocol):
    """Posts, newest first. A list is one statement at any depth."""

    def latest(self, window: Window) -> Page[PostCard]: ...
    def timeline(self, reader_id: int, window: Window) -> Page[PostCard]:
        """Posts of the people this member follows, and their own."""

    def thread(self, post_id: int, window: Window, reader: Reader | None) -> Thread:
        """Raises NotFound."""

    def post(self, post_id: int) -> PostDetail:
        """Raises NotFound."""


class CommentFeeds(Protocol):
    """Single comments; a post's own list comes with its thread."""

    def comment(self, comment_id: int, reader: Reader | None) -> CommentCard:
        """Raises NotFound."""

    def place(self, comment_id: int) -> Place:
        """Raises NotFound."""


class PeopleFeeds(Protocol):
    """People and who follows whom. `username` is found in any case; a deleted member is NotFound."""

    def page(self, username: str, window: Window, reader: Reader | None) -> ProfilePage:
        """Raises NotFound."""

    def profile(self, username: str, reader: Reader | None) -> Profile:
        """Raises NotFound."""

    def followers(self, account_id: int, window: Window) -> Page[FollowCard]:
        """Newest follow first."""

    def following(self, account_id: int, window: Window) -> Page[FollowCard]:
        """Newest follow first."""

    def suggestions(self, reader_id: int, limit: int) -> tuple[Profile, ...]:
        """Others who wrote lately (`LATELY`) and whom this member does not follow yet: most followers first, then the
        newest member. Nobody who is disabled or deleted."""


class CatalogueFeeds(Protocol):
    """Lists of whole objects with their number, for programs. Usernames are found in any case."""

    def posts(self, window: Window) -> Counted[PostDetail]:
        """All, newest first."""

    def posts_of(self, username: str, window: Window) -> Counted[PostDetail]:
        """Newest first. Raises NotFound."""

    def timeline(self, reader_id: int, window: Window) -> Counted[PostDetail]:
        """Posts of the people this member follows, and their own, newest first."""

    def marks(self, first: int, end: int, limit: int) -> tuple[Mark, ...]:
        """Of posts with ids from `first` up to but not with `end`, oldest first."""

    def comments(self, window: Window, reader: Reader) -> Counted[CommentCard]:
        """All, newest first."""

    def followers(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        """Newest follow first. Raises NotFound."""

    def following(self, username: str, window: Window, reader: Reader) -> Counted[FollowProfile]:
        """Newest follow first. Raises NotFound."""

    def log(self, window: Window) -> Counted[LogCard]:
        """Acts of moderation, newest first; the use case in front checks who asks."""


class SessionFeeds(Protocol):
    """Who is behind a cookie, and where a member is signed in."""

    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        """None when the session is unknown or over, or the account is disabled or deleted."""

    def reader(self, account_id: int) -> Reader:
        """What an actor may do, for a cheap look before slow work. Raises NotFound when disabled or deleted."""

    def token_reader(self, account_id: int) -> TokenReader:
        """Raises NotFound when disabled or deleted."""

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        """Newest first, without those that are over."""


class ModerationFeeds(Protocol):
    """For moderators only: the use case in front checks that."""

    def comments(self, window: Window, reader: Reader) -> Page[CommentCard]:
        """All comments, newest first."""

    def log(self, window: Window) -> Page[LogCard]:
        """Newest first."""


class MemberFeeds(Protocol):
    """For administrators only: the use case in front checks that."""

    def search(self, prefix: str, window: Window) -> Page[MemberCard]:
        """Newest member first; `prefix` of username or address, without regard to case; empty finds all."""

    def member(self, username: str) -> MemberCard:
        """Raises NotFound."""

    def is_empty(self) -> bool:
        """Whether the store has no account at all."""


class OutboxFeeds(Protocol):
    """For administrators only: the use case in front checks that."""

    def latest(self, window: Window) -> Page[MailCard]:
        """Newest first."""


class ArchiveFeeds(Protocol):
    """All that a member wrote, oldest first and read in batches, for taking it home."""

    def posts(self, account_id: int) -> Iterator[PostDetail]: ...
    def comments(self, account_id: int) -> Iterator[CommentCard]: ...
    def following(self, account_id: int) -> Iterator[FollowCard]: ...
