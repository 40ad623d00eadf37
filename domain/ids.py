"""Ids: 63 bits, 43 of milliseconds since 1970 above 20 of randomness, so that order by id is order by time."""

from datetime import UTC, datetime, timedelta

RANDOM_BITS = 20
LARGEST = 2**63 - 1
# Decimal digits without leading zeros; a number past LARGEST fits as well.
ID_PATTERN = "[1-9][0-9]{0,18}"
_RANDOM_MASK = (1 << RANDOM_BITS) - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def make_id(at: datetime, random_bits: int) -> int:
    """The id of a thing that is made `at` this time (aware). `random_bits` tell ids of one millisecond apart."""
    milliseconds = (at - _EPOCH) // _MILLISECOND
    return milliseconds << RANDOM_BITS | random_bits & _RANDOM_MASK


def time_of(id: int) -> datetime:
    """The time when the thing with this id was made, in UTC, to the millisecond."""
    return _EPOCH + (id >> RANDOM_BITS) * _MILLISECOND
