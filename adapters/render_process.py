"""Renders members' texts in one child process, which is killed when a text takes too long.

The child renders one text at a time, at a low priority. Some threads of a web worker wait for it for a moment, and
accounts take turns. Waiting does not count against the time limit of a text. The child starts with the first text, or
before it when told to. A forked process does not use its parent's child.
"""

import atexit
import functools
import logging
import multiprocessing.process
import os
import resource
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as TimedOut
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar

from pebble import ProcessExpired, ProcessPool

from adapters.markdown.version import VERSION
from adapters.no_meter import NO_METER
from adapters.turns import Turns, made_anew_in_forks
from application.ports.metrics import RENDERER_KILLS, RENDERING, Meter
from application.ports.rendering import NO_PICTURES, Rendered
from domain.errors import Invalid
from domain.pictures import Shape

if TYPE_CHECKING:
    from adapters.markdown.rendering import InlineRenderer

logger = logging.getLogger(__name__)

Function = Callable[[str, str, frozenset[str], float], Rendered | None]

_START_AT_MOST = 30.0
_WAITING = 0.5
_NICE = 10
_MEMORY_AT_MOST = 1 << 30
_ONCE_A_MINUTE = {"once_in": 60.0}
# When this process is killed, multiprocessing's own child would write a warning past the log.
sys.warnoptions.append("ignore:resource_tracker:UserWarning")


