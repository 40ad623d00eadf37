"""Posts, their comments, and what moderators did."""

from collections import Counter
from dataclasses import replace

from adapters.memory.store import PostRow, Store
from domain.comments import Comment
from domain.errors import Changed, NotFound, TryAgain
from domain.moderation import LogEntry
from domain.posts import Post


class MemoryPosts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, post_id: int) -> Post:
        return replace(self._row(post_id).post)

    def lock(self, post_id: int) -> Post:
        return self.get(post_id)

    def add(self, post: Post) -> None:
        if self._store.posts.find(post.id) is not None:
            raise TryAgain()
        if self._store.accounts.find(post.author_id) is None:
            raise NotFound()
        self._store.posts.put(post.id, PostRow(replace(post), 0))

    def save(self, post: Post) -> None:
        row = self._store.posts.find(post.id)
        if row is None or row.post.version != post.version:
            raise Changed()
        post.version += 1
        self._store.posts.put(post.id, PostRow(replace(post), row.comment_count))

    def remove(self, post_id: int) -> None:
        self._store.posts.remove(post_id)
        for comment in list(self._store.comments.rows()):
            if comment.post_id == post_id:
                self._store.comments.remove(comment.id)

    def some_of(self, author_id: int, limit: int) -> list[int]:
        return [row.post.id for row in self._store.posts.rows() if row.post.author_id == author_id][:limit]

    def _row(self, post_id: int) -> PostRow:
        row = self._store.posts.find(post_id)
        if row is None:
            raise NotFound()
        return row


class MemoryComments:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, comment_id: int) -> Comment:
        comment = self._store.comments.find(comment_id)
        if comment is None:
            raise NotFound()
        return replace(comment)

    def add(self, comment: Comment) -> None:
        if self._store.posts.find(comment.post_id) is None or self._store.accounts.find(comment.author_id) is None:
            raise NotFound()
        if self._store.comments.find(comment.id) is not None:
            raise TryAgain()
        self._store.comments.put(comment.id, replace(comment))

    def save(self, comment: Comment) -> None:
        stored = self._store.comments.find(comment.id)
        if stored is None or stored.version != comment.version:
            raise Changed()
        comment.version += 1
        self._store.comments.put(comment.id, replace(comment))

    def remove(self, comment_id: int) -> bool:
        there = self._store.comments.find(comment_id) is not None
        self._store.comments.remove(comment_id)
        return there

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        return [replace(comment) for comment in self._store.comments.rows() if comment.author_id == author_id][:limit]

    def count_by_author(self, post_id: int) -> dict[int, int]:
        return dict(Counter(row.author_id for row in self._store.comments.rows() if row.post_id == post_id))


class MemoryModerationLog:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: LogEntry) -> None:
        if self._store.log.find(entry.id) is not None:
            raise TryAgain()
        if any(self._store.accounts.find(id) is None for id in (entry.moderator_id, entry.author_id)):
            raise NotFound()
        self._store.log.put(entry.id, replace(entry))
