"""What the reader likes, has bookmarked and watches. And what goes with a post or a comment that is removed."""

from typing import Any

from adapters.memory.store import Store
from domain.roles import Reader


def liked_and_bookmarked(store: Store, reader: Reader | None, post_id: int) -> dict[str, Any]:
    """The caller holds the store's lock."""
    if reader is None:
        return {"liked": False, "bookmarked": False}
    return {
        "liked": (post_id, reader.id) in store.post_likes.committed,
        "bookmarked": (reader.id, post_id) in store.bookmarks.committed,
    }


def watches_post(store: Store, reader: Reader | None, post_id: int) -> bool:
    """The caller holds the store's lock."""
    return reader is not None and (post_id, reader.id) in store.watches.committed


def likes_comment(store: Store, reader: Reader | None, comment_id: int) -> bool:
    """The caller holds the store's lock."""
    return reader is not None and (comment_id, reader.id) in store.comment_likes.committed


def remove_what_is_about_post(store: Store, post_id: int) -> None:
    for like in list(store.post_likes.rows()):
        if like.thing_id == post_id:
            store.post_likes.remove((post_id, like.account_id))
    for bookmark in list(store.bookmarks.rows()):
        if bookmark.post_id == post_id:
            store.bookmarks.remove((bookmark.account_id, post_id))
    for watch in list(store.watches.rows()):
        if watch.post_id == post_id:
            store.watches.remove((post_id, watch.account_id))


def remove_what_is_about_comment(store: Store, comment_id: int) -> None:
    for like in list(store.comment_likes.rows()):
        if like.thing_id == comment_id:
            store.comment_likes.remove((comment_id, like.account_id))
    store.comment_like_counts.remove(comment_id)
