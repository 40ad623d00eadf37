"""Load by wrk: so many connections for so many seconds."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

# One thread asks for far more than any page here can answer.
_WRK = ("wrk", "--threads", "1", "--timeout", "10s")
_DONE = """
function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\\n{"requests": %d, "micros": %d, "p50": %d, "p99": %d, "refused": %d, "failed": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status, failed))
end
"""
# Each post is another one. Otherwise the renderer would be asked for what it knows, and a key would be used twice.
_POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local sent = 0
local words = string.rep("A line of some words, with *emphasis* and a [link](https://example.com/).\\\\n\\\\n", 13)
local run = tostring(os.time()) .. "-" .. tostring(math.random(1, 1000000000)) .. tostring({}):sub(8)
function request()
  sent = sent + 1
  wrk.headers["Idempotency-Key"] = run .. "-" .. sent
  return wrk.format(nil, nil, nil, '{"title": "Number ' .. sent .. '", "body": "' .. words .. sent .. '"}')
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw. Times are in milliseconds. `refused` counts responses with a status from 400 on, `failed` requests
    without a response."""

    requests: int
    per_second: float
    p50: float
    p99: float
    refused: int
    failed: int


def load(url: str, headers: dict[str, str], *, seconds: int, connections: int, writes: bool, folder: Path) -> Load:
    script = folder / "wrk.lua"
    script.write_text((_POST if writes else "") + _DONE, encoding="utf-8")
    said = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    ran = subprocess.run(
        [*_WRK, "--connections", str(connections), "--duration", f"{seconds}s", "--script", str(script), *said, url],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    return Load(
        requests=found["requests"],
        per_second=found["requests"] / found["micros"] * 1e6,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        refused=found["refused"],
        failed=found["failed"],
    )
