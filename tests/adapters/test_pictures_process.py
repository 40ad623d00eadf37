"""The child processes that make pictures: their limits, one for each picture, and who waits for whom."""

import logging
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from adapters.pictures.making import InlinePictureMaker
from adapters.pictures.process import ProcessPictureMaker
from application.ports.pictures.making import MadePicture, PictureMaker
from domain.errors import Invalid, Overloaded, Problem
from tests.adapters.pictures import broken, encoded, photo, png, quarters, samples, slow_jpeg
from tests.adapters.test_turns import until
from tests.doubles import NotedMeter

SMALL = encoded(quarters(), "PNG")
SLOW = slow_jpeg()
LONG = 60.0
DAMAGED = (Problem("file", "picture_damaged"),)

FindChild = Callable[[], int | None]

inline: PictureMaker = InlinePictureMaker()


@pytest.fixture
def meter() -> NotedMeter:
    return NotedMeter()


@pytest.fixture
def maker(meter: NotedMeter) -> ProcessPictureMaker:
    return ProcessPictureMaker(seconds=LONG, meter=meter)


def assert_damaged(future: "Future[MadePicture]") -> None:
    with pytest.raises(Invalid) as refused:
        future.result(timeout=LONG)
    assert refused.value.problems == DAMAGED


@pytest.fixture
def a_child() -> FindChild:
    """Finds the process that makes a picture now. Other tests may have left a renderer's."""
    others = set(multiprocessing.active_children())
    return lambda: next((child.pid for child in multiprocessing.active_children() if child not in others), None)


def test_the_child_makes_the_same_files(maker: ProcessPictureMaker) -> None:
    sent = encoded(photo(900, 500), "JPEG")
    assert maker.picture(sent, account_id=1) == inline.picture(sent, account_id=1)
    assert maker.portrait(sent, account_id=1) == inline.portrait(sent, account_id=1)


def test_no_child_outlives_its_picture(maker: ProcessPictureMaker, a_child: FindChild) -> None:
    maker.picture(SMALL, account_id=1)
    assert a_child() is None
    with pytest.raises(Invalid):
        maker.picture(SMALL[:90], account_id=1)
    assert a_child() is None


def test_a_refusal_comes_back_from_the_child(maker: ProcessPictureMaker) -> None:
    for sent in (png(50_000, 50_000), png(1, 20_000), SMALL[:90], b"no picture", b""):
        with pytest.raises(Invalid) as there:
            maker.picture(sent, account_id=1)
        with pytest.raises(Invalid) as here:
            inline.picture(sent, account_id=1)
        assert there.value.problems == here.value.problems


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_is_made(
    meter: NotedMeter, caplog: pytest.LogCaptureFixture
) -> None:
    maker = ProcessPictureMaker(seconds=2, meter=meter)
    for make in (maker.picture, maker.portrait):
        with pytest.raises(Invalid) as refused:
            make(SLOW, account_id=1)
        assert refused.value.problems == DAMAGED
        assert maker.picture(SMALL, account_id=1).width == 80

    assert meter.counts["picture_kills_total", "too_slow"] == 2
    assert len(meter.values["picture_seconds", "picture"]) == 3
    assert len(meter.values["picture_seconds", "portrait"]) == 1
    said = [record for record in caplog.records if "was not made within 2 seconds" in record.message]
    assert [vars(record)["once_in"] for record in said] == [60.0, 60.0]


def test_a_picture_that_takes_too_much_memory_is_refused_and_the_next_one_is_made(
    meter: NotedMeter, caplog: pytest.LogCaptureFixture
) -> None:
    maker = ProcessPictureMaker(seconds=LONG, memory=200 << 20, meter=meter)
    with pytest.raises(Invalid) as refused:
        maker.picture(encoded(Image.new("RGB", (8_000, 6_000)), "PNG"), account_id=1)
    assert refused.value.problems == DAMAGED
    assert meter.counts["picture_kills_total", "memory"] == 1
    assert "more than the 200 MB" in caplog.text
    assert maker.picture(SMALL, account_id=1).width == 80


# WebP needs the most.
@pytest.mark.parametrize("form", ["WEBP", *(pytest.param(form, marks=pytest.mark.long) for form in ("PNG", "AVIF"))])
def test_the_memory_is_enough_for_fifty_megapixels(form: str) -> None:
    fast = {"PNG": {"compress_level": 1}, "WEBP": {"lossless": True, "quality": 0, "method": 0}, "AVIF": {"speed": 10}}
    image = Image.new("RGBA", (8_000, 6_250), (200, 30, 30, 120))
    made = ProcessPictureMaker(seconds=LONG).picture(encoded(image, form, **fast[form]), account_id=1)
    assert (made.width, made.height) == (2_560, 2_000)


def test_broken_files_are_made_or_refused_as_without_a_process(maker: ProcessPictureMaker) -> None:
    chance = random.Random(7)
    for sent in [broken(chance) for _ in range(8)] + list(samples().values())[:3]:
        assert outcome(maker, sent) == outcome(inline, sent)