class ProcessRenderer:
    """The port `Renderer` for a server. Safe to call from several threads, and after a fork."""

    version = VERSION

    def __init__(
        self,
        sanitizer: str = "bleach",
        seconds: float = 1.5,
        *,
        places: int = 100,
        places_each: int = 100,
        waiting: float = _WAITING,
        nice: int = _NICE,
        meter: Meter = NO_METER,
    ) -> None:
        """`seconds` limits the rendering of one text. Waiting for other texts and starting the child do not count.
        `waiting` limits the waiting. `places` counts the texts, those that wait included, and `places_each` those of
        one account. `nice` lowers the priority of the child: pages go first."""
        self._nice = nice
        self._sanitizer = sanitizer
        self._seconds = seconds
        self._meter = meter
        self.turns = Turns(
            at_once=1, places=places, places_each=places_each, seconds=waiting, queue="rendering", meter=meter
        )
        self._child = threading.Lock()
        self._pool: ProcessPool | None = None
        _renderers.add(self)
        made_anew_in_forks(self)

    def post(
        self,
        body: str,
        *,
        account_id: int,
        members: frozenset[str] = frozenset(),
        pictures: Mapping[int, Shape] = NO_PICTURES,
    ) -> Rendered:
        function = functools.partial(_post, pictures=dict(pictures)) if pictures else _post
        with self.turns.turn(account_id=account_id):
            return self._measured("post", function, body, members)

    def comment(self, body: str, *, account_id: int, members: frozenset[str] = frozenset()) -> Rendered:
        with self.turns.turn(account_id=account_id):
            return self._measured("comment", _comment, body, members)

    def start(self) -> None:
        """Starts the child, and does not wait for it. Right after a restart the first texts would wait longer than they
        may."""
        with self._child:
            self._require_pool().schedule(_nothing)

    def close(self) -> None:
        """Ends the child. The next text starts another."""
        with self._child:
            self._end_child()

    def after_fork(self) -> None:
        """Forgets the parent's child. Its lock is replaced, because a thread of the parent may hold it."""
        self._child = threading.Lock()
        self._pool = None

    def _measured(self, text: str, function: Function, body: str, members: frozenset[str]) -> Rendered:
        began = time.perf_counter()
        try:
            return self._render(function, body, members)
        finally:
            self._meter.observe(RENDERING, time.perf_counter() - began, text)

    def _render(self, function: Function, body: str, members: frozenset[str]) -> Rendered:
        with self._child:
            for _ in range(2):  # the child may have died for another reason than this text
                try:
                    rendered = self._in_child(function, body, members)
                except TimedOut:
                    self._meter.count(RENDERER_KILLS, "slow_text")
                    logger.warning(
                        "A text was not rendered within %s seconds: the rendering process was ended, and the author "
                        "told that the text is too complex. If an account sends many such texts, disable it.",
                        self._seconds,
                        extra=_ONCE_A_MINUTE,
                    )
                    raise Invalid("body", "too_complex") from None
                except (BrokenProcessPool, ProcessExpired, _Lost) as died:
                    self._meter.count(RENDERER_KILLS, "died")
                    logger.warning(
                        "The rendering process died (%s), and starts again. If it goes on, see whether this machine "
                        "has too little memory.",
                        type(died).__name__,
                        extra=_ONCE_A_MINUTE,
                    )
                    self._end_child()
                except Exception:  # a parser may raise anything; the author gets an error message
                    logger.exception("A text could not be rendered")
                    raise Invalid("body", "too_complex") from None
                else:
                    if rendered is None:
                        raise Invalid("body", "too_complex")
                    return rendered
            raise Invalid("body", "too_complex")

    def _in_child(self, function: Function, body: str, members: frozenset[str]) -> Rendered | None:
        pool = self._require_pool()
        try:
            args = (self._sanitizer, body, members, self._seconds)
            future = pool.schedule(function, args=args, timeout=self._seconds)
        except RuntimeError as error:  # the child died between two texts
            raise _Lost from error
        # Pebble's time limit begins when the child takes the text. This longer limit is for a child that never takes
        # it.
        until = time.monotonic() + _START_AT_MOST + self._seconds
        while time.monotonic() < until:
            try:
                return future.result(timeout=0.5)
            except TimedOut:
                if future.done():
                    raise
                if not pool.active:
                    break
        raise _Lost

    def _require_pool(self) -> ProcessPool:
        if self._pool is None:
            self._pool = _pool(self._sanitizer, self._nice)
        return self._pool

    def _end_child(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


class _Lost(Exception):
    """The child died or does not answer."""


_renderers: weakref.WeakSet[ProcessRenderer] = weakref.WeakSet()


def _forget_children() -> None:
    _ProcessWithoutMain.starting = threading.Lock()
    # multiprocessing would treat the parent's children as those of this process, and end them when it exits.
    children: set[object] = getattr(multiprocessing.process, "_children", set())
    children -= {child for child in children if isinstance(child, _ProcessWithoutMain)}


def _end_children() -> None:
    for renderer in list(_renderers):
        renderer.close()


os.register_at_fork(after_in_child=_forget_children)
atexit.register(_end_children)


class _ProcessWithoutMain(SpawnProcess):
    """A child that does not import the program's main module. It does not need the module and starts faster."""

    starting: ClassVar[threading.Lock] = threading.Lock()

    def start(self) -> None:
        with _ProcessWithoutMain.starting:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = main


class _ContextWithoutMain(SpawnContext):
    Process = _ProcessWithoutMain


def _pool(sanitizer: str, nice: int) -> ProcessPool:
    return ProcessPool(max_workers=1, initializer=_start, initargs=(sanitizer, nice), context=_ContextWithoutMain())


# The functions below run in the child.


@functools.cache
def _renderer(sanitizer: str) -> "InlineRenderer":
    from adapters.markdown.rendering import InlineRenderer  # noqa: PLC0415 - only the child needs this slow import

    return InlineRenderer(sanitizer)


def _start(sanitizer: str, nice: int) -> None:
    # The default handlers end the process at once, even inside a long match of a regular expression.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_AT_MOST, resource.getrlimit(resource.RLIMIT_AS)[1]))
    _renderer(sanitizer).post("*warm*")  # compiles the regular expressions before the first text
    _renderer(sanitizer).comment("*warm*")


def _nothing() -> None:
    """Something to do for a child, so that it starts."""


def _post(
    sanitizer: str,
    body: str,
    members: frozenset[str],
    seconds: float,
    pictures: Mapping[int, Shape] = NO_PICTURES,
) -> Rendered | None:
    renderer = _renderer(sanitizer)
    return _bounded(lambda: renderer.post(body, members=members, pictures=pictures), seconds)


def _comment(sanitizer: str, body: str, members: frozenset[str], seconds: float) -> Rendered | None:
    renderer = _renderer(sanitizer)
    return _bounded(lambda: renderer.comment(body, members=members), seconds)


def _bounded(render: Callable[[], Rendered], seconds: float) -> Rendered | None:
    """None for a text that is too complex, because `Invalid` cannot be pickled."""
    # A second limit, by the kernel. It works when the parent is gone or its clock is set back.
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 1)
    try:
        return render()
    except Invalid:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
