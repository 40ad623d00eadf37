"""What the export of a member has."""

from collections.abc import Iterator
from typing import Protocol

from application.ports.cases import OwnReport
from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.muting import MuteCard
from application.ports.posts import PostDetail
from domain.roles import Reader


class ArchiveFeeds(Protocol):
    """All that the reader wrote, whom they follow, whom they mute and block, and what they reported. Oldest first, read
    in batches."""

    def posts(self, reader: Reader) -> Iterator[PostDetail]: ...
    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        """With the texts of hidden ones, because they are the reader's own, and the reasons."""

    def following(self, reader: Reader) -> Iterator[FollowCard]: ...
    def mutes(self, reader: Reader) -> Iterator[MuteCard]: ...
    def reports(self, reader: Reader) -> Iterator[OwnReport]: ...
