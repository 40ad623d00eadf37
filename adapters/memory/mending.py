"""Counters in memory, compared and counted anew. Search texts are made when they are searched."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

from adapters.memory.store import Store
from application.ports.mending import Counter, Drift, Part
from application.ports.tallies import Tally, Total
from domain.comments import Comment

_FIELDS = {
    Counter.POSTS_OF_MEMBER: "posts",
    Counter.COMMENTS_OF_MEMBER: "comments",
    Counter.FOLLOWERS: "followers",
    Counter.FOLLOWING: "following",
    Counter.PICTURE_BYTES: "picture_bytes",
}
_OF_POSTS = {Counter.COMMENTS_OF_POST: "comment_count", Counter.LIKES_OF_POST: "like_count"}
_TOTALS = {
    Counter.POSTS: Total.POSTS,
    Counter.COMMENTS: Total.COMMENTS,
    Counter.LOG_ENTRIES: Total.LOG_ENTRIES,
    Counter.MEMBERS: Total.MEMBERS,
}


class MemoryCounters:
    def __init__(self, store: Store) -> None:
        self._store = store

    def owners(self) -> int:
        owners = (self._store.accounts, self._store.posts, self._store.comments, self._store.tags)
        return sum(1 for _ in chain.from_iterable(table.rows() for table in owners))

    def of_members(self, after: int, limit: int) -> Part[Drift]:
        ids = (row.account.id for row in self._store.accounts.rows())
        return self._part(ids, tuple(_FIELDS), after, limit)

    def of_posts(self, after: int, limit: int) -> Part[Drift]:
        ids = (row.post.id for row in self._store.posts.rows())
        return self._part(ids, tuple(_OF_POSTS), after, limit)

    def of_comments(self, after: int, limit: int) -> Part[Drift]:
        ids = (comment.id for comment in self._store.comments.rows())
        return self._part(ids, (Counter.LIKES_OF_COMMENT,), after, limit)

    def of_tags(self, after: int, limit: int) -> Part[Drift]:
        ids = (row.tag.id for row in self._store.tags.rows())
        return self._part(ids, (Counter.POSTS_OF_TAG,), after, limit)

    def of_site(self, counter: Counter) -> Drift | None:
        return self._drift(counter, 0)

    def recount(self, counter: Counter, owner_id: int) -> None:
        counted = self._counted(counter, owner_id)
        if counter in _TOTALS:
            self._store.totals.put(_TOTALS[counter], counted)
        elif counter in _OF_POSTS:
            post = self._store.posts.find(owner_id)
            if post is not None:
                changed: dict[str, Any] = {_OF_POSTS[counter]: counted}
                self._store.posts.put(owner_id, replace(post, **changed))
        elif counter is Counter.LIKES_OF_COMMENT:
            if self._store.comments.find(owner_id) is not None:
                self._store.comment_like_counts.put(owner_id, counted)
        elif counter is Counter.POSTS_OF_TAG:
            tag = self._store.tags.find(owner_id)
            if tag is not None:
                self._store.tags.put(owner_id, replace(tag, post_count=counted))
        else:
            row = self._store.accounts.find(owner_id)
            if row is not None:
                tally = replace(row.tally, **{_FIELDS[counter]: counted})
                self._store.accounts.put(owner_id, replace(row, tally=tally))

    def _part(self, ids: Iterable[int], counters: tuple[Counter, ...], after: int, limit: int) -> Part[Drift]:
        some = sorted(id for id in ids if id > after)[:limit]
        drifts = (self._drift(counter, id) for id in some for counter in counters)
        return Part(len(some), tuple(filter(None, drifts)), some[-1] if some else None)

    def _drift(self, counter: Counter, owner_id: int) -> Drift | None:
        drift = Drift(counter, owner_id, self._stored(counter, owner_id), self._counted(counter, owner_id))
        return None if drift.stored == drift.counted else drift

    def _stored(self, counter: Counter, owner_id: int) -> int:
        if counter in _TOTALS:
            return self._store.totals.find(_TOTALS[counter]) or 0
        if counter in _OF_POSTS:
            post = self._store.posts.find(owner_id)
            return 0 if post is None else int(getattr(post, _OF_POSTS[counter]))
        if counter is Counter.LIKES_OF_COMMENT:
            return self._store.comment_like_counts.find(owner_id) or 0
        if counter is Counter.POSTS_OF_TAG:
            tag = self._store.tags.find(owner_id)
            return 0 if tag is None else tag.post_count
        row = self._store.accounts.find(owner_id)
        return int(getattr(Tally() if row is None else row.tally, _FIELDS[counter]))

    def _counted(self, counter: Counter, owner_id: int) -> int:
        store = self._store
        match counter:
            case Counter.POSTS_OF_MEMBER:
                return sum(row.post.author_id == owner_id and row.post.listed for row in store.posts.rows())
            case Counter.COMMENTS_OF_MEMBER:
                return sum(
                    comment.author_id == owner_id and self._is_listed(comment) for comment in store.comments.rows()
                )
            case Counter.FOLLOWERS:
                return sum(follow.followed_id == owner_id for follow in store.follows.rows())
            case Counter.FOLLOWING:
                return sum(follow.follower_id == owner_id for follow in store.follows.rows())
            case Counter.PICTURE_BYTES:
                return sum(picture.size for picture in store.pictures.rows() if picture.owner_id == owner_id)
            case Counter.COMMENTS_OF_POST:
                return sum(row.post_id == owner_id and row.deleted_at is None for row in store.comments.rows())
            case Counter.LIKES_OF_POST:
                return sum(like.thing_id == owner_id for like in store.post_likes.rows())
            case Counter.LIKES_OF_COMMENT:
                return sum(like.thing_id == owner_id for like in store.comment_likes.rows())
            case Counter.POSTS_OF_TAG:
                return sum(tag_id == owner_id for tag_id, _ in store.post_tags.rows())
            case _:
                return self._counted_of_site(counter)

    def _counted_of_site(self, counter: Counter) -> int:
        store = self._store
        match counter:
            case Counter.POSTS:
                return sum(row.post.listed for row in store.posts.rows())
            case Counter.COMMENTS:
                return sum(map(self._is_listed, store.comments.rows()))
            case Counter.LOG_ENTRIES:
                return sum(1 for _ in store.log.rows())
            case _:
                return sum(not row.account.deleted for row in store.accounts.rows())

    def _is_listed(self, comment: Comment) -> bool:
        row = self._store.posts.find(comment.post_id)
        return comment.deleted_at is None and row is not None and row.post.listed


class MemorySearchTexts:
    """There is no text that could be behind."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stale(self, after: int, limit: int) -> Part[int]:
        return Part(0, (), None)

    def store(self, account_id: int) -> None:
        pass

    def is_index_behind(self) -> bool:
        return False

    def fill_index(self) -> None:
        pass
