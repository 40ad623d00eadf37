"""Rate limits are sliding windows."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain import limits
from domain.limits import RateLimit

hits = st.lists(st.floats(min_value=0, max_value=1000), max_size=30)


@settings(max_examples=40)
@given(hits, st.integers(1, 10), st.integers(1, 300), st.floats(min_value=1000, max_value=2000))
def test_no_window_has_more_hits_than_the_limit(past, times, seconds, now):
    limit = RateLimit(times, seconds)
    allowed = limit.wait(past, now) == 0
    assert allowed == (len(limit.recent(past, now)) < times)


@settings(max_examples=40)
@given(hits, st.integers(1, 10), st.integers(1, 300), st.floats(min_value=1000, max_value=2000))
def test_after_the_wait_one_more_is_allowed(past, times, seconds, now):
    limit = RateLimit(times, seconds)
    wait = limit.wait(past, now)
    assert limit.wait(past, now + wait + 1e-6) == 0


@settings(max_examples=100)
@given(
    st.lists(st.floats(min_value=0, max_value=3000), max_size=30),
    st.integers(1, 10),
    st.integers(1, 300),
    st.floats(min_value=1000, max_value=2000),
)
@example([724.4382163278136], 1, 300, 1000.4382163278136)  # rounding takes the hit out too early
@example([1036.0, 724.0000000000001], 1, 300, 1000.0)  # and here too late
def test_the_wait_is_enough_and_not_too_much_although_a_clock_was_ahead(stored, times, seconds, now):
    limit = RateLimit(times, seconds)
    wait = limit.wait(stored, now)

    assert len(limit.recent(stored, now + wait)) < times
    assert all(len(limit.recent(stored, now + sooner)) >= times for sooner in range(wait))


def test_hits_of_a_clock_that_was_a_day_ahead_lock_nobody_out():
    limit = RateLimit(3, 60)
    assert limit.wait([1000 + 86_400.0] * 3, 1000) == 0
    assert limit.wait([990.0, 995.0, 1000 + 86_400.0], 1000) == 0
    assert limit.wait([990.0, 995.0, 998.0, 1000 + 86_400.0], 1000) == 50


def test_hits_of_a_host_whose_clock_is_a_little_ahead_count():
    limit = RateLimit(3, 60)
    assert limit.wait([1005.0, 1008.0, 1009.0], 1000) == 65


def test_each_rule_has_a_key_for_the_one_it_counts():
    assert limits.sign_in("1.2.3.4", "a@b.co").keys() == {
        "sign-in-from:1.2.3.4",
        "sign-in:a@b.co:minutes",
        "sign-in:a@b.co:hour",
    }
    assert limits.sign_in("1.2.3.4", "a@b.co", "f00").keys() == {
        "sign-in:a@b.co:f00:minutes",
        "sign-in:a@b.co:f00:hour",
    }


def test_failures_of_an_account_are_those_at_its_address_and_within_its_sessions():
    beginnings = limits.failures_of(7, "a@b.co")
    counted = [limits.sign_in("c", "a@b.co"), limits.sign_in("c", "a@b.co", "f00"), limits.password_check(7)]
    others = [limits.sign_in("c", "aa@b.co"), limits.sign_in("c", "a@b.com", "f00"), limits.password_check(77)]
    assert [key for rules in counted for key in rules if not key.startswith(beginnings)] == ["sign-in-from:c"]
    assert not [key for rules in others for key in rules if key.startswith(beginnings)]


def test_the_longest_key_fits_its_column():
    longest = limits.sign_in("c", "x" * 254, "f" * 16)
    assert max(map(len, longest)) <= 300
    assert limits.LONGEST.total_seconds() >= max(
        rule.seconds
        for rules in (
            limits.sign_in("c", "e"),
            limits.register("c", "e"),
            limits.reset("c", "e"),
            limits.confirmation_mail(1),
            limits.publish(1),
            limits.comment(1),
            limits.preview(1),
            limits.password_check(1),
            limits.address_change(1),
        )
        for rule in rules.values()
    )
