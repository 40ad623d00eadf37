"""The mail server fails: why, whether it still does, and how long a worker leaves it alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Failure(Enum):
    """Why an attempt failed. It decides what an administrator can do about it."""

    NONE = ""
    SERVER = "server"  # the mail server cannot be reached, hangs, or does not take the sender
    LOGIN = "login"  # the mail server refuses the login
    MAIL = "mail"  # the mail server works, and does not take this mail now
    REFUSED = "refused"  # the mail server never takes this mail
    OTHER = "other"

    @property
    def stops_all_mail(self) -> bool:
        return self in (Failure.SERVER, Failure.LOGIN)


def mail_fails(failure: Failure, *, failed_at: datetime | None, sent_at: datetime | None) -> bool:
    """Whether the mail server failed at the last attempt. `failure` and `failed_at` are of the mail that failed last
    and still waits, `sent_at` is when a mail was sent last."""
    if failed_at is None or not failure.stops_all_mail:
        return False
    return sent_at is None or sent_at < failed_at


@dataclass(slots=True)
class MailPause:
    """Until when a worker leaves mails alone, because the mail server failed. Each worker has its own. So a server that
    hangs or refuses is not asked all the time, and the worker has time for other jobs."""

    until: datetime | None = None
    wait: timedelta = timedelta(0)
    cause: str = ""

    def begin(self, rhythm: "Rhythm", *, cause: str, at: datetime) -> bool:
        """Waits longer after each further failure. A failure during a pause leaves the wait as it is. True for the
        first failure since the server worked, and for one that has another cause than the last."""
        is_news = self.until is None or cause != self.cause
        self.cause = cause
        if not self.is_on(at):
            self.wait = min(max(rhythm.first, 2 * self.wait), rhythm.longest)
            self.until = at + self.wait
        return is_news

    def is_on(self, at: datetime) -> bool:
        # If the clock jumped back, the pause would end too late.
        return self.until is not None and at < self.until <= at + self.wait

    def end(self) -> bool:
        """The server works. True if it had failed before."""
        had_failed = self.until is not None
        self.until, self.wait = None, timedelta(0)
        return had_failed


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long a pause is after the first failure, and at most. It doubles in between."""

    first: timedelta
    longest: timedelta


SERVER_FAILS = Rhythm(timedelta(seconds=10), timedelta(minutes=5))
# Somebody has to change a setting or the account at the server. Many servers shut out who tries a wrong login often.
LOGIN_FAILS = Rhythm(timedelta(minutes=10), timedelta(hours=1))
