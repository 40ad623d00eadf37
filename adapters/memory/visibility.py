"""What a reader sees in memory. Lists hold what is listed, pages show what is visible. The caller holds the store's
lock."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from adapters.memory.muted import muted_by
from adapters.memory.store import AccountRow, PostRow, Store
from domain.comments import Comment
from domain.errors import NotFound
from domain.posts import may_see
from domain.roles import Reader, in_force

Below = Iterator[tuple[Comment, PostRow]]


def listed_posts(store: Store, reader: Reader | None) -> Mapping[int, PostRow]:
    """The posts in the lists of this reader, by id: neither hidden nor deleted, and by nobody whom the reader mutes.
    Every list of posts starts here."""
    muted = muted_by(store, reader)
    posts = store.posts.committed.items()
    return {id: row for id, row in posts if row.post.listed and row.post.author_id not in muted}


def posts_of_one(store: Store, reader: Reader | None) -> Mapping[int, PostRow]:
    """As `listed_posts`, for the page of one author. It has all of theirs, whoever mutes them."""
    return listed_posts(store, None if reader is None else replace(reader, mutes=False))


def listed_comments(store: Store, reader: Reader | None) -> Below:
    """The same for lists of comments on any posts, each with its post. A comment below a hidden or deleted post is in
    none. Below a post of somebody whom the reader mutes, the comments of others are in them."""
    muted = muted_by(store, reader)
    return (pair for pair in _below(store, posts_of_one(store, reader)) if pair[0].author_id not in muted)


def comments_of_one(store: Store, reader: Reader | None) -> Below:
    """As `listed_comments`, for the page of one author. It has all of theirs, whoever mutes them."""
    return listed_comments(store, None if reader is None else replace(reader, mutes=False))


def listed_people(store: Store, reader: Reader | None, at: datetime) -> Iterator[AccountRow]:
    """The people of the site: neither suspended at this time, nor muted by the reader. Every list of people whom nobody
    chose starts here."""
    muted = muted_by(store, reader)
    return (
        row
        for id, row in store.accounts.committed.items()
        if row.account.listed and not in_force(row.account.suspended_until, at) and id not in muted
    )


def visible_posts(store: Store, reader: Reader | None) -> Mapping[int, PostRow]:
    """The posts that this reader may see by their address: none that is deleted, and a hidden one only for its author
    and for moderators. Every page of one post starts here."""
    return {
        id: row
        for id, row in store.posts.committed.items()
        if row.post.deleted_at is None and may_see(reader, author_id=row.post.author_id, hidden=row.post.hidden)
    }


def visible_comments(store: Store, reader: Reader | None) -> Below:
    """The comments that this reader may see below their post or by their address, each with its post."""
    return _below(store, visible_posts(store, reader))


def absence(store: Store, post_id: int) -> NotFound:
    """Why nobody gets this post: it is hidden, or it is not there."""
    row = store.posts.committed.get(post_id)
    return NotFound("hidden" if row is not None and row.post.hidden and row.post.deleted_at is None else "")


def _below(store: Store, posts: Mapping[int, PostRow]) -> Below:
    there = (comment for comment in store.comments.committed.values() if comment.deleted_at is None)
    return ((comment, posts[comment.post_id]) for comment in there if comment.post_id in posts)
