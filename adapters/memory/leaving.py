"""The export of a member's data from memory."""

from collections.abc import Iterator

from adapters.memory.comments import card_of, visible_comments
from adapters.memory.following import MemoryFollowFeeds
from adapters.memory.muting import MemoryMuteFeeds
from adapters.memory.posts import detail_of, visible_posts
from adapters.memory.store import Store
from application.ports.comments import CommentCard
from application.ports.following import FollowCard
from application.ports.muting import MuteCard
from application.ports.paging import Window
from application.ports.posts import PostDetail
from domain.roles import Reader


class MemoryArchiveFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def posts(self, reader: Reader) -> Iterator[PostDetail]:
        with self._store.lock:
            rows = [row for row in visible_posts(self._store, reader).values() if row.post.author_id == reader.id]
            return iter([detail_of(self._store, row) for row in sorted(rows, key=lambda row: row.post.id)])

    def comments(self, reader: Reader) -> Iterator[CommentCard]:
        with self._store.lock:
            pairs = [pair for pair in visible_comments(self._store, reader) if pair[0].author_id == reader.id]
            return iter([card_of(self._store, *pair, reader) for pair in sorted(pairs, key=lambda pair: pair[0].id)])

    def following(self, reader: Reader) -> Iterator[FollowCard]:
        page = MemoryFollowFeeds(self._store).following(reader, reader.id, Window(size=1_000_000))
        return reversed(page.items)

    def mutes(self, reader: Reader) -> Iterator[MuteCard]:
        page = MemoryMuteFeeds(self._store).people(reader, Window(size=1_000_000))
        return reversed(page.items)
