"""Time zones of the IANA Time Zone Database, and when a morning begins in one. An empty name stands for UTC."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.errors import Invalid

MORNING = time(8)
TIME_ZONE_LIMIT = 64


@cache
def time_zones() -> frozenset[str]:
    """All that there are. They are read from files once, and differ only between versions of these."""
    return frozenset(available_timezones())


def time_zone_named(name: str) -> str:
    """The same name. An empty one is of a member who has chosen none. Raises Invalid("time_zone", "choice")."""
    if name and name not in time_zones():
        raise Invalid("time_zone", "choice")
    return name


def next_morning(at: datetime, time_zone: str) -> datetime:
    """The first 08:00 in this time zone that is not before `at`, in UTC. Where clocks leave 08:00 out on some day, it
    is when they would have shown it."""
    zone = _zone(time_zone)
    today = datetime.combine(at.astimezone(zone).date(), MORNING, zone)
    # The next day of the calendar may be left out. Its 08:00 is then that of the day after it.
    mornings = ((today + timedelta(days=days)).astimezone(UTC) for days in (0, 1))
    return next(morning for morning in mornings if morning >= at)


def _zone(time_zone: str) -> tzinfo:
    """UTC for one that a later version of the database does not have any more."""
    return ZoneInfo(time_zone) if time_zone in time_zones() else UTC
