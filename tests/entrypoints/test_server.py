"""The server as a process: how it stops, and what is left when it is killed."""

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.running import Running, running

PATIENCE = 20.0
HALF = (
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 9\r\n\r\nemai"
)


def happens(is_true: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def children(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def status_of(server: Running, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": "127.0.0.1"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.sql
def test_a_server_that_is_told_to_stop_refuses_new_connections_and_finishes_what_has_begun(tmp_path: Path) -> None:
    with running(tmp_path, CHAPBOOK_WORKERS="2") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as begun:
            begun.sendall(HALF)
            assert status_of(server) == 200
            server.process.send_signal(signal.SIGTERM)
            assert happens(lambda: is_refused(server.port))
            assert server.process.poll() is None
            begun.sendall(b"l=a&b")
            with contextlib.closing(http.client.HTTPResponse(begun)) as answer:
                answer.begin()
                assert answer.status == 403
                assert answer.getheader("Connection") == "close"
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.sql
def test_when_the_master_process_is_killed_its_workers_end_and_free_the_port(tmp_path: Path) -> None:
    with running(tmp_path, CHAPBOOK_WORKERS="2") as server:
        assert happens(lambda: len(children(server.process.pid)) == 3)  # two for the web, one for the outbox
        workers = children(server.process.pid)
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as begun:
            begun.sendall(HALF)
            server.process.kill()
            server.process.wait(PATIENCE)
            assert happens(lambda: is_refused(server.port))
            assert happens(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


@pytest.mark.sql
def test_a_killed_worker_is_replaced_and_the_log_says_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path) as server:
        assert happens(lambda: len(children(server.process.pid)) == 2)  # one for the web, one for jobs
        before = set(children(server.process.pid))
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert happens(lambda: len(set(children(server.process.pid)) - before) == len(before))
        assert happens(lambda: status_of(server) == 200)
    said = capfd.readouterr().err
    assert "was sent SIGKILL" in said
    assert said.count("The worker process is gone, and another one starts.") == 1


@pytest.mark.sql
def test_clients_that_send_half_a_request_do_not_stop_the_site(tmp_path: Path) -> None:
    with running(tmp_path, CHAPBOOK_THREADS="2") as server, contextlib.ExitStack() as slow:
        for half in (b"", b"GET / HTTP/1.1\r\nHost: ", HALF) * 20:
            client = slow.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
            client.sendall(half)
        for _ in range(5):
            assert status_of(server, "/") == 200
