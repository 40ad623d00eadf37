"""The rows of notifications in memory: added, merged, read, considered for a mail, and removed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.memory.store import Store
from domain.bundling import FURTHEST_AHEAD, Correspondence
from domain.moderation import SubjectKind
from domain.notifications import TELL_OF_COMMENT, Notification, NotificationKind

R = TypeVar("R")
Kind = NotificationKind


class MemoryNotifications:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            theirs = list(self._of(each.account_id))
            new = replace(each, id=max([each.id, *(other.id + 1 for other in theirs)]))
            old = next((other for other in theirs if _thing(other) == _thing(new)), None)
            if old is None:
                self._put(new)
            elif new.kind.merges:
                self._store.notifications.remove((old.account_id, old.id))
                old.merge(new)
                self._put(old)

    def find(self, account_id: int, id: int) -> Notification | None:
        found = self._store.notifications.find((account_id, id))
        return None if found is None else replace(found)

    def told_of(self, comment_id: int) -> set[int]:
        rows = self._store.notifications.rows()
        return {row.account_id for row in rows if row.comment_id == comment_id and row.kind in TELL_OF_COMMENT}

    def save(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            if self._store.notifications.find((each.account_id, each.id)) is not None:
                self._put(each)

    def read_until(self, account_id: int, until: int) -> None:
        self._read(each for each in self._of(account_id) if each.id <= until)

    def read_kinds(self, account_id: int, kinds: Collection[NotificationKind]) -> None:
        self._read(each for each in self._of(account_id) if each.kind in kinds)

    def read_about(self, kind: NotificationKind, thing_id: int, account_ids: Collection[int]) -> None:
        for account_id in account_ids:
            self._read(each for each in self._of(account_id) if (each.kind, each.thing_id) == (kind, thing_id))

    def _read(self, found: Iterator[Notification]) -> None:
        for each in list(found):
            if each.unread:
                each.read()
                self._put(each)

    def accounts_to_mail(self, at: datetime, limit: int) -> list[int]:
        rows = self._store.notifications.rows()
        times = sorted((row.mail_at, row.account_id) for row in rows if row.mail_at is not None)
        due = [account_id for time, account_id in times if time <= at][:limit]
        wrong = [account_id for time, account_id in times if time > at + FURTHEST_AHEAD][:limit]
        return sorted({*due, *wrong})

    def to_mail(self, account_id: int, at: datetime, limit: int) -> list[Notification]:
        times = ((row.mail_at, row.id, row) for row in self._of(account_id) if row.mail_at is not None)
        waiting = [found for found in times if not at < found[0] <= at + FURTHEST_AHEAD]
        return [row for _, _, row in sorted(waiting, key=lambda found: found[:2])[:limit]]

    def in_mail(self, account_id: int, mail_id: int) -> list[Notification]:
        return [row for row in self._of(account_id) if row.mail_id == mail_id]

    def remove_some_of(self, account_id: int, limit: int) -> int:
        some = list(self._of(account_id))[:limit]
        for row in some:
            self._store.notifications.remove((row.account_id, row.id))
        return len(some)

    def remove_about(self, kind: SubjectKind, id: int) -> None:
        of_post = kind is SubjectKind.POST
        for row in list(self._store.notifications.rows()):
            if (row.post_id if of_post else row.comment_id) == id:
                self._store.notifications.remove((row.account_id, row.id))

    def _of(self, account_id: int) -> Iterator[Notification]:
        return (replace(row) for row in self._store.notifications.rows() if row.account_id == account_id)

    def _put(self, notification: Notification) -> None:
        self._store.notifications.put((notification.account_id, notification.id), replace(notification))


def _thing(notification: Notification) -> tuple[NotificationKind, int, int]:
    return notification.kind, notification.thing_id, notification.part


class MemoryCorrespondences:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, account_id: int) -> Correspondence:
        found = self._store.correspondence.find(account_id)
        return Correspondence(account_id=account_id) if found is None else replace(found)

    def save(self, correspondence: Correspondence) -> None:
        self._store.correspondence.put(correspondence.account_id, replace(correspondence))
