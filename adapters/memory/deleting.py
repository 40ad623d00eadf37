"""What is deleted and not yet gone, in memory."""

from collections.abc import Iterable
from datetime import datetime

from adapters.memory.paging import cut
from adapters.memory.store import Store
from application.ports.deleting import DeletedCard
from application.ports.paging import Page, Window
from domain.comments import Comment
from domain.moderation import SubjectKind
from domain.posts import Post
from domain.roles import Reader


class MemoryDeletedThings:
    def __init__(self, store: Store) -> None:
        self._store = store

    def posts_due(self, before: datetime, limit: int) -> list[int]:
        return _due((row.post for row in self._store.posts.rows()), before, limit)

    def comments_due(self, before: datetime, limit: int) -> list[int]:
        return _due(self._store.comments.rows(), before, limit)


class MemoryDeletedFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def own(self, reader: Reader, since: datetime, window: Window) -> Page[DeletedCard]:
        with self._store.lock:
            posts, comments = self._store.posts.committed, self._store.comments.committed
            cards = [
                _card_of(SubjectKind.POST, row.post, row.post.text.title, row.post.text.body)
                for row in posts.values()
                if _is_own(row.post, reader, since)
            ]
            cards += [
                _card_of(SubjectKind.COMMENT, comment, posts[comment.post_id].post.text.title, comment.body)
                for comment in comments.values()
                if _is_own(comment, reader, since) and posts[comment.post_id].post.listed
            ]
            return cut(cards, window, lambda card: card.id, lambda card: card)


def _due(things: Iterable[Post | Comment], before: datetime, limit: int) -> list[int]:
    dated = ((thing.deleted_at, thing.id) for thing in things if thing.deleted_at is not None)
    return [id for at, id in sorted(dated) if at <= before][:limit]


def _is_own(thing: Post | Comment, reader: Reader, since: datetime) -> bool:
    if thing.deleted_at is None or thing.deleted_at <= since:
        return False
    return thing.author_id == thing.deleted_by == reader.id


def _card_of(kind: SubjectKind, thing: Post | Comment, title: str, body: str) -> DeletedCard:
    assert thing.deleted_at is not None
    return DeletedCard(id=thing.id, kind=kind, title=title, body=body, deleted_at=thing.deleted_at)
