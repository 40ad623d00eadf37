"""Bounded waiting: who runs, who waits, and who is refused at once. Threads meet at events, so no time is measured."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.turns import Turns
from domain.errors import Overloaded
from tests.doubles import NotedMeter

ROOT = Path(__file__).parent.parent.parent
LONG = 20.0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.001)


class Holder:
    """Takes a turn in a thread of its own, and keeps it until it is released."""

    def __init__(self, turns: Turns, *, account_id: int | None = None, seconds: float | None = None) -> None:
        self.running = threading.Event()
        self.refused = threading.Event()
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(turns, account_id, seconds))
        self._thread.start()

    def let_go(self) -> None:
        """Gives the turn back, also if it is still to come."""
        self._released.set()

    def release(self) -> None:
        self.let_go()
        self._thread.join(LONG)

    def _hold(self, turns: Turns, account_id: int | None, seconds: float | None) -> None:
        try:
            with turns.turn(account_id=account_id, seconds=seconds):
                self.running.set()
                self._released.wait(LONG)
        except Overloaded:
            self.refused.set()


def release_all(holders: list[Holder]) -> None:
    """In whichever order their turns come."""
    for holder in holders:
        holder.let_go()
    for holder in holders:
        holder.release()


@contextmanager
def held(turns: Turns, count: int) -> Iterator[list[Holder]]:
    """So many run or wait, in this order."""
    holders = []
    for number in range(1, count + 1):
        holders.append(Holder(turns))
        until(lambda number=number: turns.taken == number)  # type: ignore[misc]
    try:
        yield holders
    finally:
        for holder in holders:
            holder.release()


def test_some_run_some_wait_and_the_others_are_refused_at_once() -> None:
    turns = Turns(at_once=2, places=3, seconds=LONG)
    with held(turns, 3) as (first, second, third):
        assert first.running.is_set()
        assert second.running.is_set()
        # The others stand still, so this one did not wait for any of them.
        with pytest.raises(Overloaded), turns.turn():
            pass
        assert not third.running.is_set()

        second.release()

        assert third.running.wait(LONG)
    assert turns.taken == 0


def test_turns_come_in_the_order_of_arrival() -> None:
    turns = Turns(at_once=1, places=4, seconds=LONG)
    with held(turns, 4) as holders:
        for number, holder in enumerate(holders):
            assert holder.running.wait(LONG)
            assert not any(later.running.is_set() for later in holders[number + 1 :])
            holder.release()


def test_whoever_waits_too_long_leaves_the_queue() -> None:
    turns = Turns(at_once=1, places=2, seconds=0.01)
    with turns.turn():
        for _ in range(3):
            with pytest.raises(Overloaded), turns.turn():
                pass
        assert turns.taken == 1
    with turns.turn():
        pass


def test_whoever_has_no_time_does_not_wait() -> None:
    turns = Turns(at_once=1, places=9, seconds=LONG)
    with turns.turn(seconds=0), pytest.raises(Overloaded), turns.turn(seconds=0):
        pass
    with turns.turn(seconds=0):
        assert turns.taken == 1


def test_an_account_has_some_of_the_places_whether_it_runs_or_waits() -> None:
    turns = Turns(at_once=1, places=9, places_each=2, seconds=LONG)
    with turns.turn(account_id=1):
        waiting = [Holder(turns, account_id=account_id) for account_id in (1, 2, 2)]
        until(lambda: turns.taken == 4)
        for account_id in (1, 2):
            with pytest.raises(Overloaded), turns.turn(account_id=account_id):
                pass
        assert turns.taken == 4
    release_all(waiting)
    for account_id in (1, 2):
        with turns.turn(account_id=account_id):
            assert turns.taken == 1


def test_an_account_with_many_callers_leaves_every_other_turn_to_the_others() -> None:
    turns = Turns(at_once=1, places=9, seconds=LONG)
    with turns.turn(account_id=1):
        waiting = []
        for number, account_id in enumerate((1, 1, 1, 2), start=2):
            waiting.append(Holder(turns, account_id=account_id))
            until(lambda number=number: turns.taken == number)  # type: ignore[misc]
    assert waiting[3].running.wait(LONG)
    assert not any(holder.running.is_set() for holder in waiting[:3])
    release_all(waiting)


def test_an_account_that_waited_too_long_may_come_again() -> None:
    turns = Turns(at_once=1, places=9, places_each=1, seconds=0.01)
    with turns.turn(account_id=1), pytest.raises(Overloaded), turns.turn(account_id=2):
        pass
    with turns.turn(account_id=2):
        pass


def test_an_error_frees_the_place() -> None:
    turns = Turns(at_once=1, places=1, seconds=0)
    for _ in range(2):
        with pytest.raises(ValueError, match="x"), turns.turn(account_id=1):
            raise ValueError("x")


def test_many_threads_never_run_more_than_may() -> None:
    turns = Turns(at_once=3, places=50, seconds=LONG)
    running: list[int] = []
    most: list[int] = []

    def act() -> None:
        for _ in range(50):
            with turns.turn():
                running.append(1)
                most.append(len(running))
                time.sleep(0)
                running.pop()

    threads = [threading.Thread(target=act) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)

    assert len(most) == 1_000
    assert max(most) <= 3
    assert turns.taken == 0


def test_a_fork_begins_with_free_places() -> None:
    program = """
import os, sys, threading
from adapters.turns import Turns
from tests.doubles import NotedMeter
turns = Turns(at_once=1, places=1, seconds=0)
taken, done = threading.Event(), threading.Event()
def hold():
    with turns.turn(account_id=1):
        taken.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
taken.wait()
if os.fork() == 0:
    with turns.turn(account_id=1):
        assert turns.taken == 1
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0 and turns.taken == 1
done.set()
thread.join()
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=False,
        cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_waiting_and_refusals_are_measured_by_queue() -> None:
    meter = NotedMeter()
    turns = Turns(at_once=1, places=2, seconds=LONG, queue="writing", meter=meter)
    waiting = ("queue_waiting", "writing")

    with held(turns, 2) as (first, second):
        until(lambda: meter.levels[waiting] == 1)
        with pytest.raises(Overloaded), turns.turn():
            pass
        first.release()
        assert second.running.wait(LONG)
        until(lambda: meter.levels[waiting] == 0)

    assert meter.counts == {("queue_refusals_total", "writing"): 1}
    assert len(meter.values["queue_wait_seconds", "writing"]) == 2


def test_whoever_waits_too_long_is_counted_and_waits_no_more() -> None:
    meter = NotedMeter()
    turns = Turns(at_once=1, places=2, seconds=0.01, queue="hashing", meter=meter)

    with turns.turn(), pytest.raises(Overloaded), turns.turn():
        pass

    assert meter.levels["queue_waiting", "hashing"] == 0
    assert meter.counts == {("queue_refusals_total", "hashing"): 1}
