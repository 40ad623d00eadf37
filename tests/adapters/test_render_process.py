"""The child process that renders untrusted texts: its limits, its replacement, and one child per process."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.markdown.rendering import InlineRenderer
from adapters.render_process import ProcessRenderer
from domain.errors import Invalid, Overloaded
from entrypoints.choices import UNHURRIED
from tests.adapters.test_turns import until
from tests.doubles import SLOW_TEXT, NotedMeter

ROOT = Path(__file__).parent.parent.parent
CASES = json.loads((ROOT / "tests/corpora/redos.json").read_text("utf-8"))
# Tracing makes all code slower, in the measure of coverage too.
SECONDS = 2 if sys.gettrace() is None else 16
REDOS = [case["expr"] for case in CASES]

inline = InlineRenderer()


@pytest.fixture
def renderer():
    renderer = ProcessRenderer(seconds=0.5)
    yield renderer
    renderer.close()


def child_of(renderer: ProcessRenderer) -> int:
    """The process that the first text of this renderer starts."""
    others = set(multiprocessing.active_children())
    renderer.comment("a", account_id=1)
    (child,) = set(multiprocessing.active_children()) - others
    assert child.pid
    return child.pid


def test_the_child_process_renders_the_same_html(renderer: ProcessRenderer):
    body = "# A\n\n*b* [c](https://x.example)"
    assert renderer.post(body, account_id=1) == inline.post(body)
    assert renderer.comment(body, account_id=1) == inline.comment(body)


def test_a_text_that_takes_too_long_is_refused_and_the_next_one_is_rendered(renderer: ProcessRenderer):
    for render in (renderer.post, renderer.comment):
        with pytest.raises(Invalid) as refused:
            render(SLOW_TEXT, account_id=1)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("body", "too_complex")]
        assert renderer.comment("*b*", account_id=1).html == "<p><em>b</em></p>"


def test_a_slow_text_does_not_make_the_texts_of_others_fail():
    renderer = ProcessRenderer(seconds=0.5, waiting=30)

    def render(number: int) -> str:
        try:
            return renderer.comment(SLOW_TEXT if number % 4 == 0 else f"*{number}*", account_id=number).html
        except Invalid:
            return "refused"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(render, range(8)))
    renderer.close()
    assert answers == ["refused" if n % 4 == 0 else f"<p><em>{n}</em></p>" for n in range(8)]


@pytest.fixture
def busy() -> Iterator[ProcessRenderer]:
    """A slow text of account 1 is in work. One more text may wait for a moment."""
    renderer = ProcessRenderer(seconds=2, places=2, places_each=1, waiting=0.05)
    renderer.comment("a", account_id=1)
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(renderer.comment, SLOW_TEXT, account_id=1)
        until(lambda: renderer.turns.taken == 1)
        yield renderer
        assert not slow.done()  # nobody below waited for it
        with pytest.raises(Invalid):
            slow.result(timeout=20)
    assert renderer.comment("*b*", account_id=1).html == "<p><em>b</em></p>"
    renderer.close()


def test_a_text_beyond_the_places_of_its_account_is_refused_at_once(busy: ProcessRenderer):
    for render in (busy.post, busy.comment):
        with pytest.raises(Overloaded):
            render("*b*", account_id=1)


def test_a_text_waits_for_that_of_another_account_for_a_moment_only(busy: ProcessRenderer):
    for _ in range(2):
        with pytest.raises(Overloaded):
            busy.post("*b*", account_id=2)


def test_texts_beyond_the_places_are_refused_at_once():
    renderer = ProcessRenderer(seconds=1, places=2, waiting=30)
    renderer.comment("a", account_id=1)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(renderer.comment, SLOW_TEXT, account_id=1)
        until(lambda: renderer.turns.taken == 1)
        waiting = threads.submit(renderer.comment, "*b*", account_id=2)
        until(lambda: renderer.turns.taken == 2)

        with pytest.raises(Overloaded):
            renderer.comment("*c*", account_id=3)

        assert not slow.done()
        assert waiting.result(timeout=20).html == "<p><em>b</em></p>"
    renderer.close()


def test_pages_have_priority_over_the_child(renderer: ProcessRenderer):
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, child_of(renderer)) == min(19, own + 10)


def test_a_child_of_a_worker_comes_last():
    renderer = ProcessRenderer(**UNHURRIED)
    assert os.getpriority(os.PRIO_PROCESS, child_of(renderer)) == 19
    renderer.close()


def test_a_child_that_is_killed_between_two_texts_is_replaced(renderer: ProcessRenderer):
    os.kill(child_of(renderer), signal.SIGKILL)
    assert renderer.comment("*b*", account_id=1).html == "<p><em>b</em></p>"


def test_a_text_is_rendered_again_when_its_child_is_killed():
    renderer = ProcessRenderer(seconds=5)
    killer = threading.Timer(0.1, os.kill, (child_of(renderer), signal.SIGKILL))
    killer.start()
    body = "*a*\n\n" * 8_000
    assert renderer.post(body, account_id=1).html.count("<em>") == 8_000
    killer.join()
    renderer.close()


def test_a_closed_renderer_starts_again_when_it_is_needed(renderer: ProcessRenderer):
    renderer.comment("a", account_id=1)
    renderer.close()
    assert renderer.comment("a", account_id=1).html == "<p>a</p>"


def test_a_fork_starts_its_own_child_and_keeps_that_of_its_parent():
    program = """
