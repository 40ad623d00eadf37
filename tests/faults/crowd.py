"""Many connections that ask for something expensive, again and again, in a loop of their own."""

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

TIMEOUT = 30.0
# What the site says.
_RETRY_AFTER = 2.0


class Crowd:
    """`request` makes what the connection of this number sends next. Each sends it on a new connection, reads the whole
    answer, and asks again. One that is refused waits as long as Retry-After says, unless `is_hasty`."""

    def __init__(self, port: int, count: int, request: Callable[[int], bytes], *, is_hasty: bool = False) -> None:
        self._port, self._count, self._request, self._is_hasty = port, count, request, is_hasty
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._stopped = threading.Event()
        self.statuses: Counter[str] = Counter()
        self.waiting = 0
        self.waiting_at_most = 0
        self.slowest = 0.0

    def summary(self) -> str:
        told = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self._count} connections, {self.waiting_at_most} at once at most: {told}, slowest {self.slowest:.1f} s"
        )

    async def _run(self) -> None:
        tasks = [asyncio.create_task(self._keep(number)) for number in range(self._count)]
        await asyncio.to_thread(self._stopped.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, number: int) -> None:
        while True:
            self.waiting += 1
            self.waiting_at_most = max(self.waiting_at_most, self.waiting)
            began_at = time.monotonic()
            status = "lost"
            try:
                with contextlib.suppress(OSError, EOFError):
                    async with asyncio.timeout(TIMEOUT):
                        status = await self._ask(number)
            finally:
                self.waiting -= 1
            self.slowest = max(self.slowest, time.monotonic() - began_at)
            self.statuses[status] += 1
            if status == "503" and not self._is_hasty:
                await asyncio.sleep(_RETRY_AFTER)

    async def _ask(self, number: int) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(self._request(number))
            answer = await reader.read()
        finally:
            writer.transport.abort()
        return answer[9:12].decode() or "lost"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join(60)
