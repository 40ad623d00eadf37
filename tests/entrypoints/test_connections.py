"""Connections in a loop that the test turns, with clocks that the test sets."""

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from waitress import wasyncore

from entrypoints.connections import BYTES_A_SECOND, HEADER, IDLE, LINGER, TRANSFER, Connection, Listener
from entrypoints.fair_queue import AT_ONCE, REFUSED, WAITING_AT_MOST, FairDispatcher, flow_of

PATIENCE = 10.0
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = 20_000_000
LARGE_REQUEST = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"


class Server:
    """One listening socket, a thread or more for the application, and as many turns of the loop as the test takes."""

    def __init__(self, connections_at_most: int = 1_000, threads: int = 1) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = self._listening.getsockname()
        self._dispatcher = FairDispatcher()
        self._dispatcher.set_thread_count(threads)
        self._open: dict[int, Any] = {}
        self.served: list[str] = []
        self.refused: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.listener = Listener.on(
            self._listening,
            self._application,
            self._dispatcher,
            self._open,
            connections_at_most=connections_at_most,
        )

    def _application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if REFUSED in environ:
            self.refused.append(environ["PATH_INFO"])
            start_response("503 Service Unavailable", [("Content-Length", "2")])
            return [b"ok"]
        self.served.append(environ["PATH_INFO"])
        assert self.may_answer.wait(PATIENCE)
        body = b"x" * LARGE if environ["PATH_INFO"] == "/large" else b"ok"
        start_response("200 OK", [("Content-Length", str(len(body))), ("ETag", '"1"')])
        return [body]

    def refuse_overdue(self) -> None:
        self._dispatcher.refuse_overdue()

    def turn(self, until: Callable[[], object] = lambda: True) -> None:
        """Turns the loop until something is true."""
        end = time.monotonic() + PATIENCE
        self.listener.end_overdue(time.monotonic())
        wasyncore.loop(timeout=0, use_poll=True, map=self._open, count=3)
        while not until():
            assert time.monotonic() < end, "this never happens"
            self.listener.end_overdue(time.monotonic())
            wasyncore.loop(timeout=0.01, use_poll=True, map=self._open, count=1)

    def connect(self, *sent: bytes) -> socket.socket:
        before = len(self.listener.connections)
        client = socket.create_connection(self.address, timeout=PATIENCE)
        for part in sent:
            client.sendall(part)
        self.turn(lambda: len(self.listener.connections) > before)
        client.setblocking(False)
        return client

    def answer(self, client: socket.socket) -> bytes:
        """What the client receives, to the end of a body of two bytes or of the connection."""
        found = bytearray()

        def is_whole() -> bool:
            try:
                more = client.recv(100_000)
            except BlockingIOError:
                return False
            found.extend(more)
            return not more or found.endswith(b"\r\n\r\nok")

        self.turn(is_whole)
        return bytes(found)

    def is_closed(self, client: socket.socket) -> bool:
        """Whether the server has closed the connection. What was sent before is read."""
        with contextlib.suppress(ConnectionError):
            while True:
                try:
                    if client.recv(100_000) == b"":
                        return True
                except BlockingIOError:
                    return False
        return True

    def after(self, seconds: float) -> None:
        """As if this many seconds had passed without a sign of the clients."""
        now = time.monotonic()
        for connection in self.listener.connections:
            connection.check_time(now)
            connection.check_time(now + seconds)
        self.turn()

    def close(self) -> None:
        self.may_answer.set()
        self._dispatcher.shutdown()
        for connection in self.listener.connections:
            connection.end()
        wasyncore.close_all(self._open)
        self._listening.close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_a_request_is_answered_and_the_connection_stays(server: Server) -> None:
    with server.connect() as client:
        for _ in range(3):
            client.sendall(REQUEST)
            assert server.answer(client).startswith(b"HTTP/1.1 200 OK\r\n")


def test_names_of_headers_keep_their_spelling(server: Server) -> None:
    with server.connect(REQUEST) as client:
        assert b'\r\nETag: "1"\r\n' in server.answer(client)


