"""A visitor who asks for `/` and `/healthz` again and again, each on a new connection, in a process of its own.

`python -m tests.faults.bystander PORT` prints one line for each answer.
"""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from itertools import cycle
from types import TracebackType
from typing import Self

from tests.api.running import ROOT
from tests.faults.client import ask

PAUSE = 0.02
PATHS = ("/", "/healthz")
# The first answers of a server that has just started are slow.
_WARM = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One answer. Times are those of the monotonic clock, which all processes share."""

    began_at: float
    seconds: float
    status: int
    path: str


@dataclass(frozen=True, slots=True)
class Looks:
    """What a bystander saw in some time."""

    all: list[Look]

    @property
    def failures(self) -> list[Look]:
        return [look for look in self.all if look.status != 200]

    def percentile(self, share: float, path: str = "") -> float:
        """In milliseconds, of the answers that succeeded."""
        known = sorted(look.seconds for look in self.all if look.status == 200 and path in ("", look.path))
        return known[min(len(known) - 1, int(len(known) * share))] * 1000 if known else float("nan")

    def compared(self, before: "Looks") -> str:
        """For the table."""
        parts = [f"{len(self.all)} asked, {len(self.failures)} failed"]
        for path in PATHS:
            was, now = before.percentile(0.95, path), self.percentile(0.95, path)
            parts.append(f"{path} p50 {self.percentile(0.5, path):.0f} p95 {was:.0f} -> {now:.0f} ms ({now / was:.1f})")
        return "bystander: " + ", ".join(parts)


class Bystander:
    """Looks as long as the `with` lasts."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._looks: list[Look] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def during(self, began_at: float, ended_at: float | None = None) -> Looks:
        """What began in this time. Those that are not answered yet are waited for a moment, in `__exit__` only."""
        until = time.monotonic() if ended_at is None else ended_at
        return Looks([look for look in self._looks if began_at <= look.began_at <= until])

    def calm(self, seconds: float = 1.5) -> Looks:
        """Looks for a while at nothing in particular."""
        began_at = time.monotonic()
        time.sleep(seconds)
        return self.during(began_at)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            began_at, seconds, status, path = line.split()
            self._looks.append(Look(float(began_at), float(seconds), int(status), path))

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.bystander", str(self._port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._reader.start()
        end = time.monotonic() + 30
        while len(self._looks) < _WARM and time.monotonic() < end:
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._reader.join(30)
        self._process.communicate(timeout=30)


def main(port: int) -> None:
    for path in cycle(PATHS):
        reply = ask(port, "GET", path)
        line = f"{reply.ended_at - reply.seconds} {reply.seconds} {reply.status} {path}\n"
        sys.stdout.write(line)
        sys.stdout.flush()
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(int(sys.argv[1]))