import os, sys
from multiprocessing import active_children
from adapters.render_process import ProcessRenderer
renderer = ProcessRenderer()
renderer.comment("a", account_id=1)
first = active_children()
if os.fork() == 0:
    assert active_children() == [] and renderer.comment("b", account_id=1).html == "<p>b</p>"
    assert len(active_children()) == 1 and active_children() != first
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert renderer.comment("c", account_id=1).html == "<p>c</p>" and len(first) == 1 and active_children() == first
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=False,
        cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("sanitizer", "size"), [("nh3", 8_000), ("bleach", 8_000), pytest.param("nh3", 50_000, marks=pytest.mark.long)]
)
def test_texts_that_slow_parsers_down_are_rendered_or_refused_in_bounded_time(sanitizer: str, size: int):
    renderer = ProcessRenderer(sanitizer)
    for expression in REDOS:
        body = eval(expression, {"n": size})[:size]
        try:
            assert len(renderer.post(body, account_id=1).html) <= 2_000 + 12 * size
            renderer.comment(body[:5_000], account_id=1)
        except Invalid as refused:
            assert refused.problems[0].code == "too_complex"
    assert renderer.comment("*b*", account_id=1).html == "<p><em>b</em></p>"
    renderer.close()


def test_the_rules_of_our_own_take_linear_time():
    """In quadratic time each of these texts takes longer than the limit."""
    renderer = ProcessRenderer("nh3", seconds=SECONDS)
    try:
        for case in CASES:
            if case["plugins"].startswith("own"):
                body = eval(case["expr"], {"n": 48_000})[:48_000]
                renderer.post(body, account_id=1)  # refuses a text that takes longer
    finally:
        renderer.close()


@pytest.mark.parametrize(
    "body",
    ["# a" + " " * 40_000 + "b", "# a" + "\t" * 40_000 + "#b", "# ab\n" * 10_000],
    ids=["blanks", "tabs", "equal"],
)
def test_headings_take_linear_time(body: str):
    """In quadratic time each of these takes longer than the limit."""
    renderer = ProcessRenderer("nh3", seconds=SECONDS)
    try:
        assert renderer.post(body, account_id=1).html.startswith("<h2 ")
        renderer.comment(body, account_id=1)
    finally:
        renderer.close()


def test_renderings_are_measured_and_kills_counted() -> None:
    meter = NotedMeter()
    renderer = ProcessRenderer(seconds=0.5, meter=meter)
    try:
        child = child_of(renderer)
        renderer.post("a", account_id=1)
        os.kill(child, signal.SIGKILL)
        renderer.comment("b", account_id=1)
        with pytest.raises(Invalid):
            renderer.post(SLOW_TEXT, account_id=1)
        renderer.comment("c", account_id=1)
    finally:
        renderer.close()

    assert len(meter.values["rendering_seconds", "comment"]) == 3
    assert len(meter.values["rendering_seconds", "post"]) == 2
    assert meter.counts["renderer_kills_total", "slow_text"] == 1
    assert meter.counts["renderer_kills_total", "died"] >= 1
