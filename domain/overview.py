"""What an administrator sees first: what needs attention, and the numbers of each day.

A day is a day in UTC. What is deleted later stays in the number of its day, because the number says what happened.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from domain.ids import time_of

# A worker says every half minute that it runs. It says so between two jobs, and a mail may take a minute.
WORKER_IS_GONE = timedelta(minutes=2)
# A job may be due for so long before somebody should look.
LATE = timedelta(minutes=10)
# A backup is made each night. One night may be missed.
BACKUP_IS_OLD = timedelta(days=2)
# How many days a chart has.
DAYS = 30


class Series(Enum):
    """What is counted for each day, in the order of the page."""

    SIGN_UPS = "sign_ups"  # who confirmed the address and did not have to wait, or was admitted
    POSTS = "posts"
    COMMENTS = "comments"
    MAILS = "mails"  # those that the mail server took


@dataclass(frozen=True, slots=True)
class Daily:
    """The counter of one day."""

    series: Series
    day: date

    @classmethod
    def at(cls, series: Series, at: datetime) -> "Daily":
        return cls(series, at.astimezone(UTC).date())

    @classmethod
    def of(cls, series: Series, id: int) -> "Daily":
        """The day on which the thing with this id was made."""
        return cls.at(series, time_of(id))


class Concern(Enum):
    """What needs attention, the most urgent first."""

    SCHEMA_DIFFERS = "schema_differs"
    SCHEMA_IS_NEWER = "schema_is_newer"
    DISK_IS_FULL = "disk_is_full"
    WORKER_IS_GONE = "worker_is_gone"
    MAIL_FAILS = "mail_fails"
    JOBS_ARE_LATE = "jobs_are_late"
    DISK_IS_SHORT = "disk_is_short"
    MACHINE_IS_SILENT = "machine_is_silent"
    BACKUP_IS_OLD = "backup_is_old"
    CASES_WAIT = "cases_wait"
    APPEALS_WAIT = "appeals_wait"
    PEOPLE_WAIT = "people_wait"
    MAILS_GIVEN_UP = "mails_given_up"


def is_worker_gone(seen_at: datetime | None, at: datetime) -> bool:
    return seen_at is None or at - seen_at > WORKER_IS_GONE


def is_backup_old(made_at: datetime, at: datetime) -> bool:
    return at - made_at > BACKUP_IS_OLD


def last_days(at: datetime, count: int = DAYS) -> list[date]:
    """The days up to that of `at`, the oldest first."""
    today = at.astimezone(UTC).date()
    return [today - timedelta(days=ago) for ago in reversed(range(count))]
