"""Ids carry their time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import LARGEST, make_id, time_of

# The bounds are naive because hypothesis adds the zone.
moments = st.datetimes(datetime(1970, 1, 2), datetime(2240, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
randomness = st.integers(min_value=0, max_value=2**64)


@given(moments, randomness)
def test_the_time_of_an_id_is_when_the_thing_was_made_to_the_millisecond(at, bits):
    assert timedelta(0) <= at - time_of(make_id(at, bits)) < timedelta(milliseconds=1)


@given(moments, moments, randomness, randomness)
def test_ids_are_ordered_by_time(first, second, one, other):
    if second - first >= timedelta(milliseconds=1):
        assert make_id(first, one) < make_id(second, other)


@given(moments, randomness)
def test_ids_fit_into_63_bits(at, bits):
    assert 0 < make_id(at, bits) <= LARGEST


def test_ids_of_one_millisecond_differ_by_their_randomness():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({make_id(at, bits) for bits in range(1000)}) == 1000
