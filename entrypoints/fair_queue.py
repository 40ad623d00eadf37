"""Who gets a thread next. Requests belong to flows, and a flow has only some of the threads (fair queueing, RFC 970).

So a member's hundred connections wait for each other, and nobody else waits for them. They wait for a moment: then the
application refuses them, with a page that keeps what was typed.
"""

import base64
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

# Threads of one flow, requests that wait for them, and for how many seconds. One more than these is refused without
# reaching the application.
AT_ONCE = 8
WAITING_AT_MOST = 100
SECONDS = 1.0
# In the environment of a request that waited too long.
REFUSED = "chapbook.refused"

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_SESSION = re.compile(r"(?:^|;)\s*(?:__Host-)?session=([^;]*)")
# Whoever sends a password has not shown yet who it is.
_PASSWORDS = "passwords"
_TAKE_PASSWORDS = frozenset(("/login", "/register", "/reset", "/api/v1/users"))


def flow_of(method: str, path: str, headers: Mapping[str, str]) -> str | None:
    """The session or the token of a request; one flow for all that still have to show a password, or that write without
    being signed in; None for visitors who read. `headers` has names as in CGI: upper case, with underscores."""
    if method not in _SAFE and path.rstrip("/") in _TAKE_PASSWORDS:
        return _PASSWORDS
    authorization = headers.get("AUTHORIZATION", "")
    if authorization:
        return _PASSWORDS if _has_password(authorization) else authorization
    session = _SESSION.search(headers.get("COOKIE", ""))
    if session:
        return session[1]
    return None if method in _SAFE else _PASSWORDS


def _has_password(authorization: str) -> bool:
    """Basic with an empty password carries a token."""
    scheme, _, proof = authorization.partition(" ")
    try:
        return scheme.lower() == "basic" and base64.b64decode(proof).partition(b":")[2] != b""
    except ValueError:
        return False


class Overflow(Error):  # type: ignore[misc]
    code = 503
    reason = "Service Unavailable"


class FairQueue:
    """What waitress's dispatcher needs of a queue: those that may have a thread. The dispatcher holds its lock."""

    def __init__(self) -> None:
        self._ready: deque[Any] = deque()
        self._waiting: dict[str, deque[tuple[float, Any]]] = {}
        self._in_work: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._ready)

    def append(self, connection: Any) -> None:
        request = connection.requests[0]
        flow = None if request.error else flow_of(request.command, request.path, request.headers)
        if flow is not None and self._in_work[flow] >= AT_ONCE:
            waiting = self._waiting.setdefault(flow, deque())
            if len(waiting) < WAITING_AT_MOST:
                connection.flow, connection.is_refused = flow, False
                waiting.append((time.monotonic(), connection))
                return
            request.error, flow = Overflow(""), None
        connection.flow, connection.is_refused = flow, False
        if flow is not None:
            self._in_work[flow] += 1
        self._ready.append(connection)

    def popleft(self) -> Any:
        return self._ready.popleft()

    def finish(self, flow: str) -> bool:
        """A request of this flow has its response. The next one may have a thread. Answers whether there is one."""
        waiting = self._waiting.get(flow)
        if waiting:
            self._ready.append(waiting.popleft()[1])
            return True
        self._waiting.pop(flow, None)
        self._in_work[flow] -= 1
        if not self._in_work[flow]:
            del self._in_work[flow]
        return False

    def refuse_overdue(self, now: float) -> int:
        """Lets those that waited too long pass, to be refused. Answers how many."""
        count = 0
        for waiting in self._waiting.values():
            while waiting and now - waiting[0][0] > SECONDS:
                connection = waiting.popleft()[1]
                connection.flow, connection.is_refused = None, True
                self._ready.append(connection)
                count += 1
        return count


class IdleThreads:
    """What waitress's dispatcher needs of a condition: where threads wait for requests. The one that has waited for the
    shortest time is woken first. A condition wakes them in turn, and each comes to a cold cache: with fifty threads a
    page took a seventh more. The dispatcher holds its lock."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._waiting: list[threading.Lock] = []

    def wait(self) -> None:
        turn = threading.Lock()
        turn.acquire()
        self._waiting.append(turn)
        self._lock.release()
        try:
            turn.acquire()
        finally:
            self._lock.acquire()

    def notify(self, count: int = 1) -> None:
        for _ in range(min(count, len(self._waiting))):
            self._waiting.pop().release()

    def notify_all(self) -> None:
        self.notify(len(self._waiting))


class FairDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue()
        self.queue_cv = IdleThreads(self.lock)

    def finish(self, flow: str) -> None:
        with self.lock:
            if self.queue.finish(flow):
                self.queue_cv.notify()

    def refuse_overdue(self) -> None:
        """Call it a few times a second."""
        with self.lock:
            self.queue_cv.notify(self.queue.refuse_overdue(time.monotonic()))
