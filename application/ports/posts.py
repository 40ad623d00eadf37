"""Posts in the storage, and in lists and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Counted, Page, Window
from domain.ids import time_of
from domain.posts import Post
from domain.roles import Reader


class Posts(Protocol):
    def get(self, post_id: int) -> Post: ...
    def lock(self, post_id: int) -> Post:
        """As `get`. Until the end of this unit of work nobody else can change the post or comment below it."""

    def add(self, post: Post) -> None: ...
    def save(self, post: Post) -> None:
        """Stores the next version and puts its number on `post`. Raises Changed when another one was stored first."""

    def remove(self, post_id: int) -> None:
        """Removes it for good, and its comments."""

    def listed_among(self, post_ids: Sequence[int]) -> set[int]:
        """Those that are neither hidden nor deleted."""

    def some_of(self, author_id: int, limit: int) -> list[int]:
        """The ids of some posts of this author."""

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        """The ids of the newest posts of this author before this id that are not hidden. They may be deleted."""

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        """The ids of some posts that this act hides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """A post in a list. `cut` says that the excerpt is shorter than the text. `liked` and `bookmarked` say whether the
    reader likes it and has bookmarked it. `picture_id` is the first picture."""

    id: int
    author: MemberName | None
    author_id: int
    title: str
    excerpt_html: str
    cut: bool
    edited_at: datetime | None
    comment_count: int
    like_count: int
    tags: tuple[str, ...] = ()
    liked: bool = False
    bookmarked: bool = False
    picture_id: int | None = None

    def __hash__(self) -> int:
        # It is enough for a key of a cache, and cheap. Equality compares all fields.
        return hash(self.id)

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetail:
    """A whole post. `body` is the Markdown. `hidden_by` is the log entry of the act that hid it. Only its author and
    moderators get a hidden post. `muted` says whether the reader mutes its author, `blocked` whether that is a block.
    `refuses` says whether the reader can neither comment nor like, because one of the two blocks the other. `liked` and
    `bookmarked` are those of a PostCard, and `watched` says whether the reader watches it. Lists do not say whether
    the reader mutes the author, or watches the post."""

    id: int
    author: MemberName | None
    author_id: int
    title: str
    body: str
    body_html: str
    edited_at: datetime | None
    version: int
    comment_count: int
    like_count: int
    hidden_by: int | None
    hidden_reason: str
    closed: bool
    tags: tuple[str, ...] = ()
    muted: bool = False
    blocked: bool = False
    refuses: bool = False
    liked: bool = False
    bookmarked: bool = False
    watched: bool = False
    picture_id: int | None = None

    def __hash__(self) -> int:
        # It is enough for a key of a cache, and cheap. Equality compares all fields.
        return hash(self.id)

    @property
    def hidden(self) -> bool:
        return self.hidden_by is not None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class PostLink:
    """What a link to a post says: the title, or else the first words of the excerpt."""

    id: int
    title: str
    excerpt_html: str


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """The id of a post, and when it last changed."""

    id: int
    changed_at: datetime


class PostFeeds(Protocol):
    """Lists are newest first, and have no hidden and no deleted posts. Lists of `whole` posts are for the API and have
    a count."""

    def post(self, reader: Reader | None, post_id: int) -> PostDetail:
        """Raises NotFound, whose code says whether the post is hidden from this reader."""

    def latest(self, reader: Reader | None, window: Window) -> Page[PostCard]: ...
    def timeline(self, reader: Reader, window: Window) -> Page[PostCard]:
        """Posts of the authors that this member follows, and the member's own."""

    def whole_latest(self, reader: Reader | None, window: Window) -> Counted[PostDetail]: ...
    def whole_timeline(self, reader: Reader, window: Window) -> Counted[PostDetail]:
        """As `timeline`."""

    def whole_by(self, reader: Reader | None, username: str, window: Window) -> Counted[PostDetail]:
        """Posts of one author. The username is found in any case. Raises NotFound."""

    def sitemap(self, reader: Reader | None, first: int, end: int, limit: int) -> tuple[SitemapEntry, ...]:
        """Entries of posts with ids from `first` to below `end`, oldest first."""
