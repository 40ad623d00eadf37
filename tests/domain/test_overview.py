"""Days in UTC, and when something needs attention."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import make_id
from domain.overview import Daily, Series, is_backup_old, is_worker_gone, last_days

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def test_a_day_is_one_in_utc() -> None:
    in_delft = NOW.astimezone(timezone(timedelta(hours=-1)))

    assert in_delft.date() == date(2026, 2, 28)
    assert Daily.at(Series.POSTS, in_delft) == Daily(Series.POSTS, date(2026, 3, 1))
    assert last_days(in_delft, 3) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]


@given(st.integers(0, 7_000_000_000), st.integers(0, 2**20 - 1))
def test_the_day_of_a_thing_is_that_of_its_id(seconds: int, random_bits: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert Daily.of(Series.COMMENTS, make_id(at, random_bits)).day == at.date()


def test_a_worker_is_gone_after_two_minutes_and_a_backup_is_old_after_two_days() -> None:
    assert is_worker_gone(None, NOW)
    assert not is_worker_gone(NOW - timedelta(minutes=2), NOW)
    assert is_worker_gone(NOW - timedelta(minutes=2, seconds=1), NOW)
    # Another clock may be ahead.
    assert not is_worker_gone(NOW + timedelta(minutes=1), NOW)
    assert not is_backup_old(NOW - timedelta(days=2), NOW)
    assert is_backup_old(NOW - timedelta(days=2, seconds=1), NOW)
