"""Bundles: one mail with all that a member was told of. It comes soon, or once a day in the morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.preferences import MailTime, Preference
from domain.time_zones import next_morning

# Between two bundles for one member.
PAUSE = timedelta(hours=1)
# A day, and the hour by which clocks are changed. What is to be mailed later than this was stored by a clock that was
# wrong.
FURTHEST_AHEAD = timedelta(hours=26)


@dataclass(kw_only=True, slots=True)
class Correspondence:
    """What mails of notifications have come to. `sent_at` is when the last one was sent. `refused` is the key of an
    address that a mail server refused for good."""

    account_id: int
    sent_at: datetime | None = None
    refused: str = ""

    def sent(self, *, at: datetime) -> None:
        self.sent_at, self.refused = at, ""

    def free_at(self, at: datetime) -> datetime:
        """The first time at or after `at` when a further mail may be sent."""
        # A time in the future is from a clock that was wrong.
        if self.sent_at is None or self.sent_at > at:
            return at
        return max(at, self.sent_at + PAUSE)


def mail_time(preference: Preference, *, mail_at: datetime, zone: str, at: datetime) -> datetime | None:
    """When a notification that is considered from `mail_at` on is due for a mail. None for never."""
    if mail_at > at + FURTHEST_AHEAD:
        mail_at = at
    match preference.mail:
        case MailTime.OFF:
            return None
        case MailTime.SOON:
            return mail_at
        case MailTime.DAILY:
            return next_morning(mail_at, zone)
