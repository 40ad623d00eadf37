"""What the export of a member has."""

from collections.abc import Iterator
from typing import Protocol

from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.posts import PostDetail
from domain.roles import Reader


class ArchiveFeeds(Protocol):
    """All that the reader wrote, and whom they follow. Oldest first, read in batches."""

    def posts(self, reader: Reader) -> Iterator[PostDetail]: ...
    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        """Without texts that only moderators may read."""

    def following(self, reader: Reader) -> Iterator[FollowCard]: ...
