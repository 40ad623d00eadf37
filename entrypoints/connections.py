"""The connections of a web worker. waitress reads requests and writes responses in one loop; threads only run the
application. A slow client holds a socket and no thread, and has a deadline for each thing that it does.
"""

import contextlib
import json
import socket
import sys
from collections.abc import Callable
from typing import Any, Self

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from entrypoints.fair_queue import REFUSED, FairDispatcher, Overflow
from entrypoints.observing import REQUEST_ID, AtEnd, log_access, observed
from entrypoints.spooling import Request, Unread
from entrypoints.web.headers import SECURITY_HEADERS

# Seconds until a request begins, and until its header is complete.
IDLE = 10.0
HEADER = 10.0
# A body or a response may take 20 seconds, and one more for each 500 bytes: the values of Apache's mod_reqtimeout.
TRANSFER = 20.0
BYTES_A_SECOND = 500
# A body may take five minutes, however large it is.
_BODY_BYTES_THAT_COUNT = 280 * BYTES_A_SECOND
# Seconds until a client closes a connection that the server has ended (RFC 9112, section 9.6).
LINGER = 2.0
HEADER_BYTES_AT_MOST = 32_768
# The application refuses a body of one megabyte with a page of its own, and for that the body has to be read. The rest
# of a larger one waits in a file.
BODY_BYTES_AT_MOST = 16_800_000
_BODY_BYTES_IN_MEMORY = 65_536
# All connections of a process together.
HELD_AT_MOST = 1_000_000_000
# A response that the client does not read waits in memory, or from one megabyte on in a file. It holds no thread.
_UNREAD_BYTES_AT_MOST = 1 << 40
_ACCEPTED_AT_ONCE = 8


class Application(WSGITask):  # type: ignore[misc]
    """A request that the application answers."""

    def get_environment(self) -> dict[str, Any]:
        environment: dict[str, Any] = super().get_environment()
        if self.channel.is_refused or self.request.has_lost_body:
            environment[REFUSED] = True
        if self.request.has_lost_body:
            environment["CONTENT_LENGTH"] = "0"
        return environment

    def build_response_header(self) -> bytes:
        if self.channel.server.is_draining:
            self.set_close_on_finish()
        names = [name for name, _ in self.response_headers if name != name.title()]
        header: bytes = super().build_response_header()
        # waitress writes ETag as Etag. Names compare without case, but not in everybody's script.
        for name in names:
            header = header.replace(f"\r\n{name.title()}: ".encode(), f"\r\n{name}: ".encode(), 1)
        return header


class Refusal(ErrorTask):  # type: ignore[misc]
    """A request that is no HTTP, or is too large. The application does not see it."""

    def execute(self) -> None:
        error = self.request.error
        # A line that is no request has neither.
        headers, method = getattr(self.request, "headers", {}), getattr(self.request, "command", "-")
        with observed(method=method, given_id=headers.get("X_REQUEST_ID", "")) as request:
            number = request.request_id if error.code >= 500 else ""
            kind, text = "text/plain; charset=utf-8", f"{error.reason}{f' ({number})' if number else ''}\n"
            if getattr(self.request, "path", "").startswith("/api/"):  # a line that is no request has none
                kind, text = "application/problem+json", _problem(error, number)
            body = text.encode()
            self.response_headers.append((REQUEST_ID, request.request_id))
            self.channel.server.at_end(request, error.code, len(body))
        self.status = f"{error.code} {error.reason}"
        self.content_length = len(body)
        self.response_headers.append(("Content-Type", kind))
        if error.code == Overflow.code:
            self.response_headers.append(("Retry-After", "5"))
        self.set_close_on_finish()
        self.write(body)

    def build_response_header(self) -> bytes:
        self.response_headers.extend(SECURITY_HEADERS.items())
        header: bytes = super().build_response_header()
        return header


def _problem(error: Error, number: str) -> str:
    """As `entrypoints.api.errors` writes it (RFC 9457). `number` is the id of the request, or empty."""
    words = {"detail": error.reason, "error": error.reason.lower(), "message": error.reason}
    if number:
        words["request_id"] = number
    return json.dumps({"type": "about:blank", "title": error.reason, "status": error.code, **words})


