"""Runs the site and the yardsticks, and speaks to them."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.ports import free_port

HERE = Path(__file__).parents[2]
_STATEMENTS = re.compile(r'^chapbook_http_request_statements_(sum|count)\{route="([^"]*)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    content: bytes


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET", body: str = "") -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # http.client adds an Accept-Encoding unless there is one.
        sent = {"Accept-Encoding": "identity"} | (headers or {})
        try:
            connection.request(method, path, body.encode() or None, sent)
            with connection.getresponse() as response:
                return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def statements(self) -> tuple[float, float]:
        """Statements and requests since the start, without those of `/metrics`."""
        found = {"sum": 0.0, "count": 0.0}
        for kind, route, number in _STATEMENTS.findall(self.ask("/metrics").content.decode()):
            if route != "/metrics":
                found[kind] += float(number)
        return found["sum"], found["count"]


def environment(root: Path, folder: Path, database_url: str, secret_key: str) -> dict[str, str]:
    """As in production: this environment without what somebody has set for a site of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHAPBOOK_", "DATABASE_URL"))}
    kept.pop("PORT", None)
    return kept | {
        "PYTHONPATH": str(root),
        "CHAPBOOK_DATABASE_URL": database_url,
        "CHAPBOOK_SECRET_KEY": secret_key,
        "CHAPBOOK_RATE_LIMITS": "off",
        "CHAPBOOK_PICTURES_URL": f"file:{folder}/pictures",
        "CHAPBOOK_MAIL_URL": f"file:{folder}/mail",
    }


@contextmanager
def running(words: Sequence[str], ready: str, environment: dict[str, str], folder: Path, log: Path) -> Iterator[Server]:
    """Runs `python -m words`, from when it prints a line that begins with `ready`. Its log goes into a file."""
    port = free_port()
    with (
        log.open("w") as written,
        subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=folder,
            env=environment | {"CHAPBOOK_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            if not any(line.startswith(ready) for line in process.stdout):
                raise SystemExit(f"{' '.join(words)} did not start. {log} says why.")
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def chapbook(*words: str, environment: dict[str, str], folder: Path) -> None:
    """A command of Chapbook. What it prints is shown."""
    subprocess.run([sys.executable, "-m", "entrypoints.cli", *words], cwd=folder, env=environment, check=True)


def token_of(server: Server, basic: str) -> str:
    reply = server.ask("/api/v1/tokens/", {"Authorization": f"Basic {basic}"}, method="POST")
    return re.findall(r'"token": ?"([^"]+)"', reply.content.decode())[0]


def cookie_of(server: Server, username: str, password: str) -> str:
    """Signs in with the form, as people do."""
    form = server.ask("/login")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form.content.decode())[0]
    typed = {"csrf_token": token, "email": username, "password": password}
    headers = {"Cookie": _cookie(form), "Content-Type": "application/x-www-form-urlencoded"}
    reply = server.ask("/login", headers, method="POST", body=urlencode(typed))
    assert reply.status == 303, reply.content
    return next(cookie for cookie in _cookie(reply).split("; ") if cookie.startswith("session="))


def _cookie(reply: Reply) -> str:
    return "; ".join(line.partition(";")[0] for line in reply.headers.get_all("Set-Cookie", []))
