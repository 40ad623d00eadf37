"""Notifications: what members are told of, and in which of two ways: on the site, and by mail."""

from enum import Enum


class NotificationKind(Enum):
    """What happened. One event tells one person once, by the first kind in this order that fits."""

    REPLY = "reply"  # somebody answered the member's comment
    MENTION = "mention"
    COMMENT = "comment"  # below the member's post
    WATCHED = "watched"  # a comment below a post that the member watches
    FOLLOW = "follow"
    LIKE = "like"
    HIDDEN = "hidden"  # a moderator hid a text of the member
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


_NOTICES = frozenset(
    {
        NotificationKind.HIDDEN,
        NotificationKind.SANCTION,
        NotificationKind.REPORT_SETTLED,
        NotificationKind.APPEAL_DECIDED,
    }
)
_FOR_MODERATORS = frozenset({NotificationKind.REPORT, NotificationKind.APPEAL, NotificationKind.WAITING})
