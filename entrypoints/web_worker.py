"""A web worker: one of gunicorn's processes, with waitress's loop in it."""

import logging
import os
import time
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore

from entrypoints.connections import Listener
from entrypoints.fair_queue import FairDispatcher
from entrypoints.observing import AT_END

# Seconds.
_TURN = 0.2
_BETWEEN_SIGNS_OF_LIFE = 1.0
_FOR_ANOTHER_REQUEST = 1.0
_FOR_AN_ORPHAN = 0.4
_FOR_THREADS = 3


class WebWorker(Worker):  # type: ignore[misc]
    """Serves until SIGTERM, or until gunicorn's master process is gone. Then it finishes the requests in flight."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self._open: dict[int, Any] = {}
        self._listeners: list[Listener] = []
        self._dispatcher = FairDispatcher()
        self._notified_at = float("-inf")

    def run(self) -> None:
        dispatcher = self._dispatcher
        dispatcher.set_thread_count(self.cfg.threads)
        dispatcher.queue_logger.setLevel(logging.ERROR)  # it warns of every request that waits for a thread
        self._listeners = [
            Listener.on(
                listening.sock,
                self.wsgi,
                dispatcher,
                self._open,
                connections_at_most=self.cfg.worker_connections,
                at_end=self.wsgi.extensions[AT_END],
            )
            for listening in self.sockets
        ]
        while self.alive and not self._is_orphan:
            self._turn()
        if self._is_orphan:
            self._drain(_FOR_AN_ORPHAN)
            # Ending in order would wait for threads that wait for a database.
            os._exit(1)
        self._drain(self.cfg.graceful_timeout - _FOR_THREADS)
        dispatcher.shutdown(timeout=_FOR_THREADS - 1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.alive = False
        for listener in self._listeners:
            listener.pull_trigger()

    @property
    def _is_orphan(self) -> bool:
        return bool(os.getppid() != self.ppid)

    def _turn(self) -> None:
        now = time.monotonic()
        # A sign of life changes the time of a file. Where others write to the same disk, that takes a quarter of a
        # millisecond. gunicorn waits half a minute for one.
        if now >= self._notified_at + _BETWEEN_SIGNS_OF_LIFE:
            self._notified_at = now
            self.notify()
        self._dispatcher.refuse_overdue()
        for listener in self._listeners:
            listener.end_overdue(now)
        wasyncore.loop(timeout=_TURN, use_poll=True, map=self._open, count=1)

    def _drain(self, seconds: float) -> None:
        """New connections are refused at once. Open ones may send what they have begun, and for a moment one request
        more, which a client may have sent before it could know."""
        began = time.monotonic()
        for listener in self._listeners:
            listener.stop_accepting()
        while time.monotonic() - began < seconds:
            connections = [found for listener in self._listeners for found in listener.connections]
            if not connections:
                return
            if time.monotonic() - began > _FOR_ANOTHER_REQUEST:
                for connection in connections:
                    if connection.is_idle:
                        connection.end()
            self._turn()
