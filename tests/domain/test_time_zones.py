"""The morning of a member, wherever they are, and whatever the clocks do there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.time_zones import MORNING, TIME_ZONE_LIMIT, next_morning, time_zone_named, time_zones

ALL = sorted(time_zones())
MOMENTS = st.integers(0, 86_400 * 365 * 67).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_a_zone_has_a_name_of_the_database_or_none():
    for name in ("", "Europe/Berlin", "UTC", "Asia/Shanghai"):
        assert time_zone_named(name) == name


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "europe/berlin", "Europe/Berlin ", "../../etc/passwd", "/etc/localtime", "\0", "+02:00"]
)
def test_any_other_name_is_refused(name):
    with pytest.raises(Invalid) as refused:
        time_zone_named(name)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("time_zone", "choice")]


def test_every_name_fits_into_the_storage():
    assert max(map(len, ALL)) <= TIME_ZONE_LIMIT


def test_every_zone_can_be_read():
    for name in ALL:
        ZoneInfo(name)


@pytest.mark.parametrize(
    ("zone", "at", "morning"),
    [
        ("", "2026-01-05T07:59", "2026-01-05T08:00"),
        ("", "2026-01-05T08:00", "2026-01-05T08:00"),
        ("", "2026-01-05T08:00:00.000001", "2026-01-06T08:00"),
        # The clocks go forward on 29 March, and back on 25 October.
        ("Europe/Berlin", "2026-03-28T07:00", "2026-03-28T07:00"),
        ("Europe/Berlin", "2026-03-28T07:01", "2026-03-29T06:00"),
        ("Europe/Berlin", "2026-10-24T06:01", "2026-10-25T07:00"),
        ("America/New_York", "2026-03-07T13:01", "2026-03-08T12:00"),
        ("America/New_York", "2026-10-31T12:01", "2026-11-01T13:00"),
        # By half an hour.
        ("Australia/Lord_Howe", "2026-04-03T21:01", "2026-04-04T21:30"),
        ("Asia/Kathmandu", "2026-01-05T02:15", "2026-01-05T02:15"),
        ("Asia/Kathmandu", "2026-01-05T02:16", "2026-01-06T02:15"),
        # There was no 30 December.
        ("Pacific/Apia", "2011-12-29T17:59", "2011-12-29T18:00"),
        ("Pacific/Apia", "2011-12-29T18:01", "2011-12-30T18:00"),
        ("Pacific/Apia", "2011-12-30T18:01", "2011-12-31T18:00"),
    ],
)
def test_the_next_morning_is_eight_on_the_clock_of_the_member(zone, at, morning):
    assert next_morning(moment(at), zone) == moment(morning)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_in_apia_the_morning_after_the_day_that_was_left_out_is_eight():
    there = next_morning(moment("2011-12-29T18:01"), "Pacific/Apia").astimezone(ZoneInfo("Pacific/Apia"))

    assert there.isoformat() == "2011-12-31T08:00:00+14:00"


def test_a_zone_that_the_database_has_no_more_counts_as_utc():
    assert next_morning(moment("2026-01-05T07:00"), "Mars/Olympus") == moment("2026-01-05T08:00")


@given(MOMENTS, st.sampled_from(ALL))
def test_the_next_morning_is_in_utc_at_eight_and_within_a_day_and_what_clocks_skip(at, zone):
    morning = next_morning(at, zone)

    assert morning.tzinfo is UTC
    assert at <= morning <= at + timedelta(hours=26)
    assert morning.astimezone(ZoneInfo(zone)).time() == MORNING
    assert next_morning(morning, zone) == morning


@given(MOMENTS, st.sampled_from(ALL))
def test_no_two_mornings_are_closer_than_the_clocks_allow(at, zone):
    first = next_morning(at, zone)
    second = next_morning(first + timedelta(microseconds=1), zone)

    assert second - first >= timedelta(hours=22)
