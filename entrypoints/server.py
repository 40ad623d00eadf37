"""Serving: gunicorn with threads, a mail worker beside it where asked for, and a word when all is ready."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from gunicorn.app.base import BaseApplication

from entrypoints.app import create_app
from entrypoints.container import Container
from entrypoints.settings import BadSettings, Settings
from entrypoints.worker import Worker

_GRACE = 30


def serve(
    settings: Settings,
    *,
    with_worker: bool,
    last_lines: Sequence[str] = (),
    fill: Callable[[Container], None] = lambda _container: None,
) -> None:
    """Until SIGTERM (requests in flight are finished) or SIGINT. `last_lines` are printed after the word that it is
    ready. With the memory's storage there is one process: `fill` puts the first things into its store, and its worker
    is a thread."""
    _require_free(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    in_memory = settings.storage == "memory"
    beside = _Beside(settings, last_lines, spawn_worker=with_worker and not in_memory)

    def make_app() -> Flask:
        container = Container(settings=settings)
        if in_memory:
            fill(container)
            if with_worker:
                worker = Worker(outbox=container.outbox(), sessions=container.sessions())
                threading.Thread(target=worker.run, name="mail", daemon=True).start()
        return create_app(container)

    _Gunicorn(
        make_app,
        {
            "bind": f"{host}:{settings.port}",
            "workers": 1 if in_memory else settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "graceful_timeout": _GRACE,
            "keepalive": 5,
            "loglevel": "warning",
            # Whom to believe about the client is for TRUSTED_PROXIES to say, in the application.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "when_ready": lambda _server: beside.start(),
            "on_exit": lambda _server: beside.stop(),
        },
    ).run()


def _require_free(settings: Settings) -> None:
    """Raises BadSettings: better one sentence at once than a server that tries again and again."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            problem = f"Set CHAPBOOK_PORT (or PORT) to a free port: {settings.port} cannot be used ({error.strerror})."
            raise BadSettings([problem]) from None


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    def __init__(self, make_app: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._make_app = make_app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()


class _Beside:
    """What the first process does beside keeping web workers alive: a mail worker, and the word that it is ready."""

    def __init__(self, settings: Settings, last_lines: Sequence[str], *, spawn_worker: bool) -> None:
        self._settings = settings
        self._last_lines = last_lines
        self._spawn_worker = spawn_worker
        self._stopped = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="beside", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._worker is not None and self._worker.poll() is None:
            self._worker.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._worker.wait(_GRACE)

    def _run(self) -> None:
        self._announce()
        if self._spawn_worker:
            self._keep_worker()

    def _announce(self) -> None:
        while not self._answers():
            if self._stopped.wait(0.02):
                return
        print(*self._ready_lines(), sep="\n", flush=True)  # noqa: T201 - said to whoever started it

    def _ready_lines(self) -> list[str]:
        return [f"Chapbook is ready: {self._settings.base_url}", *self._last_lines]

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._settings.host, self._settings.host)  # noqa: S104
        connection = http.client.HTTPConnection(host, self._settings.port, timeout=2)
        try:
            connection.request("GET", "/readyz", headers={"Host": urlsplit(self._settings.base_url).netloc})
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _keep_worker(self) -> None:
        command = [sys.executable, "-m", "entrypoints.cli", "worker", "--stay-with", str(os.getpid())]
        while not self._stopped.is_set():
            self._worker = subprocess.Popen(command)  # noqa: S603 - our own program
            while self._worker.poll() is None and not self._stopped.wait(0.5):
                pass
            time.sleep(0 if self._stopped.is_set() else 1)