class Connection(HTTPChannel):  # type: ignore[misc]
    task_class = Application
    error_task_class = Refusal
    parser_class = Request

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.outbufs = [Unread(self.adj.outbuf_overflow)]
        self.current_outbuf_count = 0
        self.flow: str | None = None
        self.is_refused = False
        self._doing: object = None
        self._since = 0.0
        self._done_before = 0
        self._is_overdue = False
        self._lingers = False
        self._responses = 0

    @property
    def is_served(self) -> bool:
        """Whether a complete request has no response yet."""
        return bool(self.requests)

    @property
    def is_idle(self) -> bool:
        """Whether no request has begun."""
        return not (self.requests or self.request or self.total_outbufs_len)

    def check_time(self, now: float) -> None:
        """Ends the connection when the client takes too long. `now` is monotonic."""
        doing, seconds, done = self._present()
        if doing != self._doing:
            self._doing, self._since, self._done_before = doing, now, done
        elif now - self._since > seconds + (done - self._done_before) / BYTES_A_SECOND:
            self.end()

    def _present(self) -> tuple[object, float, int]:
        """What the client does now, how many seconds it may take, and how many bytes of it are done."""
        if self._lingers:
            return "lingers", LINGER, 0
        if self.requests:
            return "waits", float("inf"), 0
        if self.total_outbufs_len:
            return ("receives", self._responses), TRANSFER, -self.total_outbufs_len
        if self.request is None:
            return self.last_activity, IDLE, 0
        if self.request.headers_finished:
            return (self.request, "body"), TRANSFER, min(self.request.body_bytes_received, _BODY_BYTES_THAT_COUNT)
        return (self.request, "header"), HEADER, 0

    def service(self) -> None:
        flow = self.flow
        self._responses += 1
        try:
            super().service()
        finally:
            if flow is not None:
                self.server.task_dispatcher.finish(flow)

    def write_soon(self, data: Any) -> int:
        with self.outbuf_lock:
            # Where waitress would go on in a buffer of its own.
            if self.current_outbuf_count >= self.adj.outbuf_high_watermark:
                self.outbufs.append(Unread(self.adj.outbuf_overflow))
                self.current_outbuf_count = 0
        return int(super().write_soon(data))

    @property
    def held(self) -> int:
        """Bytes of a body that is not complete, and of responses that are not read."""
        body = 0 if self.request is None else self.request.body_bytes_received
        return int(body + self.total_outbufs_len)

    def end(self) -> None:
        """Closes the socket at once. Only between two turns of the loop: within one, the next connection could get the
        number of this descriptor, and with it the events of this connection."""
        self._is_overdue = self.will_close = True
        if self.request is not None:
            self.request.close()  # its body may be in a file
        self.handle_close()

    def received(self, data: bytes) -> bool:
        return self._lingers or bool(super().received(data))

    def handle_close(self) -> None:
        # A socket that is closed while the client still sends is reset, and the client may lose the response.
        if self.will_close and self.connected and not self._is_overdue and not self._lingers:
            self._lingers, self.will_close = True, False
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:  # the client is gone
                super().handle_close()
        else:
            super().handle_close()


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket, and the connections that came from it."""

    channel_class = Connection
    connections_at_most: int
    at_end: AtEnd
    is_draining = False
    _checked_at = float("-inf")

    @classmethod
    def on(
        cls,
        listening: socket.socket,
        application: Callable[..., Any],
        dispatcher: FairDispatcher,
        open_ones: dict[int, Any],
        *,
        connections_at_most: int,
        at_end: AtEnd = log_access,
    ) -> Self:
        """`open_ones` gets everything that `wasyncore.loop` has to look at, by descriptor. `at_end` gets the requests
        that the application does not see."""
        made = cls(
            application,
            map=open_ones,
            _sock=listening,
            dispatcher=dispatcher,
            adj=Adjustments(
                ident=None,
                server_name="",  # a request without a Host header names no host
                # The application reads the client's address by the setting TRUSTED_PROXIES.
                clear_untrusted_proxy_headers=False,
                connection_limit=sys.maxsize,
                max_request_header_size=HEADER_BYTES_AT_MOST,
                max_request_body_size=BODY_BYTES_AT_MOST,
                outbuf_high_watermark=_UNREAD_BYTES_AT_MOST,
                inbuf_overflow=_BODY_BYTES_IN_MEMORY,
                log_socket_errors=False,
            ),
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
        )
        made.connections_at_most = connections_at_most
        made.at_end = at_end
        return made

    @property
    def connections(self) -> list[Connection]:
        return list(self.active_channels.values())

    def maintenance(self, _: float) -> None:
        """waitress calls it within a turn. `end_overdue` does it between two."""

    def end_overdue(self, now: float) -> None:
        """Ends who takes too long, and who holds too much. Call it between two turns of the loop. `now` is
        monotonic."""
        self._make_room()
        if now < self._checked_at + 1:
            return
        self._checked_at = now
        for connection in self.connections:
            connection.check_time(now)
        while sum(connection.held for connection in self.connections) > HELD_AT_MOST:
            max(self.connections, key=lambda connection: connection.held).end()

    def _make_room(self) -> None:
        """Ends the oldest connections that wait for their clients."""
        too_many = len(self.active_channels) - self.connections_at_most
        if too_many > 0:
            for connection in [found for found in self.connections if not found.is_served][:too_many]:
                connection.end()

    def handle_accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                return

    def stop_accepting(self) -> None:
        """Accepts what has connected already, then closes the listening socket. Whoever connects in between is reset by
        the system, so nothing else happens in between."""
        accepted = []
        with contextlib.suppress(OSError):
            while True:
                accepted.append(self.socket.accept())
        self.socket.close()
        self.is_draining, self.accepting = True, False
        self.del_channel()
        for client, address in accepted:
            self.set_socket_options(client)
            self.channel_class(self, client, address, self.adj, map=self._map)
