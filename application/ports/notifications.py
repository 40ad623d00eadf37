"""Notifications in the storage, as a list, and in mails."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Page, Window
from application.ports.people import Profile
from domain.bundling import Correspondence
from domain.ids import time_of
from domain.moderation import Act, SubjectKind
from domain.notifications import Notification, NotificationKind
from domain.roles import Reader

# Who did it is counted up to this, among as many of the newest events. So is what is unread.
COUNTED_AT_MOST = 100
NAMED_AT_MOST = 3
# So many characters of a text, as HTML, are read to name it.
READ_OF_HTML = 1_000


class Notifications(Protocol):
    """By account and id. Those of one account differ in their kind, thing and part."""

    def add(self, notifications: Sequence[Notification]) -> None:
        """Each is added, or merged into the one of the same account, kind, thing and part (`Notification.merge`), if
        the kind merges. An id is raised above all others of its account, so that it is a new item of the list whatever
        the clock says."""

    def find(self, account_id: int, id: int) -> Notification | None: ...
    def told_of(self, comment_id: int) -> set[int]:
        """The accounts that were told of this comment as an answer or a mention."""

    def save(self, notifications: Sequence[Notification]) -> None:
        """Does nothing for one that has another id now."""

    def read_until(self, account_id: int, until: int) -> None:
        """Marks all of this account up to this id as read (`Notification.read`)."""

    def read_kinds(self, account_id: int, kinds: Collection[NotificationKind]) -> None:
        """Marks all of this account and of these kinds as read."""

    def read_about(self, kind: NotificationKind, thing_id: int, account_ids: Collection[int]) -> None:
        """Marks those of this kind about this thing as read, for these accounts."""

    def accounts_to_mail(self, at: datetime, limit: int) -> list[int]:
        """Some accounts with something to consider for a mail at this time, or much too far in the future."""

    def to_mail(self, account_id: int, at: datetime, limit: int) -> list[Notification]:
        """Some of this account to consider for a mail at this time, as in `accounts_to_mail`, locked."""

    def in_mail(self, account_id: int, mail_id: int) -> list[Notification]:
        """All that this mail tells of, or told of last, locked."""

    def remove_some_of(self, account_id: int, limit: int) -> int:
        """How many that were."""

    def remove_about(self, kind: SubjectKind, id: int) -> None:
        """Those about a post and what is below it, or about a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCard:
    """A notification as its member sees it. `actors` are the last who did it, and `actor_count` is how many did,
    COUNTED_AT_MOST for that many or more. Both are empty for what moderators decided or have to decide. `title` is that
    of the post, or the beginning of its text, and `text` the beginning of the comment. Both are empty when the member
    may not see them. `act` is that of the entry of the log, and `about` whom
    a report or an appeal concerns, or the member, for a follow. `event_id` is the oldest of the comments below a
    post."""

    id: int
    kind: NotificationKind
    unread: bool
    thing_id: int
    post_id: int | None
    comment_id: int | None
    actors: tuple[MemberName, ...] = ()
    actor_count: int = 0
    title: str = ""
    text: str = ""
    act: Act | None = None
    about: MemberName | None = None
    event_id: int | None = None

    @property
    def path(self) -> str:
        """Where it leads on this site."""
        match self.kind:
            case NotificationKind.FOLLOW if self.actor_count == 1 and self.actors:
                return f"/@{self.actors[0].username}"
            case NotificationKind.FOLLOW if self.about is not None:
                return f"/@{self.about.username}/followers"
            case NotificationKind.HIDDEN | NotificationKind.SANCTION:
                return f"/appeals/{self.thing_id}"
            case NotificationKind.APPEAL_DECIDED | NotificationKind.APPEAL:
                return f"/appeals/{self.thing_id}"
            case NotificationKind.REPORT:
                return f"/moderation/cases/{self.thing_id}"
            case NotificationKind.WAITING:
                return "/moderation/waiting"
            case NotificationKind.REPORT_SETTLED:
                return self._path_of_reported()
        comment_id = self.event_id or self.comment_id
        return f"/posts/{self.post_id}" if comment_id is None else f"/comments/{comment_id}"

    def _path_of_reported(self) -> str:
        """The list itself, when the reported thing is gone."""
        if self.comment_id is not None and self.text:
            return f"/comments/{self.comment_id}"
        if self.comment_id is None and self.post_id is not None and self.title:
            return f"/posts/{self.post_id}"
        return "/notifications" if self.post_id or self.about is None else f"/@{self.about.username}"

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class NotificationProfiles:
    """A notification with the profiles of its actors. They do not say how the reader stands to them."""

    card: NotificationCard
    actors: tuple[Profile, ...]


class Correspondences(Protocol):
    def of(self, account_id: int) -> Correspondence: ...
    def save(self, correspondence: Correspondence) -> None: ...


class NotificationFeeds(Protocol):
    """What a member is told of, without what they mute, may not see, or do not want on the site."""

    def latest(self, reader: Reader, window: Window) -> Page[NotificationCard]:
        """Newest first. Among the nearest only: those of a page, and READ_BEYOND more."""

    def latest_profiles(self, reader: Reader, window: Window) -> Page[NotificationProfiles]:
        """The same for the API."""

    def notification(self, reader: Reader, id: int) -> NotificationCard:
        """Raises NotFound."""

    def of_mail(self, reader: Reader, mail_id: int, limit: int) -> tuple[NotificationCard, ...]:
        """The unread ones that this mail tells of, newest first, whatever the member wants on the site."""
