"""Makes pictures in child processes, each of which lives for one picture.

So a decoder that one member's file broke never sees a picture of another member. A child is not a sandbox: it runs as
the user of the site. Some threads of a web worker wait for their turn, and accounts take turns.
"""

import contextlib
import functools
import logging
import math
import resource
import sys
import time
from pathlib import Path

from adapters.child_process import ChildProcess, Died, TooSlow, ended_by_the_kernel, limit, lower_limits
from adapters.no_meter import NO_METER
from adapters.pictures.formats import Format, format_of
from adapters.turns import Turns
from application.ports.metrics import PICTURE_KILLS, PICTURES, Meter
from application.ports.pictures.making import MadePicture
from domain.errors import Invalid, Problem

logger = logging.getLogger(__name__)

_SECONDS = 20.0
# Several pictures of usual size are made in this time.
_WAITING = 10.0
_NICE = 10
# Bytes of address space. 50 megapixels of WebP with transparency need 890 MB.
_MEMORY_AT_MOST = 1280 << 20
_ONCE_A_MINUTE = {"once_in": 60.0}


class ProcessPictureMaker:
    """The port `PictureMaker` for a server. Safe to call from several threads, and after a fork."""

    def __init__(
        self,
        seconds: float = _SECONDS,
        *,
        places: int = 100,
        places_each: int = 100,
        waiting: float = _WAITING,
        nice: int = _NICE,
        memory: int = _MEMORY_AT_MOST,
        meter: Meter = NO_METER,
    ) -> None:
        """`seconds` limits the making of one picture. Waiting for others and starting the child do not count.
        `waiting` limits the waiting. `places` counts the pictures, those that wait included, and `places_each` those
        of one account. `nice` lowers the priority of the child: pages go first. `memory` limits its address space, in
        bytes."""
        self._seconds = seconds
        self._memory = memory
        self._meter = meter
        self.turns = Turns(
            at_once=1, places=places, places_each=places_each, seconds=waiting, queue="pictures", meter=meter
        )
        self._child = ChildProcess(
            functools.partial(_start, seconds, nice, memory), on_death=self._complain, lives_once=True
        )

    def picture(self, sent: bytes, *, account_id: int) -> MadePicture:
        return self._made(sent, account_id, portrait=False)

    def portrait(self, sent: bytes, *, account_id: int) -> MadePicture:
        return self._made(sent, account_id, portrait=True)

    def close(self) -> None:
        """Waits for the picture in work. The next one starts a child again."""
        self._child.close()

    def _made(self, sent: bytes, account_id: int, *, portrait: bool) -> MadePicture:
        form = format_of(sent)  # what is no picture does not wait
        with self.turns.turn(account_id=account_id):
            began = time.perf_counter()
            try:
                made = self._in_child(sent, form, portrait)
            finally:
                self._meter.observe(PICTURES, time.perf_counter() - began, "portrait" if portrait else "picture")
        if isinstance(made, Problem):
            raise Invalid.because([made])
        return made

    def _in_child(self, sent: bytes, form: Format, portrait: bool) -> MadePicture | Problem:
        try:
            return self._child.call(_make, sent, form, portrait, self._seconds, seconds=self._seconds)
        except TooSlow:
            self._meter.count(PICTURE_KILLS, "too_slow")
            logger.warning(
                "A picture was not made within %s seconds: its process was ended, and the member told that the file is "
                "damaged. If an account sends many such pictures, disable it.",
                self._seconds,
                extra=_ONCE_A_MINUTE,
            )
        except MemoryError:
            self._meter.count(PICTURE_KILLS, "memory")
            logger.warning(
                "A picture needed more than the %d MB that its process may have, and the member was told that the file "
                "is damaged. If an account sends many such pictures, disable it.",
                self._memory >> 20,
                extra=_ONCE_A_MINUTE,
            )
        except Died:
            pass  # it was logged each time
        except Exception:  # what is read raises Invalid; this is a fault of the program
            logger.exception("A picture could not be made")
        raise Invalid("file", "picture_damaged") from None

    def _complain(self, died: Exception) -> None:
        self._meter.count(PICTURE_KILLS, "died")
        logger.warning(
            "The process of a picture died (%s). If it goes on, see whether this machine has too little memory.",
            type(died).__name__,
            extra=_ONCE_A_MINUTE,
        )


# The functions below run in the child.


def _start(seconds: float, nice: int, memory: int) -> None:
    sys.dont_write_bytecode = True
    with contextlib.suppress(OSError):  # only Linux has it
        # When the machine has no memory left, the kernel ends this process rather than one that serves pages.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    import adapters.pictures.making  # noqa: F401, PLC0415 - starting does not count against the time limit

    lower_limits(nice=nice, memory=memory)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, math.ceil(2 * seconds) + 1)


def _make(sent: bytes, form: Format, portrait: bool, seconds: float) -> MadePicture | Problem:
    """A problem in place of `Invalid`, which cannot be pickled."""
    from adapters.pictures.making import make  # noqa: PLC0415 - the program does without Pillow

    with ended_by_the_kernel(seconds):
        try:
            return make(sent, form, portrait=portrait)
        except Invalid as refused:
            return refused.problems[0]
