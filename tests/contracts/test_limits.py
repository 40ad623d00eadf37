"""Rate limits as the storages count them: a sliding window, all keys or none."""

from datetime import timedelta

import pytest

from adapters.memory.limits import MemoryLimits, SharedLimits
from domain import limits
from domain.errors import TooOften, TryAgain
from domain.limits import LONGEST, RateLimit
from tests.contracts.community import BEGINNING
from tests.contracts.storages import Storage

ONE = {"one": RateLimit(2, 60)}
BOTH = {"one": RateLimit(2, 60), "other": RateLimit(5, 60)}
SECOND = timedelta(seconds=1)


def wait(storage: Storage, wanted: dict[str, RateLimit], at: float) -> int:
    """How long somebody would have to wait that many seconds after the beginning."""
    try:
        storage.limits.check(wanted, BEGINNING + at * SECOND)
    except TooOften as refused:
        return refused.retry_after
    return 0


def test_the_limit_is_exact(storage: Storage) -> None:
    storage.limits.take(ONE, BEGINNING)
    storage.limits.take(ONE, BEGINNING + 10 * SECOND)

    with pytest.raises(TooOften) as refused:
        storage.limits.take(ONE, BEGINNING + 20 * SECOND)

    assert refused.value.retry_after == 40


def test_the_window_slides(storage: Storage) -> None:
    for at in (0, 10):
        storage.limits.take(ONE, BEGINNING + at * SECOND)

    assert [wait(storage, ONE, at) for at in (10, 59.5, 60, 69)] == [50, 1, 0, 0]
    storage.limits.take(ONE, BEGINNING + 60 * SECOND)
    assert [wait(storage, ONE, at) for at in (60, 69, 70)] == [10, 1, 0]


def test_a_clock_that_was_a_day_ahead_locks_nobody_out(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING + 86_400 * SECOND)

    assert wait(storage, ONE, 0) == 0
    storage.limits.take(ONE, BEGINNING)
    storage.limits.take(ONE, BEGINNING + 10 * SECOND)
    assert [wait(storage, ONE, at) for at in (10, 59, 60, 86_400)] == [50, 1, 0, 0]


def test_checking_counts_nothing(storage: Storage) -> None:
    for _ in range(5):
        assert wait(storage, ONE, 0) == 0


def test_a_refused_attempt_is_not_counted(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING)
    for at in (10, 20, 30):
        with pytest.raises(TooOften):
            storage.limits.take(ONE, BEGINNING + at * SECOND)

    assert wait(storage, ONE, 60) == 0


def test_all_keys_are_counted_or_none(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING)
    for _ in range(9):
        with pytest.raises(TooOften):
            storage.limits.take(BOTH, BEGINNING)

    for _ in range(5):
        storage.limits.take({"other": BOTH["other"]}, BEGINNING)
    assert wait(storage, {"other": BOTH["other"]}, 0) == 60


def test_the_answer_is_the_longest_wait_of_several_keys(storage: Storage) -> None:
    wanted = {"short": RateLimit(1, 60), "long": RateLimit(1, 3_600)}
    storage.limits.take(wanted, BEGINNING)

    assert wait(storage, wanted, 0.5) == 3_600


def test_keys_do_not_count_for_one_another(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING)

    assert wait(storage, {"another": ONE["one"]}, 0) == 0


def test_an_attempt_that_is_given_back_may_be_taken_again(storage: Storage) -> None:
    odd = BEGINNING + timedelta(microseconds=123_457)
    storage.limits.take(BOTH, BEGINNING)
    storage.limits.take(BOTH, odd)

    storage.limits.give_back(BOTH, odd)

    assert wait(storage, ONE, 1) == 0
    storage.limits.take(BOTH, BEGINNING + SECOND)
    assert wait(storage, ONE, 1) == 59


def test_one_of_two_at_the_same_moment_is_given_back(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING)

    storage.limits.give_back(ONE, BEGINNING)

    storage.limits.take(ONE, BEGINNING)
    assert wait(storage, ONE, 0) == 60


def test_giving_back_an_attempt_that_was_not_taken_does_nothing(storage: Storage) -> None:
    for _ in range(2):
        storage.limits.take(ONE, BEGINNING)

    storage.limits.give_back(ONE, BEGINNING + SECOND)
    storage.limits.give_back({"never": ONE["one"]}, BEGINNING)

    assert wait(storage, ONE, 1) == 59


def test_what_is_forgotten_begins_with_these_characters(storage: Storage) -> None:
    once = RateLimit(1, 60)
    forgotten = ("a_b%c:", "a_b%c:minutes", "other:1:x")
    kept = ("a_b%c", "axb%c:", "a_bxc:minutes", "other:11:x", "A_B%C:")
    for key in forgotten + kept:
        storage.limits.take({key: once}, BEGINNING)

    storage.limits.forget(("a_b%c:", "other:1:"))

    assert [wait(storage, {key: once}, 0) for key in forgotten] == [0] * len(forgotten)
    assert [wait(storage, {key: once}, 0) for key in kept if key != "A_B%C:"] == [60] * (len(kept) - 1)


def test_removing_stale_times_keeps_those_that_count(storage: Storage) -> None:
    day = {"day": RateLimit(1, 24 * 3_600)}
    storage.limits.take(day, BEGINNING)
    storage.limits.forget_stale(BEGINNING + LONGEST - SECOND)
    assert wait(storage, day, LONGEST.total_seconds() - 1) == 1

    storage.limits.forget_stale(BEGINNING + LONGEST + SECOND)

    assert wait(storage, day, 0) == 0


def test_taking_answers_how_many_attempts_are_left(storage: Storage) -> None:
    assert storage.limits.take({"other": BOTH["other"]}, BEGINNING) == 4
    assert storage.limits.take(BOTH, BEGINNING) == 1
    assert storage.limits.take(BOTH, BEGINNING) == 0
    assert storage.limits.take({"other": BOTH["other"]}, BEGINNING + 60 * SECOND) == 4


class Uncounting(MemoryLimits):
    """A storage that can be read and not written."""

    def take(self, wanted, at):
        raise TryAgain


def test_guesses_are_bounded_although_the_storage_cannot_count_them():
    shared = SharedLimits(Uncounting(), MemoryLimits())
    guesses, at = limits.sign_in("203.0.113.7", "susan@example.com"), BEGINNING

    for _ in range(10):
        shared.check(guesses, at)
        with pytest.raises(TryAgain):
            shared.take(guesses, at)

    with pytest.raises(TooOften):
        shared.check(guesses, at)
    with pytest.raises(TooOften):
        shared.take(guesses, at)
    shared.check(limits.register("203.0.113.7", "susan@example.com"), at)