def outcome(maker: PictureMaker, sent: bytes) -> MadePicture | tuple[Problem, ...]:
    try:
        return maker.picture(sent, account_id=1)
    except Invalid as refused:
        return refused.problems


# A child that dies.


@contextmanager
def killer(times: int, a_child: FindChild) -> Iterator[None]:
    """Kills so many children, one after another, as soon as each is there."""
    killed: set[int] = set()

    def kill() -> None:
        while len(killed) < times:
            until(lambda: a_child() not in (None, *killed))
            child = a_child()
            if child is not None:
                os.kill(child, signal.SIGKILL)
                killed.add(child)

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    thread.join(LONG)
    assert len(killed) == times


def test_a_picture_is_made_again_when_its_child_is_killed(
    maker: ProcessPictureMaker, meter: NotedMeter, a_child: FindChild
) -> None:
    with killer(1, a_child):
        assert maker.picture(SMALL, account_id=1).width == 80
    assert meter.counts["picture_kills_total", "died"] == 1


def test_a_picture_that_kills_its_child_twice_is_refused(
    maker: ProcessPictureMaker, meter: NotedMeter, a_child: FindChild, caplog: pytest.LogCaptureFixture
) -> None:
    with killer(2, a_child), pytest.raises(Invalid) as refused:
        maker.picture(SMALL, account_id=1)
    assert refused.value.problems == DAMAGED
    assert meter.counts["picture_kills_total", "died"] == 2
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert maker.picture(SMALL, account_id=1).width == 80


# Its limits, and who waits.


@contextmanager
def busy(maker: ProcessPictureMaker) -> Iterator["Future[MadePicture]"]:
    """A slow picture of account 1 is in work."""
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(maker.picture, SLOW, account_id=1)
        until(lambda: maker.turns.taken == 1)
        yield slow
        assert_damaged(slow)


def test_the_child_has_few_rights_and_comes_last(a_child: FindChild) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    maker = ProcessPictureMaker(seconds=3, nice=7, memory=1_000 << 20)
    with busy(maker):
        until(lambda: a_child() is not None)
        child = a_child()
        assert child is not None
        limits = Path(f"/proc/{child}/limits")
        # The last limit that it gets.
        until(lambda: limits.read_text().partition("Max cpu time")[2].split()[0] == "7")
        soft = {line[:26].strip(): line[26:].split()[0] for line in limits.read_text().splitlines()}
        assert soft["Max address space"] == str(1_000 << 20)
        assert soft["Max file size"] == soft["Max core file size"] == "0"
        assert os.getpriority(os.PRIO_PROCESS, child) == min(19, own + 7)
        assert Path(f"/proc/{child}/oom_score_adj").read_text().strip() == "1000"
        # Nothing of the parent's is open there.
        opened = {str(path.readlink()) for path in Path(f"/proc/{child}/fd").iterdir()}
        assert all(name.startswith(("/dev/", "pipe:", "/tmp/")) for name in opened), opened


def test_pictures_beyond_the_places_of_an_account_are_refused_at_once() -> None:
    maker = ProcessPictureMaker(seconds=2, places=3, places_each=1, waiting=LONG)
    with busy(maker) as slow, ThreadPoolExecutor(2) as threads:
        for make in (maker.picture, maker.portrait):
            with pytest.raises(Overloaded):
                make(SMALL, account_id=1)
        others = [threads.submit(maker.picture, SMALL, account_id=account_id) for account_id in (2, 3)]
        until(lambda: maker.turns.taken == 3)
        with pytest.raises(Overloaded):
            maker.picture(SMALL, account_id=4)
        assert not slow.done()
        assert [other.result(timeout=LONG).width for other in others] == [80, 80]


def test_a_picture_waits_for_that_of_another_account_as_long_as_it_may() -> None:
    maker = ProcessPictureMaker(seconds=2, waiting=0.05)
    with busy(maker) as slow:
        for _ in range(2):
            with pytest.raises(Overloaded):
                maker.picture(SMALL, account_id=2)
        assert not slow.done()


def test_what_is_no_picture_does_not_wait() -> None:
    maker = ProcessPictureMaker(seconds=2, places=1)
    with busy(maker) as slow:
        for sent in (b"", b"<html>", b"\xff\xd8\xff" + bytes(11_000_000)):
            with pytest.raises(Invalid):
                maker.picture(sent, account_id=1)
        assert not slow.done()


def test_accounts_take_turns(meter: NotedMeter) -> None:
    maker = ProcessPictureMaker(seconds=2, waiting=LONG, meter=meter)
    done: list[str] = []
    with busy(maker), ThreadPoolExecutor(2) as threads:
        for number, (name, account_id) in enumerate((("second of 1", 1), ("first of 2", 2)), start=2):
            waiting = threads.submit(maker.picture, SMALL, account_id=account_id)
            waiting.add_done_callback(lambda _, name=name: done.append(name))  # type: ignore[misc]
            until(lambda number=number: maker.turns.taken == number)  # type: ignore[misc]
    assert done == ["first of 2", "second of 1"]
    assert len(meter.values["queue_wait_seconds", "pictures"]) == 3
