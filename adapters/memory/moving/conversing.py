"""What moves of the conversation in memory as records, and back."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from adapters.memory.store import Store, Table
from application.ports.moving.conversing import (
    BookmarkRecord,
    CommentLikeRecord,
    NotificationRecord,
    PostLikeRecord,
    PreferenceRecord,
    WatchRecord,
)
from domain.bookmarks import Bookmark
from domain.errors import NotFound
from domain.liking import Like
from domain.notifications import Notification
from domain.preferences import Preference, Preferences
from domain.watching import Watch


def post_likes_of(store: Store) -> Iterator[PostLikeRecord]:
    for like in store.post_likes.rows():
        yield PostLikeRecord(id=like.id, post_id=like.thing_id, account_id=like.account_id)


def add_post_like(store: Store, record: PostLikeRecord) -> None:
    """Raises NotFound, as all that add here."""
    _require(store.posts, record.post_id)
    _require(store.accounts, record.account_id)
    like = Like(id=record.id, thing_id=record.post_id, account_id=record.account_id)
    store.post_likes.put((record.post_id, record.account_id), like)


def comment_likes_of(store: Store) -> Iterator[CommentLikeRecord]:
    for like in store.comment_likes.rows():
        yield CommentLikeRecord(id=like.id, comment_id=like.thing_id, account_id=like.account_id)


def add_comment_like(store: Store, record: CommentLikeRecord) -> None:
    _require(store.comments, record.comment_id)
    _require(store.accounts, record.account_id)
    like = Like(id=record.id, thing_id=record.comment_id, account_id=record.account_id)
    store.comment_likes.put((record.comment_id, record.account_id), like)


def bookmarks_of(store: Store) -> Iterator[BookmarkRecord]:
    for bookmark in store.bookmarks.rows():
        yield BookmarkRecord(id=bookmark.id, account_id=bookmark.account_id, post_id=bookmark.post_id)


def add_bookmark(store: Store, record: BookmarkRecord) -> None:
    _require(store.posts, record.post_id)
    _require(store.accounts, record.account_id)
    bookmark = Bookmark(id=record.id, account_id=record.account_id, post_id=record.post_id)
    store.bookmarks.put((record.account_id, record.post_id), bookmark)


def watches_of(store: Store) -> Iterator[WatchRecord]:
    for watch in store.watches.rows():
        yield WatchRecord(id=watch.id, post_id=watch.post_id, account_id=watch.account_id)


def add_watch(store: Store, record: WatchRecord) -> None:
    _require(store.posts, record.post_id)
    _require(store.accounts, record.account_id)
    watch = Watch(id=record.id, post_id=record.post_id, account_id=record.account_id)
    store.watches.put((record.post_id, record.account_id), watch)


def preferences_of(store: Store) -> Iterator[PreferenceRecord]:
    # A table yields rows without their keys.
    for account in store.accounts.rows():
        found = store.preferences.find(account.account.id) or Preferences()
        for kind, each in found.changed.items():
            yield PreferenceRecord(account_id=account.account.id, kind=kind, site=each.site, mail=each.mail)


def add_preference(store: Store, record: PreferenceRecord) -> None:
    _require(store.accounts, record.account_id)
    before = store.preferences.find(record.account_id) or Preferences()
    added = {record.kind: Preference(record.site, record.mail)}
    store.preferences.put(record.account_id, Preferences({**before.changed, **added}))


def notifications_of(store: Store) -> Iterator[NotificationRecord]:
    for row in store.notifications.rows():
        values = {each.name: getattr(row, each.name) for each in fields(NotificationRecord)}
        yield NotificationRecord(**values)


def add_notification(store: Store, record: NotificationRecord) -> None:
    _require(store.accounts, record.account_id)
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    store.notifications.put((record.account_id, record.id), Notification(**values))


def _require(table: Table[int, Any], id: int) -> None:
    if table.find(id) is None:
        raise NotFound()
