"""Which thread gets a request."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace

import pytest

from entrypoints.fair_queue import FairDispatcher

PATIENCE = 10.0


class Visit:
    """A connection with the request of a visitor. It notes the thread that serves it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.requests = [SimpleNamespace(error=None, command="GET", path="/", headers={})]
        self._seconds = seconds
        self.thread = ""

    def service(self) -> None:
        time.sleep(self._seconds)
        self.thread = threading.current_thread().name


@pytest.fixture
def dispatcher() -> Iterator[FairDispatcher]:
    found = FairDispatcher()
    found.set_thread_count(5)
    wait_until(lambda: found.active_count == 0)
    yield found
    found.shutdown(timeout=PATIENCE)
    assert not found.threads


def test_requests_that_come_one_by_one_have_one_thread(dispatcher: FairDispatcher) -> None:
    visits = [Visit() for _ in range(10)]
    for visit in visits:
        dispatcher.add_task(visit)
        wait_until(partial(is_over, visit, dispatcher))

    assert len({visit.thread for visit in visits}) == 1


def test_requests_that_come_at_once_have_a_thread_each(dispatcher: FairDispatcher) -> None:
    visits = [Visit(seconds=0.2) for _ in range(5)]
    for visit in visits:
        dispatcher.add_task(visit)
    wait_until(lambda: all(visit.thread for visit in visits))

    assert len({visit.thread for visit in visits}) == 5


def test_more_requests_than_threads_are_all_served(dispatcher: FairDispatcher) -> None:
    visits = [Visit() for _ in range(200)]
    for visit in visits:
        dispatcher.add_task(visit)

    wait_until(lambda: all(visit.thread for visit in visits))


def is_over(visit: Visit, dispatcher: FairDispatcher) -> bool:
    """Served, and the thread waits for another one."""
    return bool(visit.thread) and dispatcher.active_count == 0


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
