"""What the export of a member has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from application.ports.cases import OwnReport
from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.liking import OwnLike
from application.ports.muting import MuteCard
from application.ports.posts import PostDetail
from domain.bookmarks import Bookmark
from domain.roles import Reader
from domain.watching import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPicture:
    """A picture that the reader sent. `shown_in` are the posts that show it."""

    id: int
    alt: str
    width: int
    height: int
    portrait: bool
    shown_in: tuple[int, ...]


class ArchiveFeeds(Protocol):
    """All that the reader wrote and sent, whom they follow, whom they mute and block, what they like, have bookmarked and
    watch, and what they reported. Oldest first, read in batches."""

    def posts(self, reader: Reader) -> Iterator[PostDetail]: ...
    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        """With the texts of hidden ones, because they are the reader's own, and the reasons."""

    def following(self, reader: Reader) -> Iterator[FollowCard]: ...
    def mutes(self, reader: Reader) -> Iterator[MuteCard]: ...
    def likes(self, reader: Reader) -> Iterator[OwnLike]:
        """Those of posts come before those of comments."""

    def bookmarks(self, reader: Reader) -> Iterator[Bookmark]: ...
    def watches(self, reader: Reader) -> Iterator[Watch]: ...
    def reports(self, reader: Reader) -> Iterator[OwnReport]: ...
    def pictures(self, reader: Reader) -> Iterator[OwnPicture]: ...
