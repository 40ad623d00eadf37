"""Clients that are slow in one way each, many at a time, in a loop of their own."""

import asyncio
import contextlib
import resource
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_HALF_A_BODY = (
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nemail=a"
)


async def _silent(stream: Stream) -> None:
    await asyncio.sleep(60)


async def _half_a_header(stream: Stream) -> None:
    stream[1].write(_HEAD)
    for _ in range(60):
        await asyncio.sleep(1)
        stream[1].write(b"X-More: yes\r\n")


async def _half_a_body(stream: Stream) -> None:
    stream[1].write(_HALF_A_BODY)
    for _ in range(60):
        await asyncio.sleep(1)
        stream[1].write(b"a")


async def _not_closing(stream: Stream) -> None:
    stream[1].write(_HEAD + b"Connection: close\r\n\r\n")
    await asyncio.sleep(60)


async def _idle(stream: Stream) -> None:
    stream[1].write(_HEAD + b"\r\n")
    await stream[0].readuntil(b"ok\n")
    await asyncio.sleep(60)


async def _not_reading(stream: Stream) -> None:
    """More than the buffers of the system hold."""
    for _ in range(4):
        stream[1].write(b"GET /static/site.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await asyncio.sleep(60)


KINDS: dict[str, Callable[[Stream], Awaitable[None]]] = {
    "silent": _silent,
    "half a header": _half_a_header,
    "half a body": _half_a_body,
    "not closing": _not_closing,
    "idle": _idle,
    "not reading": _not_reading,
}


class SlowClients:
    """`count` of each of these kinds. One that the server has sent away comes back at once."""

    def __init__(self, port: int, kinds: list[str], count: int) -> None:
        self._port, self._kinds, self._count = port, kinds, count
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._stopped = threading.Event()
        self.open = 0
        self.connected = 0

    async def _run(self) -> None:
        tasks = [asyncio.create_task(self._keep(kind)) for kind in self._kinds for _ in range(self._count)]
        await asyncio.to_thread(self._stopped.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, kind: str) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError):
                await self._once(kind)
            await asyncio.sleep(0.1)

    async def _once(self, kind: str) -> None:
        with socket.socket() as connection:
            connection.setblocking(False)
            # What is not read stays with the server, not in the buffers of this side.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self._port))
            stream = await asyncio.open_connection(sock=connection, limit=4_096)
            self.open += 1
            self.connected += 1
            try:
                slow = asyncio.ensure_future(KINDS[kind](stream))
                gone = asyncio.ensure_future(_until_closed(stream[0], kind))
                done, waiting = await asyncio.wait({slow, gone}, return_when=asyncio.FIRST_COMPLETED)
                for task in waiting:
                    task.cancel()
                for task in done:
                    task.exception()
            finally:
                self.open -= 1
                stream[1].transport.abort()

    def __enter__(self) -> Self:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._thread.start()
        end = time.monotonic() + 30
        while self.open < 0.9 * self._count * len(self._kinds) and time.monotonic() < end:
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join(60)


async def _until_closed(reader: asyncio.StreamReader, kind: str) -> None:
    """A client that does not close does not even look."""
    if kind in ("not closing", "idle", "not reading"):
        await asyncio.sleep(25)
    while await reader.read(1_000):
        pass
