"""Runs gunicorn with waitress in its web workers, and a worker process beside them if wanted. Prints a line when the
site is ready."""

import contextlib
import ctypes
import logging
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from flask import Flask
from gunicorn import systemd
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from adapters.shared_metrics import SharedMetrics
from domain.errors import DomainError
from entrypoints import logs
from entrypoints.app import create_app
from entrypoints.choices import HASH_PLACES, PICTURE_PLACES, RENDER_PLACES, WRITE_PLACES
from entrypoints.container import Container
from entrypoints.incidents import watch
from entrypoints.logs import ONCE_A_MINUTE
from entrypoints.settings import BadSettings, Settings, forget_shared_metrics, share_metrics_in
from entrypoints.web_worker import WebWorker
from entrypoints.worker import Worker

log = logging.getLogger(__name__)

_GRACE = 30
_DESCRIPTORS_AT_MOST = 8_192
# malloc.h
_M_ARENA_MAX = -8
_M_MMAP_THRESHOLD = -3


def serve(
    settings: Settings,
    *,
    with_worker: bool,
    last_lines: Sequence[str] = (),
    fill: Callable[[Container], None] = lambda _container: None,
) -> None:
    """Runs until SIGTERM (open requests are finished) or SIGINT. Prints `last_lines` after the line that the site is
    ready. With the memory storage there is one process: `fill` adds the first data to its storage, and its worker is a
    thread."""
    logs.install(settings)
    _require_free(settings)
    in_memory = settings.storage == "memory"
    workers = 1 if in_memory else settings.workers
    forget_shared_metrics()
    # One process shares with nobody.
    shared = None if in_memory else _share_metrics()
    mail_worker = _WorkerProcess(shared)

    def forget(_server: Any, worker: Any) -> None:
        if shared is not None:
            shared.forget_levels(worker.pid)

    def end() -> None:
        log.info("Chapbook ends")
        mail_worker.stop()
        if shared is not None:
            shared.remove()

    def say_ready(worker: Any) -> None:
        # Only the first web worker prints. The socket listens since before the fork, so requests are answered from now
        # on.
        if worker.age == 1:
            log.info("Chapbook %s is ready: %s, %d web workers", version("chapbook"), settings.base_url, workers)
            print(f"Chapbook is ready: {settings.base_url}", *last_lines, sep="\n", flush=True)  # noqa: T201

    def make_app() -> Flask:
        container = Container(settings=settings)
        watch(container)
        container.renderer().start()
        with contextlib.suppress(DomainError):  # the storage is busy, and the worker asks too
            container.admitting().ask()
        if in_memory:
            fill(container)
            if with_worker:
                worker = Worker(
                    jobs=container.jobs(),
                    hourly=container.hourly(),
                    minutely=container.minutely(),
                    half_minutely=[container.worker_pulse().look],
                )
                threading.Thread(target=worker.run, name="mail", daemon=True).start()
        return create_app(container)

    run_gunicorn(
        make_app,
        settings,
        workers=workers,
        when_ready=lambda server: mail_worker.start(server) if with_worker and not in_memory else None,
        post_worker_init=say_ready,
        child_exit=forget,
        on_exit=lambda _server: end(),
    )


def run_gunicorn(make_app: Callable[[], Flask], settings: Settings, *, workers: int, **hooks: Any) -> None:
    """Runs what `make_app` makes in each of the `workers`, on the host and port of the settings. `hooks` are those of
    gunicorn's configuration. The benchmark runs its yardsticks with it, so that they have the server of the site."""
    _give_memory_back()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options = {
        "bind": f"{host}:{settings.port}",
        "workers": workers,
        # Requests that wait for a turn have threads of their own, so that pages keep theirs.
        "threads": settings.threads + RENDER_PLACES + PICTURE_PLACES + HASH_PLACES + WRITE_PLACES,
        "worker_class": WebWorker,
        "worker_connections": _connections_at_most(),
        "graceful_timeout": _GRACE,
        "control_socket_disable": True,
        "loglevel": "warning",
        "logger_class": _GunicornLogger,
    }
    _Gunicorn(make_app, options | hooks).run()


def _share_metrics() -> SharedMetrics | None:
    try:
        shared = SharedMetrics()
    except OSError as error:
        log.warning("Each process counts its own metrics, because no directory can be made for them (%s).", error)
        return None
    share_metrics_in(str(shared.path))
    return shared


def _connections_at_most() -> int:
    """Half of the descriptors that a process may have. The other half is for files, databases and responses that are
    too large for memory. Raises the soft limit as far as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _DESCRIPTORS_AT_MOST if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS_AT_MOST)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed // 2


def _give_memory_back() -> None:
    """glibc gives threads up to eight arenas for each core, and each keeps what its threads once needed: 20 MB after a
    password hash. Two arenas are shared, and what is larger than a megabyte goes back to the system."""
    with contextlib.suppress(AttributeError):  # another C library has no such function
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, 1_000_000)


def _require_free(settings: Settings) -> None:
    """Raises BadSettings if the port is taken. Otherwise gunicorn would try again and again. Sockets of systemd are
    open already."""
    if systemd.listen_fds(unset_environment=False):
        return
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


class _GunicornLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's lines to the log of this program."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class _WorkerProcess:
    """The worker process beside the web workers. If it dies, another one starts."""

    def __init__(self, shared: SharedMetrics | None) -> None:
        self._shared = shared
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, arbiter: Any) -> None:
        """`arbiter` is gunicorn's. It has no listeners any more when the server ends."""
        threading.Thread(target=self._keep, args=(arbiter,), name="mail", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)

    def _keep(self, arbiter: Any) -> None:
        command = [sys.executable, "-m", "entrypoints.cli", "worker", "--stay-with", str(os.getpid())]
        # The web workers are forked first. A thread that runs during a fork would leave its locks held in them.
        self._stopped.wait(1)
        while not self._stopped.is_set():
            self._process = subprocess.Popen(command)  # noqa: S603 - starts this program
            while self._process.poll() is None and not self._stopped.wait(0.5):
                pass
            if self._shared is not None and self._process.poll() is not None:
                self._shared.forget_levels(self._process.pid)
            # A moment later it is known whether this server ends too: a signal may reach all processes at once.
            if self._stopped.wait(1) or not arbiter.LISTENERS:
                return
            log.warning(
                "The worker process is gone, and another one starts. It was killed, unless its last lines say more.",
                extra=ONCE_A_MINUTE | {"fields": {"worker": self._process.pid}},
            )