SLOW = {
    "silent": (b"", IDLE),
    "half a header": (b"GET / HTTP/1.1\r\nHost: ", HEADER),
    "half a body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", TRANSFER),
    "half a chunk": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", TRANSFER),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_slow_request_holds_no_thread_and_has_a_deadline(server: Server, kind: str) -> None:
    sent, seconds = SLOW[kind]
    with server.connect(sent) as slow, server.connect(REQUEST) as honest:
        assert server.answer(honest)
        server.after(seconds - 1)
        assert not server.is_closed(slow)
        server.after(seconds + 1)
        server.turn(lambda: server.is_closed(slow))
        assert server.served == ["/"]


def test_a_body_that_comes_steadily_has_more_time(server: Server) -> None:
    size = 100 * BYTES_A_SECOND
    with server.connect(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n") as client:
        (connection,) = server.listener.connections
        began = time.monotonic()
        connection.check_time(began)
        client.sendall(b"x" * size)
        server.turn(lambda: connection.request.body_bytes_received == size)
        connection.check_time(began + TRANSFER + 99)
        server.turn()
        assert not server.is_closed(client)
        connection.check_time(began + TRANSFER + 101)
        server.turn(lambda: server.is_closed(client))


def test_no_body_takes_longer_than_five_minutes(server: Server) -> None:
    with server.connect(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n") as client:
        (connection,) = server.listener.connections
        began = time.monotonic()
        connection.check_time(began)
        client.sendall(b"x" * 900_000)
        server.turn(lambda: connection.held == 900_000)
        connection.check_time(began + 299)
        assert not server.is_closed(client)
        connection.check_time(began + 301)
        assert server.is_closed(client)


def test_a_refusal_below_the_api_is_a_problem_document(server: Server) -> None:
    with server.connect(b"POST /api/v1/posts/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n") as client:
        header, _, body = server.answer(client).partition(b"\r\n\r\n")
        assert b"\r\nContent-Type: application/problem+json\r\n" in header
        assert json.loads(body)["status"] == 413


def test_a_client_that_does_not_read_holds_no_thread_and_has_a_deadline(server: Server) -> None:
    with server.connect(LARGE_REQUEST) as slow, server.connect(REQUEST) as honest:
        assert server.answer(honest)
        server.turn(lambda: all(not found.is_served for found in server.listener.connections))
        server.after(TRANSFER - 1)
        assert len(server.listener.connections) == 1  # the honest one was idle for too long
        server.after(TRANSFER + 1)
        assert not server.listener.connections  # although it still reads nothing
        assert server.is_closed(slow)


def test_a_client_that_reads_one_response_after_another_may_take_the_time_of_each(server: Server) -> None:
    with server.connect(LARGE_REQUEST) as client:
        (connection,) = server.listener.connections
        server.turn(lambda: not connection.is_served)
        began = time.monotonic()
        connection.check_time(began)
        while connection.total_outbufs_len:
            with contextlib.suppress(BlockingIOError):
                client.recv(1_000_000)
            server.turn()
        client.setblocking(True)
        client.sendall(LARGE_REQUEST)
        client.setblocking(False)
        server.turn(lambda: len(server.served) == 2)
        server.turn(lambda: not connection.is_served)
        connection.check_time(began + TRANSFER / 2)  # has more to send than when it was last seen
        server.turn()
        assert not server.is_closed(client)


def test_a_client_that_does_not_close_holds_no_thread_and_has_a_deadline(server: Server) -> None:
    with (
        server.connect(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as slow,
        server.connect(REQUEST) as honest,
    ):
        assert server.answer(slow)
        assert server.answer(honest)
        server.turn(lambda: server.is_closed(slow))  # the server's half
        assert len(server.listener.connections) == 2
        server.after(LINGER + 1)
        server.turn(lambda: len(server.listener.connections) == 1)


def test_a_request_in_work_has_no_deadline_here(server: Server) -> None:
    server.may_answer.clear()
    with server.connect(REQUEST) as client:
        server.turn(lambda: server.served)
        server.after(3_600)
        server.may_answer.set()
        assert server.answer(client)


def test_a_request_that_never_reaches_the_application_has_an_id_and_a_line_in_the_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "chapbook.access"),
        server.connect(
            b"POST / HTTP/1.1\r\nHost: a\r\nX-Request-ID: an-id\r\nContent-Length: 99999999\r\n\r\n"
        ) as client,
    ):
        answer = server.answer(client)

    assert b"\r\nx-request-id: an-id\r\n" in answer.lower()
    assert [found.getMessage() for found in caplog.records if found.name == "chapbook.access"] == ["POST - 413"]


def test_a_response_reaches_a_client_that_still_sends_its_refused_body(server: Server) -> None:
    with server.connect(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n") as client:
        sent = 0
        while sent < 30_000_000:
            server.turn()
            with contextlib.suppress(BlockingIOError):
                sent += client.send(b"x" * 100_000)
        assert server.answer(client).startswith(b"HTTP/1.1 413 ")
        assert server.served == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no HTTP\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_is_refused_with_the_security_headers(server: Server, sent: bytes, status: int) -> None:
    with server.connect(sent) as client:
        found = server.answer(client)
        assert found.split()[1] == b"%d" % status
        assert b"\r\nContent-Security-Policy: default-src 'self';" in found
        assert b"\r\nServer: " not in found


def test_where_all_places_are_taken_the_slowest_client_gives_up_its_own() -> None:
    server = Server(connections_at_most=5)
    with contextlib.ExitStack() as stack:
        stack.callback(server.close)
        slow = [stack.enter_context(server.connect(b"GET ")) for _ in range(5)]
        honest = stack.enter_context(socket.create_connection(server.address))
        honest.sendall(REQUEST)
        honest.setblocking(False)
        assert server.answer(honest)
        server.turn(lambda: server.is_closed(slow[0]))
        assert not any(server.is_closed(client) for client in slow[1:])


def test_a_server_that_stops_takes_what_has_connected_and_refuses_the_next(server: Server) -> None:
    with socket.create_connection(server.address) as early, server.connect(b"GET / HTTP/1.1\r\n") as begun:
        server.listener.stop_accepting()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.address)
        begun.sendall(b"Host: a\r\n\r\n")
        early.sendall(REQUEST)
        early.setblocking(False)
        assert b"\r\nConnection: close\r\n" in server.answer(begun)
        assert b"\r\nConnection: close\r\n" in server.answer(early)


def test_a_connection_knows_whether_it_is_idle(server: Server) -> None:
    def connections() -> list[Connection]:
        return server.listener.connections

    with server.connect() as client:
        assert [found.is_idle for found in connections()] == [True]
        client.sendall(b"GET ")
        server.turn(lambda: not connections()[0].is_idle)


SUSAN = b"POST / HTTP/1.1\r\nHost: a\r\nCookie: a=b; session=susan\r\nContent-Length: 0\r\n\r\n"


def test_one_flow_has_some_of_the_threads_and_the_others_go_on() -> None:
    server = Server(threads=AT_ONCE + 1)
    with contextlib.ExitStack() as stack:
        stack.callback(server.close)
        server.may_answer.clear()
        susans = [stack.enter_context(server.connect(SUSAN)) for _ in range(AT_ONCE + 5)]
        server.turn(lambda: len(server.served) == AT_ONCE)
        visitor = stack.enter_context(server.connect(b"GET /visitor HTTP/1.1\r\nHost: a\r\n\r\n"))
        server.turn(lambda: server.served[-1] == "/visitor")
        assert len(server.served) == AT_ONCE + 1
        server.may_answer.set()
        for client in (visitor, *susans):
            assert server.answer(client)
        assert len(server.served) == AT_ONCE + 6


def test_a_flow_whose_queue_is_full_is_refused_before_the_application() -> None:
    server = Server(threads=AT_ONCE + 1)
    with contextlib.ExitStack() as stack:
        stack.callback(server.close)
        server.may_answer.clear()
        for _ in range(AT_ONCE + WAITING_AT_MOST):
            stack.enter_context(server.connect(SUSAN))
        request = SUSAN.replace(b"Host: a", b"Host: a\r\nX-Request-ID: overflow")
        answer = server.answer(stack.enter_context(server.connect(request)))
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"\r\nRetry-After: 5\r\n" in answer
        assert b"\r\nX-Request-Id: overflow\r\n" in answer
        assert answer.endswith(b"Service Unavailable (overflow)\n")
        request = request.replace(b"POST / ", b"POST /api/v1/posts/ ")
        problem = json.loads(server.answer(stack.enter_context(server.connect(request))).partition(b"\r\n\r\n")[2])
        assert (problem["status"], problem["request_id"]) == (503, "overflow")
        assert len(server.served) == AT_ONCE


def test_a_request_that_waited_for_its_flow_too_long_is_refused_by_the_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(threads=AT_ONCE + 1)
    with contextlib.ExitStack() as stack:
        stack.callback(server.close)
        server.may_answer.clear()
        susans = [stack.enter_context(server.connect(SUSAN)) for _ in range(AT_ONCE + 1)]
        server.turn(lambda: len(server.served) == AT_ONCE)
        server.refuse_overdue()
        assert not server.refused
        monkeypatch.setattr("entrypoints.fair_queue.SECONDS", 0)
        server.refuse_overdue()
        assert server.answer(susans[-1])
        assert server.refused == ["/"]
        server.may_answer.set()
        for client in susans[:-1]:
            assert server.answer(client)
        susans[0].sendall(SUSAN)
        assert server.answer(susans[0])
        assert server.refused == ["/"]


@pytest.mark.parametrize(
    ("request_", "flow"),
    [
        (("GET", "/", {}), None),
        (("GET", "/", {"COOKIE": "visitor=x; mysession=y"}), None),
        (("GET", "/", {"COOKIE": "visitor=x; session=s1"}), "s1"),
        (("POST", "/posts", {"COOKIE": "__Host-session=s2; theme=dark"}), "s2"),
        (("POST", "/display", {"COOKIE": "visitor=x"}), "passwords"),
        (("POST", "/login", {"COOKIE": "session=made-up"}), "passwords"),
        (("GET", "/login", {}), None),
        (("GET", "/api/v1/me", {"AUTHORIZATION": "Bearer t1"}), "Bearer t1"),
        (("GET", "/api/v1/me", {"AUTHORIZATION": "basic YTpi"}), "passwords"),
        (("GET", "/api/v1/me", {"AUTHORIZATION": "Basic dG9rZW46"}), "Basic dG9rZW46"),
        (("GET", "/api/v1/me", {"AUTHORIZATION": "Basic x"}), "Basic x"),
        (("GET", "/api/v1/me", {"AUTHORIZATION": "Basic YTpiOg=="}), "passwords"),  # a:b:
        (("POST", "/login/", {"COOKIE": "session=made-up"}), "passwords"),
        (("POST", "/api/v1/users/", {"AUTHORIZATION": "Bearer made-up"}), "passwords"),
    ],
)
def test_a_request_belongs_to_the_flow_of_who_sends_it(
    request_: tuple[str, str, dict[str, str]], flow: str | None
) -> None:
    assert flow_of(*request_) == flow


def test_a_server_that_stops_still_has_deadlines(server: Server) -> None:
    with server.connect(b"GET / HTTP/1.1\r\n") as slow:
        server.listener.stop_accepting()
        server.after(HEADER + 1)
        assert server.is_closed(slow)


def test_who_holds_the_most_gives_way_where_all_hold_too_much(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    half = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n"
    with server.connect(half + b"x" * 300_000) as large, server.connect(half + b"x" * 100_000) as small:
        server.turn(lambda: sum(found.held for found in server.listener.connections) == 400_000)
        server.listener.end_overdue(time.monotonic() + 2)
        assert not server.is_closed(large)
        monkeypatch.setattr("entrypoints.connections.HELD_AT_MOST", 350_000)
        server.listener.end_overdue(time.monotonic() + 4)
        assert server.is_closed(large)
        assert not server.is_closed(small)
