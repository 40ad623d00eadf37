"""Posts in memory, and in lists and pages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from adapters.memory.liked import (
    liked_and_bookmarked,
    remove_what_is_about_comment,
    remove_what_is_about_post,
    watches_post,
)
from adapters.memory.members import account_named, member_name_of
from adapters.memory.muted import is_block_between, mute_by
from adapters.memory.paging import cut, cut_bounded
from adapters.memory.store import PostRow, Store
from adapters.memory.tallies import total_of
from adapters.memory.visibility import absence, listed_posts, posts_of_one, visible_posts
from application.ports.paging import Counted, Page, Window
from application.ports.posts import PostCard, PostDetail, SitemapEntry
from application.ports.tallies import Total
from domain.errors import Changed, NotFound, TryAgain
from domain.ids import time_of
from domain.posts import Post
from domain.roles import Reader

R = TypeVar("R")


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
        self._store.posts.put(post.id, PostRow(replace(post)))

    def save(self, post: Post) -> None:
        row = self._store.posts.find(post.id)
        if row is None or row.post.version != post.version:
            raise Changed()
        post.version += 1
        self._store.posts.put(post.id, replace(row, post=replace(post)))

    def remove(self, post_id: int) -> None:
        self._store.posts.remove(post_id)
        for comment in list(self._store.comments.rows()):
            if comment.post_id == post_id:
                self._store.comments.remove(comment.id)
                remove_what_is_about_comment(self._store, comment.id)
        remove_what_is_about_post(self._store, post_id)
        for key in [key for key in self._store.post_tags.rows() if key[1] == post_id]:
            self._store.post_tags.remove(key)

    def listed_among(self, post_ids: Sequence[int]) -> set[int]:
        rows = (self._store.posts.find(id) for id in post_ids)
        return {row.post.id for row in rows if row is not None and row.post.listed}

    def some_of(self, author_id: int, limit: int) -> list[int]:
        return [row.post.id for row in self._store.posts.rows() if row.post.author_id == author_id][:limit]

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        theirs = (row.post for row in self._store.posts.rows() if row.post.author_id == author_id)
        return sorted((post.id for post in theirs if post.id < before_id and not post.hidden), reverse=True)[:limit]

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        return sorted(row.post.id for row in self._store.posts.rows() if row.post.hidden_by == entry_id)[:limit]

    def _row(self, post_id: int) -> PostRow:
        row = self._store.posts.find(post_id)
        if row is None:
            raise NotFound()
        return row


class MemoryPostFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def post(self, reader: Reader | None, post_id: int) -> PostDetail:
        with self._store.lock:
            row = visible_posts(self._store, reader).get(post_id)
            if row is None:
                raise absence(self._store, post_id)
            return detail_seen_by(self._store, row, reader)

    def latest(self, reader: Reader | None, window: Window) -> Page[PostCard]:
        with self._store.lock:
            return self._latest(reader, window, lambda row: card_of(self._store, row, reader))

    def timeline(self, reader: Reader, window: Window) -> Page[PostCard]:
        with self._store.lock:
            authors = self._authors_read_by(reader)
            rows = (row for row in listed_posts(self._store, reader).values() if row.post.author_id in authors)
            return cut(rows, window, lambda row: row.post.id, lambda row: card_of(self._store, row, reader))

    def whole_latest(self, reader: Reader | None, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            page = self._latest(reader, window, lambda row: listed_detail_of(self._store, row, reader))
            return Counted(page, total_of(self._store, Total.POSTS))

    def whole_timeline(self, reader: Reader, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            authors = self._authors_read_by(reader)
            count = sum(row.tally.posts for id, row in self._store.accounts.committed.items() if id in authors)
            rows = (row for row in listed_posts(self._store, reader).values() if row.post.author_id in authors)
            page = cut(rows, window, lambda row: row.post.id, lambda row: listed_detail_of(self._store, row, reader))
            return Counted(page, count)

    def whole_by(self, reader: Reader | None, username: str, window: Window) -> Counted[PostDetail]:
        with self._store.lock:
            author = account_named(self._store, username)
            id = author.account.id
            rows = (row for row in posts_of_one(self._store, reader).values() if row.post.author_id == id)
            page = cut(rows, window, lambda row: row.post.id, lambda row: listed_detail_of(self._store, row, reader))
            return Counted(page, author.tally.posts)

    def sitemap(self, reader: Reader | None, first: int, end: int, limit: int) -> tuple[SitemapEntry, ...]:
        with self._store.lock:
            posts = listed_posts(self._store, reader)
            found = sorted(id for id in posts if first <= id < end)[:limit]
            return tuple(SitemapEntry(id, posts[id].post.edited_at or time_of(id)) for id in found)

    def _authors_read_by(self, reader: Reader) -> set[int]:
        follows = self._store.follows.committed
        return {followed for follower, followed in follows if follower == reader.id} | {reader.id}

    def _latest(self, reader: Reader | None, window: Window, record: Callable[[PostRow], R]) -> Page[R]:
        posts = listed_posts(self._store, reader)
        if reader is None or not reader.mutes:
            return cut(posts.values(), window, lambda row: row.post.id, record)
        return cut_bounded(posts.values(), window, lambda row: row.post.id, record, listed_posts(self._store, None))


def card_of(store: Store, row: PostRow, reader: Reader | None) -> PostCard:
    """The caller holds the store's lock."""
    post = row.post
    return PostCard(
        id=post.id,
        author=member_name_of(store, post.author_id),
        author_id=post.author_id,
        title=post.text.title,
        excerpt_html=post.html.excerpt_html,
        cut=post.html.cut,
        edited_at=post.edited_at,
        comment_count=row.comment_count,
        like_count=row.like_count,
        tags=post.tags,
        picture_id=post.html.picture_id,
        **liked_and_bookmarked(store, reader, post.id),
    )


def detail_seen_by(store: Store, row: PostRow, reader: Reader | None) -> PostDetail:
    """For a page with one post. It also says how the reader stands to the author, and whether they watch the post. The
    caller holds the store's lock."""
    author_id, mute = row.post.author_id, mute_by(store, reader, row.post.author_id)
    return replace(
        listed_detail_of(store, row, reader),
        muted=mute is not None,
        blocked=mute is not None and mute.blocked,
        refuses=is_block_between(store, reader, author_id),
        watched=watches_post(store, reader, row.post.id),
    )


def listed_detail_of(store: Store, row: PostRow, reader: Reader | None) -> PostDetail:
    """The caller holds the store's lock."""
    return replace(detail_of(store, row), **liked_and_bookmarked(store, reader, row.post.id))


def detail_of(store: Store, row: PostRow) -> PostDetail:
    """The caller holds the store's lock."""
    post = row.post
    return PostDetail(
        id=post.id,
        author=member_name_of(store, post.author_id),
        author_id=post.author_id,
        title=post.text.title,
        body=post.text.body,
        body_html=post.html.body_html,
        edited_at=post.edited_at,
        version=post.version,
        comment_count=row.comment_count,
        like_count=row.like_count,
        hidden_by=post.hidden_by,
        hidden_reason=post.hidden_reason,
        closed=post.closed,
        tags=post.tags,
        picture_id=post.html.picture_id,
    )
