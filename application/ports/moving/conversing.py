"""What moves of the conversation: likes, bookmarks, watches, notifications, and of what members want to be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.ports.moving.fields import Id, IdOrNone, Record
from domain.notifications import NotificationKind
from domain.preferences import MailTime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLikeRecord(Record):
    record: ClassVar = "post_likes"
    sorted_by: ClassVar = ("post_id", "account_id")

    id: Id
    post_id: Id
    account_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLikeRecord(Record):
    record: ClassVar = "comment_likes"
    sorted_by: ClassVar = ("comment_id", "account_id")

    id: Id
    comment_id: Id
    account_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkRecord(Record):
    record: ClassVar = "bookmarks"
    sorted_by: ClassVar = ("account_id", "post_id")

    id: Id
    account_id: Id
    post_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRecord(Record):
    record: ClassVar = "watches"
    sorted_by: ClassVar = ("post_id", "account_id")

    id: Id
    post_id: Id
    account_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRecord(Record):
    """It may outlive what it is about. A mail that waits does not move, so what it would have told is considered
    anew."""

    record: ClassVar = "notifications"
    sorted_by: ClassVar = ("account_id", "id")

    id: Id
    account_id: Id
    kind: NotificationKind
    thing_id: IdOrNone
    post_id: Id | None
    comment_id: Id | None
    first_id: Id
    last_id: Id
    unread: bool
    part: IdOrNone
    mail_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceRecord(Record):
    """Where a member wants something else than the default."""

    record: ClassVar = "notification_settings"
    sorted_by: ClassVar = ("account_id", "kind")

    account_id: Id
    kind: NotificationKind
    site: bool
    mail: MailTime
