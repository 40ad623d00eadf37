"""What a search finds, and the index that the storage keeps for it."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from application.ports.posts import PostDetail
from domain.roles import Reader
from domain.searching.queries import Query
from domain.searching.words import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A part of what a query finds, newest first. A search reads so much of the index at a time. `older` is the cursor
    where it goes on, when that was not enough for the page. Then the page has no cursor."""

    page: Page[T]
    older: int | None = None

    @property
    def before(self) -> int | None:
        """The cursor of what comes next, whatever ended this part."""
        return self.page.before if self.older is None else self.older


class SearchFeeds(Protocol):
    """Neither finds what is hidden or deleted, what is below such a post, or what people wrote whom the reader mutes.
    Of the window only `before` counts."""

    def posts(self, reader: Reader | None, query: Query, window: Window) -> Found[PostDetail]: ...
    def comments(self, reader: Reader | None, query: Query, window: Window) -> Found[CommentCard]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """How far the index is made: texts of this kind with smaller ids are next. Both None at the beginning."""

    kind: Kind | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """So many texts were made. `next` is None when nothing is left."""

    texts: int
    next: Place | None


class SearchIndex(Protocol):
    """The index changes in the commit of a text. Here is what makes it anew, newest text first."""

    def forget_version(self) -> None:
        """All of it is to be made anew."""

    def begun(self) -> bool:
        """Whether a part of it is made anew, and the rest is not."""

    def count_left(self, at_most: int) -> int:
        """How many texts are to be made. Counts no further than `at_most`."""

    def make_some(self, place: Place, limit: int, *, settled: int) -> Made:
        """Makes the next texts, at most `limit`. What is newer than the id `settled` is made later if it is much."""

    def is_full(self) -> bool:
        """Whether `begin_segments` would begin one."""

    def begin_segments(self, first_id: int) -> None:
        """Where the newest texts have become many, others begin a new segment at this id. It is above all ids."""
