"""The numbers of a running server: of all its processes together, and after some of them were killed."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from adapters.metrics import PrometheusMeter
from entrypoints.metrics_server import serve_metrics
from tests.api.running import Running, running
from tests.doubles import settings_with
from tests.entrypoints.test_server import PATIENCE, children, happens, status_of
from tests.log_lines import logged
from tests.ports import free_port

WORKER = [sys.executable, "-m", "entrypoints.cli", "worker"]
CONNECTIONS = ("chapbook_database_connections", "open")


def answer(port: int, path: str = "/metrics", *, method: str = "GET", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, path, headers={"Host": f"127.0.0.1:{port}", **headers})
        found = connection.getresponse()
        return found.status, found.read().decode()


def told(port: int) -> dict[tuple[str, ...], float]:
    status, text = answer(port)
    assert status == 200
    return {(sample.name, *sample.labels.values()): sample.value for family in parse(text) for sample in family.samples}


def directory_of(server: Running) -> Path:
    """Where the processes of this server keep their numbers: the worker process was told in its environment."""

    def found() -> list[Path]:
        for child in children(server.process.pid):
            with contextlib.suppress(OSError):
                for pair in Path(f"/proc/{child}/environ").read_bytes().split(b"\0"):
                    name, _, value = pair.partition(b"=")
                    if name == b"PROMETHEUS_MULTIPROC_DIR":
                        return [Path(os.fsdecode(value))]
        return []

    assert happens(found)
    return found()[0]


def web_workers(server: Running) -> list[int]:
    def is_web_worker(pid: int) -> bool:
        with contextlib.suppress(OSError):  # it has just ended
            return b"--stay-with" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        return False

    return [pid for pid in children(server.process.pid) if is_web_worker(pid)]


@pytest.mark.sql
def test_the_numbers_are_those_of_all_processes_and_go_on_when_they_are_killed(tmp_path: Path) -> None:
    with running(tmp_path, CHAPBOOK_WORKERS="2") as server:
        shared = directory_of(server)
        assert shared.stat().st_mode & 0o777 == 0o700
        before = set(web_workers(server))
        # Whichever process answers, it tells the statements of both, and there are more of them each time.
        counts = [told(server.port)["chapbook_database_statement_seconds_count", "select"] for _ in range(12)]
        assert counts == sorted(counts)
        assert counts[-1] >= counts[0] + 11 * 3

        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert happens(lambda: len(set(web_workers(server)) - before) == 2)
        assert happens(lambda: status_of(server) == 200)

        after = told(server.port)
        assert after["chapbook_database_statement_seconds_count", "select"] > counts[-1]
        # The connections of the dead are closed.
        assert after[CONNECTIONS] <= 4
        assert not {f"gauge_livesum_{pid}.db" for pid in before} & {path.name for path in shared.iterdir()}
        worker = (set(children(server.process.pid)) - set(web_workers(server))).pop()
        os.kill(worker, signal.SIGKILL)
        assert happens(lambda: not (shared / f"gauge_livesum_{worker}.db").exists())
        assert told(server.port)["chapbook_database_statement_seconds_count", "select"] > counts[-1]
    assert not shared.exists()


@pytest.mark.sql
def test_requests_are_counted_also_those_that_never_reach_the_application(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert answer(server.port, "/@nobody")[0] == 404
        assert answer(server.port, "/", method="POST", **{"Content-Length": "99999999"})[0] == 413

        counts = {
            labels[1:]: count
            for labels, count in told(server.port).items()
            if labels[0] == "chapbook_http_request_seconds_count"
        }
    assert counts["GET", "/@<username:username>", "404"] == 1
    assert counts["POST", "unmatched", "413"] == 1


@pytest.mark.sql
def test_what_a_killed_master_left_is_gone_after_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        left = directory_of(server)
        server.process.kill()
        server.process.communicate(timeout=PATIENCE)
        assert left.exists()

        server.start()

        assert not left.exists()
        assert told(server.port)["chapbook_sessions_opened_total",] == 0


@pytest.mark.sql
def test_a_worker_that_is_a_service_of_its_own_answers_for_itself(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        port = free_port()
        environment = server.environment | {"CHAPBOOK_METRICS_PORT": str(port)}
        with started(WORKER, environment, tmp_path):
            assert happens(answers(port))
            found = told(port)
            assert found["chapbook_mails_total", "sent"] == 0
            assert ("chapbook_members",) not in found
            assert answer(port, "/")[0] == 404
            assert answer(port, method="HEAD") == (200, "")
            kind = {"Accept": "application/openmetrics-text;version=1.0.0"}
            assert answer(port, **kind)[1].endswith("# EOF\n")
            taken = subprocess.run(
                WORKER, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
            )
            assert taken.returncode == 1
            assert "Set CHAPBOOK_METRICS_PORT to a free port" in taken.stderr
        with started(WORKER, environment | {"CHAPBOOK_METRICS_FROM": "10.0.0.0/8"}, tmp_path):
            assert happens(lambda: is_open(port))
            with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
                answer(port)


def test_a_client_of_the_worker_that_leaves_is_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("entrypoints.metrics_server._Handler.timeout", 0.01)
    port = free_port()
    with logged(monkeypatch, password_memory_kib="19456", password_rounds="2") as lines:
        serve_metrics(settings_with(metrics_port=str(port)), PrometheusMeter())
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as silent:
                assert silent.recv(1) == b""

    assert len(lines.events) == 1
    assert lines.events[0]["message"].startswith("a scrape was not answered: TimeoutError")
    assert "127.0.0.1" not in lines.text
    assert capsys.readouterr().err == ""


@pytest.mark.sql
def test_in_memory_one_process_counts_for_itself(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.stop()
        server.environment["CHAPBOOK_STORAGE"] = "memory"
        # A variable that the machine has for another program means nothing here.
        server.environment["PROMETHEUS_MULTIPROC_DIR"] = str(tmp_path / "nowhere")
        server.start()

        assert told(server.port)["chapbook_members",] > 0


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        return True
    return False


def answers(port: int) -> Callable[[], bool]:
    def is_there() -> bool:
        with contextlib.suppress(OSError):
            return answer(port)[0] == 200
        return False

    return is_there
