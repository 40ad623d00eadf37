"""Notifications: what members are told of, on the site and by mail.

A notification is about one thing. While it is unread, what else happens to that thing is merged into it. It holds no
names and no numbers: those are read from the things themselves when somebody looks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Self

from domain.moderation import Act, LogEntry, SubjectKind

# What is still unread after this time is told by mail.
MAIL_AFTER = timedelta(minutes=10)


class NotificationKind(Enum):
    """What happened. One event tells one person once, by the first kind in this order that fits."""

    REPLY = "reply"  # somebody answered the member's comment
    MENTION = "mention"
    COMMENT = "comment"  # below the member's post
    WATCHED = "watched"  # a comment below a post that the member watches
    FOLLOW = "follow"
    LIKE = "like"
    HIDDEN = "hidden"  # a moderator hid a text of the member, or did something else to it
    SANCTION = "sanction"
    REPORT_SETTLED = "report_settled"
    APPEAL_DECIDED = "appeal_decided"
    REPORT = "report"  # to moderators
    APPEAL = "appeal"
    WAITING = "waiting"  # somebody waits to be admitted

    @property
    def is_notice(self) -> bool:
        """Whether it is about a decision of a moderator that concerns the member. Nobody can switch it off, and a
        letter of its own says more."""
        return self in _NOTICES

    @property
    def is_for_moderators(self) -> bool:
        return self in _FOR_MODERATORS

    @property
    def merges(self) -> bool:
        """Whether events of this kind are one notification while it is unread. Of the others each is told once, also
        when it was read."""
        return self in MERGING


# They tell of comments below a post.
BELOW_POST = (NotificationKind.COMMENT, NotificationKind.WATCHED)
# A comment that is told so is told in no other way.
TELL_OF_COMMENT = (NotificationKind.REPLY, NotificationKind.MENTION)
_NOTICES = frozenset(
    {
        NotificationKind.HIDDEN,
        NotificationKind.SANCTION,
        NotificationKind.REPORT_SETTLED,
        NotificationKind.APPEAL_DECIDED,
    }
)
_FOR_MODERATORS = frozenset({NotificationKind.REPORT, NotificationKind.APPEAL, NotificationKind.WAITING})
MERGING = frozenset(
    {
        NotificationKind.COMMENT,
        NotificationKind.WATCHED,
        NotificationKind.FOLLOW,
        NotificationKind.LIKE,
        NotificationKind.REPORT,
        NotificationKind.WAITING,
    }
)


_ON_TEXTS = (Act.HIDE, Act.RESTORE, Act.CLOSE, Act.REOPEN, Act.DELETE, Act.UNDELETE, Act.HIDE_ALL, Act.RESTORE_ALL)
_ON_MEMBERS = (Act.WARN, Act.SILENCE, Act.SUSPEND, Act.LIFT)
_BY_ACT = {
    **dict.fromkeys(_ON_TEXTS, NotificationKind.HIDDEN),
    **dict.fromkeys(_ON_MEMBERS, NotificationKind.SANCTION),
    **dict.fromkeys((Act.UPHOLD, Act.REVERSE), NotificationKind.APPEAL_DECIDED),
}


@dataclass(kw_only=True, slots=True)
class Notification:
    """`thing_id` is what events are merged by: a post, a comment, an entry of the log, a case, or 0. `first_id` and
    `last_id` are those of the first and the last event: a comment, a like, a follow. `part` is 0 while events may be
    merged into it, and for kinds that do not merge; else its id. `mail_at` is when to consider it for a mail, and None
    after that. `mail_id` is the last mail that tells of it."""

    id: int
    account_id: int
    kind: NotificationKind
    thing_id: int
    post_id: int | None = None
    comment_id: int | None = None
    first_id: int
    last_id: int
    unread: bool = True
    part: int = 0
    mail_at: datetime | None = None
    mail_id: int | None = None

    @classmethod
    def of(
        cls,
        kind: NotificationKind,
        account_id: int,
        *,
        id: int,
        event_id: int,
        at: datetime,
        thing_id: int = 0,
        post_id: int | None = None,
        comment_id: int | None = None,
    ) -> Self:
        """Tells a member of an event. `thing_id` is 0 where events are merged whatever they are about."""
        return cls(
            id=id,
            account_id=account_id,
            kind=kind,
            thing_id=thing_id,
            post_id=post_id,
            comment_id=comment_id,
            first_id=event_id,
            last_id=event_id,
            mail_at=None if kind.is_notice else at + MAIL_AFTER,
        )

    @classmethod
    def of_act(cls, entry: LogEntry, *, at: datetime) -> Self | None:
        """Tells a member what a moderator decided about them. None for what only a letter tells of."""
        kind = _BY_ACT.get(entry.act)
        if kind is None:
            return None
        # The entry about an appeal has the id of what was appealed against as its text.
        thing_id = int(entry.text) if kind is NotificationKind.APPEAL_DECIDED else entry.id
        comment_id = entry.subject_id if entry.subject_kind is SubjectKind.COMMENT else None
        return cls.of(
            kind,
            entry.about_id,
            id=entry.id,
            event_id=entry.id,
            thing_id=thing_id,
            post_id=entry.post_id,
            comment_id=comment_id,
            at=at,
        )

    def merge(self, later: Self) -> None:
        """Takes the event of another one about the same thing. It is a new item of its list, with the id of that."""
        self.id = later.id
        self.first_id = min(self.first_id, later.first_id)
        self.last_id = max(self.last_id, later.last_id)
        self.mail_at = self.mail_at or later.mail_at

    def read(self) -> None:
        self.unread = False
        self.part = self.id if self.kind.merges else 0
        self.mail_at = None

    def put_off(self, until: datetime | None) -> None:
        """Considers it for a mail again at this time, or never."""
        self.mail_at = until

    def put_into_mail(self, mail_id: int) -> None:
        self.mail_at, self.mail_id = None, mail_id
