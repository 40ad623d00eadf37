"""A gate before a server on this machine: it is open, or shut, or lets nobody through and says nothing."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Literal, Self

from tests.faults.extent import PATIENCE

State = Literal["open", "shut", "silent"]


class Gate:
    """Clients connect to `port`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = int(self._listening.getsockname()[1])
        self._state: State = "open"
        self._passing: list[socket.socket] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def turn(self, state: State) -> None:
        """Whoever is connected has to come again."""
        with self._lock:
            self._state = state
            for each in self._passing:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._passing.clear()

    @property
    def waiting(self) -> int:
        """The connections that are there."""
        with self._lock:
            return len(self._passing)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                if self._state == "shut":
                    client.close()
                    continue
                self._passing.append(client)
                if self._state == "open":
                    server = socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE)
                    self._passing.append(server)
                    for source, sink in ((client, server), (server, client)):
                        threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.turn("shut")


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
