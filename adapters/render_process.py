"""Renders members' texts in one child process, which is killed when a text takes too long.

The child renders one text at a time, at a low priority. Some threads of a web worker wait for it for a moment, and
accounts take turns. Waiting does not count against the time limit of a text.
"""

import functools
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from adapters.child_process import ChildProcess, Died, TooSlow, ended_by_the_kernel, lower_limits
from adapters.markdown.version import VERSION
from adapters.no_meter import NO_METER
from adapters.turns import Turns
from application.ports.metrics import RENDERER_KILLS, RENDERING, Meter
from application.ports.rendering import NO_PICTURES, Rendered
from domain.errors import Invalid
from domain.pictures import Shape

if TYPE_CHECKING:
    from adapters.markdown.rendering import InlineRenderer

logger = logging.getLogger(__name__)

Function = Callable[[str, str, frozenset[str], float], Rendered | None]

_WAITING = 0.5
_NICE = 10
_MEMORY_AT_MOST = 1 << 30
_ONCE_A_MINUTE = {"once_in": 60.0}


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
        self._sanitizer = sanitizer
        self._seconds = seconds
        self._meter = meter
        self.turns = Turns(
            at_once=1, places=places, places_each=places_each, seconds=waiting, queue="rendering", meter=meter
        )
        self._child = ChildProcess(functools.partial(_start, sanitizer, nice), on_death=self._complain)

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
        self._child.start()

    def close(self) -> None:
        """Ends the child. The next text starts another."""
        self._child.close()

    def _measured(self, text: str, function: Function, body: str, members: frozenset[str]) -> Rendered:
        began = time.perf_counter()
        try:
            return self._render(function, body, members)
        finally:
            self._meter.observe(RENDERING, time.perf_counter() - began, text)

    def _render(self, function: Function, body: str, members: frozenset[str]) -> Rendered:
        try:
            rendered = self._child.call(function, self._sanitizer, body, members, self._seconds, seconds=self._seconds)
        except TooSlow:
            self._meter.count(RENDERER_KILLS, "slow_text")
            logger.warning(
                "A text was not rendered within %s seconds: the rendering process was ended, and the author "
                "told that the text is too complex. If an account sends many such texts, disable it.",
                self._seconds,
                extra=_ONCE_A_MINUTE,
            )
            raise Invalid("body", "too_complex") from None
        except Died:
            raise Invalid("body", "too_complex") from None
        except Exception:  # a parser may raise anything; the author gets an error message
            logger.exception("A text could not be rendered")
            raise Invalid("body", "too_complex") from None
        if rendered is None:
            raise Invalid("body", "too_complex")
        return rendered

    def _complain(self, died: Exception) -> None:
        self._meter.count(RENDERER_KILLS, "died")
        logger.warning(
            "The rendering process died (%s), and starts again. If it goes on, see whether this machine "
            "has too little memory.",
            type(died).__name__,
            extra=_ONCE_A_MINUTE,
        )


# The functions below run in the child.


@functools.cache
def _renderer(sanitizer: str) -> "InlineRenderer":
    from adapters.markdown.rendering import InlineRenderer  # noqa: PLC0415 - only the child needs this slow import

    return InlineRenderer(sanitizer)


def _start(sanitizer: str, nice: int) -> None:
    lower_limits(nice=nice, memory=_MEMORY_AT_MOST)
    _renderer(sanitizer).post("*warm*")  # compiles the regular expressions before the first text
    _renderer(sanitizer).comment("*warm*")


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
    with ended_by_the_kernel(seconds):
        try:
            return render()
        except Invalid:
            return None
