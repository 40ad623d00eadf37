"""Tags in the storage, the list of them, and the posts of one tag."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from domain.posts import Post
from domain.roles import Reader
from domain.tags import Tag

T = TypeVar("T")

# The list of tags has so many at most.
LISTED_AT_MOST = 200


class Tags(Protocol):
    """A post that is in lists stands under each of its tags, and no other post does. A tag counts its posts. Its row
    stays when it has none."""

    def attach(self, post_id: int, names: Sequence[str], new_id: Callable[[], int] | None = None) -> Mapping[str, str]:
        """Puts the post under tags that it does not stand under, and counts it. Answers the present name of each tag
        that was renamed. With `new_id`, tags that are not there are made."""

    def detach(self, post_id: int, keep: Sequence[str] = ()) -> set[str]:
        """Takes the post from under its tags, but for those to `keep`. Answers which of those it stands under."""

    def label(self, post: Post) -> None:
        """Stores the tags of the post beside it. That is no new version of it."""

    def lock(self, name: str, other_name: str) -> tuple[Tag, Tag | None]:
        """Two tags, locked: present ones, also for names that they had. The second may be missing, or be the first.
        Raises NotFound."""

    def rename(self, tag: Tag, name: str, old_id: int) -> None:
        """Its present name leads to it from now on. `old_id` is that of the row for it."""

    def merge(self, tag: Tag, into: Tag) -> None:
        """What leads to `tag` leads to `into` from now on, and so does `tag`. Its posts stay under it until they
        `move`."""

    def posts_of(self, tag_id: int, before_id: int, limit: int) -> list[int]:
        """The ids of the newest posts under this tag before this id."""

    def move(self, tag_id: int, post_ids: Sequence[int]) -> None:
        """Puts these posts under the tag to which this one leads. Does nothing when it leads to none."""

    def present_names(self, names: Iterable[str]) -> Mapping[str, str]:
        """The names of tags that were renamed, each with the present one."""


@dataclass(frozen=True, slots=True)
class TagCard:
    name: str
    post_count: int


@dataclass(frozen=True, slots=True)
class TagPage(Generic[T]):
    """The posts of a tag. When the tag was renamed, `tag` is the present one, and the page is empty."""

    tag: TagCard
    page: Page[T]


class TagFeeds(Protocol):
    def used(self, reader: Reader | None) -> tuple[TagCard, ...]:
        """Those that have posts, LISTED_AT_MOST. Most posts first, then by name."""

    def posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostCard]:
        """Newest first. Raises NotFound when there was never such a tag."""

    def whole_posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostDetail]:
        """As `posts`."""
