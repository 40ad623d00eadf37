"""Notifications in memory, as their member sees them. The caller of a function holds the store's lock."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from adapters.memory.members import member_name_of
from adapters.memory.muted import muted_by
from adapters.memory.paging import cut_bounded
from adapters.memory.people import profile_of
from adapters.memory.store import Store
from application.ports.mailing import opening_of_html
from application.ports.notifications import (
    COUNTED_AT_MOST,
    NAMED_AT_MOST,
    READ_OF_HTML,
    NotificationCard,
    NotificationProfiles,
)
from application.ports.paging import Page, Window
from domain.comments import Comment
from domain.errors import NotFound
from domain.notifications import BELOW_POST, TELL_OF_COMMENT, Notification, NotificationKind
from domain.posts import Post
from domain.preferences import Preferences
from domain.roles import Permission, Reader

R = TypeVar("R")
Kind = NotificationKind


class MemoryNotificationFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(self, reader: Reader, window: Window) -> Page[NotificationCard]:
        return self._latest(reader, window, lambda row: self._card_of(row, reader))

    def latest_profiles(self, reader: Reader, window: Window) -> Page[NotificationProfiles]:
        def record(row: Notification) -> NotificationProfiles:
            card, accounts = self._card_of(row, reader), self._store.accounts.committed
            return NotificationProfiles(
                card, tuple(profile_of(self._store, accounts[each.id], None) for each in card.actors)
            )

        return self._latest(reader, window, record)

    def _latest(self, reader: Reader, window: Window, record: Callable[[Notification], R]) -> Page[R]:
        with self._store.lock:
            theirs = [row for row in self._store.notifications.committed.values() if row.account_id == reader.id]
            wanted = (row for row in theirs if is_shown(self._store, row, reader))
            walked = (row.id for row in theirs)
            return cut_bounded(wanted, window, lambda row: row.id, record, walked)

    def notification(self, reader: Reader, id: int) -> NotificationCard:
        with self._store.lock:
            row = self._store.notifications.committed.get((reader.id, id))
            if row is None or not is_shown(self._store, row, reader):
                raise NotFound()
            return self._card_of(row, reader)

    def of_mail(self, reader: Reader, mail_id: int, limit: int) -> tuple[NotificationCard, ...]:
        with self._store.lock:
            rows = self._store.notifications.committed.values()
            told = [
                row
                for row in rows
                if row.account_id == reader.id
                and row.mail_id == mail_id
                and row.unread
                and _is_there(self._store, row, reader)
            ]
            newest = sorted(told, key=lambda row: row.id, reverse=True)
            return tuple(self._card_of(row, reader) for row in newest[:limit])

    def _card_of(self, row: Notification, reader: Reader) -> NotificationCard:
        events = _seen_events(self._store, row, reader)
        actors = _actors(self._store, row, reader)
        names = (member_name_of(self._store, id) for id in actors[:NAMED_AT_MOST])
        post, comment = _post(self._store, row), _comment(self._store, row)
        names_post = post is not None and (post.listed or post.author_id == reader.id)
        entry = self._store.log.committed.get(row.thing_id) if row.kind in _ABOUT_ENTRIES else None
        case = self._store.cases.committed.get(row.thing_id) if row.kind in _ABOUT_CASES else None
        whom = (case or entry) if row.kind in _TELL_WHOM else None
        about_id = row.account_id if row.kind is Kind.FOLLOW else None if whom is None else whom.about_id
        is_below = row.kind in BELOW_POST
        return NotificationCard(
            id=row.id,
            kind=row.kind,
            unread=row.unread,
            thing_id=row.thing_id,
            post_id=row.post_id,
            comment_id=row.comment_id,
            actors=tuple(name for name in names if name is not None),
            actor_count=len(actors),
            title=_named(post) if post and names_post else "",
            text=_opening(comment.body_html) if comment and _is_shown(self._store, comment) else "",
            act=None if entry is None else entry.act,
            about=None if about_id is None else member_name_of(self._store, about_id),
            event_id=min(events) if is_below and events else None,
        )


_ABOUT_CASES = (Kind.REPORT, Kind.REPORT_SETTLED)
_ABOUT_ENTRIES = (Kind.HIDDEN, Kind.SANCTION, Kind.APPEAL_DECIDED, Kind.APPEAL)
_TELL_WHOM = (*_ABOUT_CASES, Kind.APPEAL)


def _named(post: Post) -> str:
    return post.text.title or _opening(post.html.body_html)


def _opening(html: str) -> str:
    return opening_of_html(html[:READ_OF_HTML])


def unread_count(store: Store, reader: Reader) -> int:
    """Among the newest that are unread. The caller holds the store's lock."""
    unread = [row for row in store.notifications.committed.values() if row.account_id == reader.id and row.unread]
    newest = sorted(unread, key=lambda row: row.id, reverse=True)[:COUNTED_AT_MOST]
    return sum(is_shown(store, row, reader) for row in newest)


