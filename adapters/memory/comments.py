"""Comments in memory, in threads and one by one."""

from collections import Counter
from dataclasses import replace
from heapq import nlargest

from adapters.memory.liked import likes_comment, remove_what_is_about_comment
from adapters.memory.members import member_name_of
from adapters.memory.muted import mute_by, muted_by
from adapters.memory.paging import cut, cut_bounded
from adapters.memory.posts import detail_seen_by
from adapters.memory.store import PostRow, Store
from adapters.memory.tallies import total_of
from adapters.memory.visibility import absence, listed_comments, posts_of_one, visible_comments, visible_posts
from application.ports.comments import ANSWERS_SHOWN, OTHERS_SHOWN, Answer, CommentCard, CommentPosition, Thread
from application.ports.paging import Counted, Window
from application.ports.posts import PostLink
from application.ports.tallies import Total
from domain.comments import Comment, may_see_reason, may_see_text
from domain.errors import Changed, NotFound, TryAgain
from domain.posts import Post
from domain.roles import Reader


class MemoryComments:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, comment_id: int) -> Comment:
        comment = self._store.comments.find(comment_id)
        if comment is None:
            raise NotFound()
        return replace(comment)

    def lock(self, comment_id: int) -> Comment:
        return self.get(comment_id)

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
        remove_what_is_about_comment(self._store, comment_id)
        return there

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        return [replace(comment) for comment in self._store.comments.rows() if comment.author_id == author_id][:limit]

    def unhidden_of(self, author_id: int, before_id: int, limit: int) -> list[int]:
        theirs = (row for row in self._store.comments.rows() if row.author_id == author_id and row.id < before_id)
        return sorted((row.id for row in theirs if not row.hidden), reverse=True)[:limit]

    def hidden_by(self, entry_id: int, limit: int) -> list[int]:
        return sorted(row.id for row in self._store.comments.rows() if row.hidden_by == entry_id)[:limit]

    def count_by_author(self, post_id: int) -> dict[int, int]:
        there = (row for row in self._store.comments.rows() if row.post_id == post_id and row.deleted_at is None)
        return dict(Counter(row.author_id for row in there))

    def relist(self, post_id: int, *, listed: bool) -> None:
        """The comments of a post are looked for by their post."""


class MemoryCommentFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def thread(self, reader: Reader | None, post_id: int, window: Window) -> Thread:
        with self._store.lock:
            post = visible_posts(self._store, reader).get(post_id)
            if post is None:
                raise absence(self._store, post_id)
            below = (pair for pair in visible_comments(self._store, reader) if pair[0].post_id == post_id)
            page = cut(
                below,
                window,
                lambda pair: pair[0].id,
                lambda pair: _in_thread(self._store, *pair, reader),
                newest_first=False,
            )
            return Thread(detail_seen_by(self._store, post, reader), page, self._beside(post.post, reader))

    def _beside(self, post: Post, reader: Reader | None) -> tuple[PostLink, ...]:
        listed = (row.post for row in posts_of_one(self._store, reader).values())
        theirs = (other for other in listed if other.author_id == post.author_id and other.id != post.id)
        others = nlargest(OTHERS_SHOWN, theirs, key=lambda other: other.id)
        return tuple(PostLink(other.id, other.text.title, other.html.excerpt_html) for other in others)

    def latest(self, reader: Reader | None, window: Window) -> Counted[CommentCard]:
        with self._store.lock:
            rows, count = listed_comments(self._store, reader), total_of(self._store, Total.COMMENTS)
            if reader is None or not reader.mutes:
                page = cut(rows, window, _id_of, lambda pair: listed_card_of(self._store, *pair, reader))
                return Counted(page, count)
            walked = (comment.id for comment, _ in listed_comments(self._store, None))
            page = cut_bounded(rows, window, _id_of, lambda pair: listed_card_of(self._store, *pair, reader), walked)
            return Counted(page, count)

    def comment(self, reader: Reader | None, comment_id: int) -> CommentCard:
        with self._store.lock:
            return _seen(self._store, *self._pair(reader, comment_id), reader)

    def position(self, reader: Reader | None, comment_id: int) -> CommentPosition:
        with self._store.lock:
            comment, post = self._pair(reader, comment_id)
            return CommentPosition(comment.id, comment.post_id, post.comment_count)

    def _pair(self, reader: Reader | None, comment_id: int) -> tuple[Comment, PostRow]:
        for pair in visible_comments(self._store, reader):
            if pair[0].id == comment_id:
                return pair
        raise NotFound()


def _id_of(pair: tuple[Comment, PostRow]) -> int:
    return pair[0].id


def _seen(store: Store, comment: Comment, post: PostRow, reader: Reader | None) -> CommentCard:
    """Also says whether the reader mutes the author. Lists have no such comments."""
    mute = mute_by(store, reader, comment.author_id)
    card = listed_card_of(store, comment, post, reader)
    return card if mute is None else replace(card, muted=True, blocked=mute.blocked)


def listed_card_of(store: Store, comment: Comment, post: PostRow, reader: Reader | None) -> CommentCard:
    """Also says whether the reader likes it. The caller holds the store's lock."""
    return replace(card_of(store, comment, post, reader), liked=likes_comment(store, reader, comment.id))


def _in_thread(store: Store, comment: Comment, post: PostRow, reader: Reader | None) -> CommentCard:
    """Also says what the comment answers, and the first answers to it."""
    answered = None if comment.reply_to is None else store.comments.committed.get(comment.reply_to)
    is_there = answered is not None and answered.deleted_at is None
    found = sorted(
        (row.id, row.author_id)
        for row in store.comments.committed.values()
        if row.reply_to == comment.id and row.deleted_at is None
    )
    muted = muted_by(store, reader)
    names = [(id, member_name_of(store, author)) for id, author in found[:ANSWERS_SHOWN] if author not in muted]
    return replace(
        _seen(store, comment, post, reader),
        answered=member_name_of(store, answered.author_id) if answered is not None and is_there else None,
        answered_gone=comment.reply_to is not None and not is_there,
        answers=tuple(Answer(id, "" if name is None else name.username) for id, name in names),
        more_answers=len(found) > ANSWERS_SHOWN,
    )


def card_of(store: Store, comment: Comment, post: PostRow, reader: Reader | None) -> CommentCard:
    """The caller holds the store's lock."""
    visible = may_see_text(reader, hidden=comment.hidden)
    explained = comment.hidden and may_see_reason(reader, author_id=comment.author_id)
    return CommentCard(
        id=comment.id,
        post_id=comment.post_id,
        post_title=post.post.text.title,
        author=member_name_of(store, comment.author_id),
        author_id=comment.author_id,
        body=comment.body if visible else None,
        body_html=comment.body_html if visible else None,
        edited_at=comment.edited_at,
        version=comment.version,
        hidden=comment.hidden,
        hidden_reason=comment.hidden_reason if explained else None,
        hidden_by=comment.hidden_by if explained else None,
        like_count=store.comment_like_counts.committed.get(comment.id, 0),
        reply_to=comment.reply_to,
    )
