"""What is seen of each request: its id, its account, its statements, and at its end one line in the log.

The middleware is outside of Flask, so it also sees what fails there.
"""

import contextlib
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from adapters.sql.observing import Statement, place
from application.ports.metrics import SiteMeter
from entrypoints.masking import masked

log = logging.getLogger(__name__)
access = logging.getLogger("chapbook.access")

REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._:+=/-]{1,128}", re.ASCII)
# A client may make up a method of 30,000 letters.
_METHOD_AT_MOST = 20
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A statement of a request, as the foot line of a page lists it."""

    statement: Statement
    executed: str
    asked: str


@dataclass(kw_only=True, slots=True)
class Observed:
    """A request in work. `route` is the rule that matched, such as `/posts/<id:post_id>`, or empty."""

    request_id: str
    method: str
    route: str = ""
    account_id: int | None = None
    began: float = field(default_factory=time.perf_counter)
    statements: int = 0
    listed: list[Listed] | None = None

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


# Called at the end of each request: with its status, and the bytes of its body.
AtEnd = Callable[[Observed, int, int], None]

# Where the application keeps it, for requests that do not reach the application.
AT_END = "chapbook.at_end"

_current: ContextVar[Observed | None] = ContextVar("observed", default=None)


def current() -> Observed | None:
    """The request that this thread works on."""
    return _current.get()


def request_id() -> str:
    """The id of the request in work; empty outside of one."""
    found = current()
    return "" if found is None else found.request_id


def note_route(route: str) -> None:
    if (found := current()) is not None:
        found.route = route


def note_account(account_id: int) -> None:
    if (found := current()) is not None:
        found.account_id = account_id


def request_id_from(given: str) -> str:
    """The client's own id, or a new one if there is none, or if it could be mistaken for something else in a log."""
    return given if _ID.fullmatch(given) and masked(given) == given else secrets.token_hex(8)


@contextlib.contextmanager
def observed(*, method: str, given_id: str, lists: bool = False) -> Iterator[Observed]:
    found = Observed(
        request_id=request_id_from(given_id), method=method[:_METHOD_AT_MOST], listed=[] if lists else None
    )
    before = _current.get()
    _current.set(found)
    try:
        yield found
    finally:
        # `ContextVar.reset` would fail here when another thread closes a response that a client abandoned.
        _current.set(before)


def log_access(request: Observed, status: int, size: int) -> None:
    """The access line. It has the route and not the path, which may hold a name or the token of a link."""
    access.info(
        "%s %s %s",
        request.method,
        request.route or "-",
        status,
        extra={
            "in_message": {"method": request.method, "route": request.route, "status": status},
            "fields": {
                "ms": round(1000 * request.seconds, 1),
                "statements": request.statements,
                "bytes": size,
            },
        },
    )


def at_end(meter: SiteMeter) -> AtEnd:
    """Logs a request and counts it."""

    def end(request: Observed, status: int, size: int) -> None:
        log_access(request, status, size)
        meter.request(
            route=request.route,
            method=request.method,
            status=status,
            seconds=request.seconds,
            statements=request.statements,
        )

    return end


def statement_observer(*, slow_ms: int) -> Callable[[Statement], None]:
    """What a database calls after each statement."""

    def observe(statement: Statement) -> None:
        request = current()
        if request is not None:
            request.statements += 1
            if request.listed is not None:
                request.listed.append(Listed(statement, *place()))
        if statement.seconds * 1000 >= slow_ms:
            executed, asked = place()
            log.warning(
                "slow query%s",
                " that failed" if statement.failure else "",
                extra={
                    "fields": {
                        "ms": round(1000 * statement.seconds),
                        "rows": statement.rows,
                        "failure": statement.failure,
                        "executed": executed,
                        "asked": asked,
                        "statement": _SPACES.sub(" ", statement.text),
                    }
                },
            )

    return observe


class ObservingMiddleware:
    """WSGI middleware. Every response carries the id of its request, also one to a failure outside of Flask."""

    def __init__(self, application: Callable[..., Iterable[bytes]], at_end: AtEnd, *, lists: bool = False) -> None:
        """`lists` keeps the statements of each request, for the foot line."""
        self._application = application
        self._at_end = at_end
        self._lists = lists

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        # A generator: the request is over when the last part of its body was taken, and streamed parts belong to it.
        status, size = 500, 0

        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, (REQUEST_ID, request.request_id)], *error)

        given = environ.get("HTTP_X_REQUEST_ID", "")
        with observed(method=environ["REQUEST_METHOD"], given_id=given, lists=self._lists) as request:
            try:
                for part in self._parts(environ, start):
                    size += len(part)
                    yield part
            finally:
                self._at_end(request, status, size)

    def _parts(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        try:
            body = self._application(environ, start)
        except (Exception, SystemExit):  # SystemExit would end the thread and leave its client without an answer
            log.exception("a request failed outside of its view")
            start("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            yield f"Something broke. It has been written down as {request_id()}.\n".encode()
            return
        with contextlib.ExitStack() as at_end:
            if hasattr(body, "close"):
                at_end.callback(body.close)
            try:
                yield from body
            except OSError:
                raise
            except Exception as error:
                log.exception("a response broke off")
                # The server ends the connection. Its own line for other errors would have the path.
                raise ConnectionAbortedError from error
