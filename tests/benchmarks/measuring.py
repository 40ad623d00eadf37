"""Measures one page on one server: load from outside, and beside it what the processes and the database say."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.load import load
from tests.benchmarks.processes import Taken, taken_by
from tests.benchmarks.serving import Reply, Server

# A page so slow that none was answered in the time is asked for so many times as long.
_LONGER = 10
# Seconds. Requests that wrk has given up are still in work. They are over when the CPU does so little in such a time.
_LOOK_AGAIN, _IDLE, _AT_MOST = 0.15, 0.03, 20.0


@dataclass(frozen=True, slots=True)
class Pace:
    seconds: int
    connections: int
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page of a server. `counts` says whether the server tells its statements."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    writes: bool = False
    unchanged: bool = False
    counts: bool = False

    def once(self, **headers: str) -> Reply:
        return self.server.ask(self.path, self.headers | headers)


class Unexpected(Exception):
    """A page did not answer as it should."""


def measure(asked: Asked, pace: Pace) -> dict[str, float]:
    """Raises Unexpected."""
    server, headers = asked.server, dict(asked.headers)
    if not asked.writes:
        headers |= _conditions(asked)
    statements, requests = server.statements() if asked.counts else (0.0, 0.0)
    before = taken_by(server.pid)
    for seconds in (pace.seconds, pace.seconds * _LONGER):
        ran = load(
            server.url + asked.path,
            headers,
            seconds=seconds,
            connections=pace.connections,
            writes=asked.writes,
            folder=pace.folder,
        )
        if ran.requests:
            break
    after = _at_rest(server)
    if ran.refused or ran.failed or not ran.requests:
        raise Unexpected(f"{asked.path}: {ran}")
    answered = float(ran.requests)
    if asked.counts:
        all_statements, all_requests = server.statements()
        # Those too that wrk has given up at the end.
        answered = all_requests - requests
        statements = (all_statements - statements) / answered
    return {
        "per_second": ran.per_second,
        "p50": ran.p50,
        "p99": ran.p99,
        "cpu_ms": (after.server - before.server) / answered * 1000,
        "helpers_ms": (after.helpers - before.helpers) / answered * 1000,
        "statements": statements,
    }


def _at_rest(server: Server) -> Taken:
    """What the server has taken when it has nothing to do any more."""
    end = time.monotonic() + _AT_MOST
    found = taken_by(server.pid)
    while time.monotonic() < end:
        time.sleep(_LOOK_AGAIN)
        before, found = found, taken_by(server.pid)
        if found.server - before.server < _IDLE:
            break
    return found


def middle(rounds: list[dict[str, float]]) -> dict[str, Any]:
    return {name: median(each[name] for each in rounds) for name in rounds[0]} if rounds else {}


def _conditions(asked: Asked) -> dict[str, str]:
    """Asks once, which also looks whether the page answers as it should."""
    first = asked.once()
    if first.status != 200:
        raise Unexpected(f"{asked.path} answers {first.status}")
    if not asked.unchanged:
        return {}
    condition = {"If-None-Match": str(first.headers["ETag"])}
    second = asked.once(**condition)
    if second.status != 304:
        raise Unexpected(f"{asked.path} answers {second.status} to who has it")
    return condition