def is_shown(store: Store, row: Notification, reader: Reader) -> bool:
    preferences = store.preferences.committed.get(reader.id) or Preferences()
    return preferences.of(row.kind).site and _is_there(store, row, reader)


def _is_there(store: Store, row: Notification, reader: Reader) -> bool:
    match row.kind:
        case kind if kind.is_notice:
            return True
        case kind if kind.is_for_moderators:
            return reader.can(Permission.MODERATE) and _waits(store, row)
        case Kind.LIKE if row.comment_id is not None:
            comment = _comment(store, row)
            return comment is not None and _is_shown(store, comment) and bool(_actors(store, row, reader))
        case Kind.LIKE:
            post = _post(store, row)
            return post is not None and post.listed and bool(_actors(store, row, reader))
        case _:
            return bool(_actors(store, row, reader))


def _waits(store: Store, row: Notification) -> bool:
    match row.kind:
        case Kind.REPORT:
            case_ = store.cases.committed.get(row.thing_id)
            return case_ is not None and case_.entry_id is None
        case Kind.APPEAL:
            appeal = store.appeals.committed.get(row.thing_id)
            return appeal is not None and appeal.verdict is None
        case _:
            return any(each.account.waits and each.account.active for each in store.accounts.committed.values())


def _actors(store: Store, row: Notification, reader: Reader) -> list[int]:
    """Who did it, the last one first, each once."""
    return list(dict.fromkeys(_seen_events(store, row, reader).values()))


def _seen_events(store: Store, row: Notification, reader: Reader) -> dict[int, int]:
    """Who did it by event, the last one first."""
    newest = sorted(_events(store, row), reverse=True)[:COUNTED_AT_MOST]
    muted, accounts = muted_by(store, reader), store.accounts.committed
    return {
        id: actor_id
        for id, actor_id, is_seen in newest
        if is_seen and actor_id not in muted and actor_id != row.account_id and not accounts[actor_id].account.deleted
    }


def _events(store: Store, row: Notification) -> Iterator[tuple[int, int, bool]]:
    """The id, who did it, and whether it counts, of each event in the range of the notification."""
    match row.kind:
        case Kind.REPLY | Kind.MENTION:
            return _the_text(store, row)
        case Kind.COMMENT | Kind.WATCHED:
            return _below_post(store, row)
        case Kind.FOLLOW:
            follows = store.follows.committed.values()
            return (
                (each.id, each.follower_id, True)
                for each in follows
                if each.followed_id == row.account_id and _covers(row, each.id)
            )
        case _:
            likes = store.post_likes if row.comment_id is None else store.comment_likes
            return (
                (each.id, each.account_id, True)
                for each in likes.committed.values()
                if each.thing_id == row.thing_id and _covers(row, each.id)
            )


def _the_text(store: Store, row: Notification) -> Iterator[tuple[int, int, bool]]:
    post, comment = _post(store, row), _comment(store, row)
    if row.comment_id is None and post is not None:
        yield post.id, post.author_id, post.listed
    if comment is not None:
        yield comment.id, comment.author_id, _is_shown(store, comment)


def _below_post(store: Store, row: Notification) -> Iterator[tuple[int, int, bool]]:
    for comment in store.comments.committed.values():
        if comment.post_id == row.post_id and _covers(row, comment.id) and comment.deleted_at is None:
            counts = _is_shown(store, comment) and not _is_told_otherwise(store, row.account_id, comment.id)
            yield comment.id, comment.author_id, counts


def _is_told_otherwise(store: Store, account_id: int, comment_id: int) -> bool:
    rows = (row for row in store.notifications.committed.values() if row.account_id == account_id)
    return any(row.thing_id == comment_id and row.kind in TELL_OF_COMMENT for row in rows)


def _covers(row: Notification, id: int) -> bool:
    return row.first_id <= id <= row.last_id


def _post(store: Store, row: Notification) -> Post | None:
    found = None if row.post_id is None else store.posts.committed.get(row.post_id)
    return None if found is None else found.post


def _comment(store: Store, row: Notification) -> Comment | None:
    return None if row.comment_id is None else store.comments.committed.get(row.comment_id)


def _is_shown(store: Store, comment: Comment) -> bool:
    post = store.posts.committed[comment.post_id].post
    return comment.deleted_at is None and not comment.hidden and post.listed
