"""The worker goes on, whatever fails, and ends between two jobs."""

import logging
import os
import secrets
import signal
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapters.sql.migrate import upgrade
from application.ports.paging import Window
from domain.errors import TryAgain
from domain.outbox import State
from entrypoints import worker
from entrypoints.container import Container
from entrypoints.settings import load_settings
from entrypoints.worker import Worker
from tests.api.running import ROOT
from tests.doubles import settings_with, wired
from tests.faults.bad_smtp import RawSmtp


class Failing:
    """Jobs that fail at first, and are done then."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.done = threading.Event()

    def tidy(self) -> None:
        """There is nothing to tidy."""

    def run_next(self) -> bool:
        if self.errors:
            raise self.errors.pop(0)
        self.done.set()
        return False


def test_a_worker_survives_a_storage_that_is_away_and_a_program_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "IDLE", 0.01)
    container = wired(settings_with())
    jobs = Failing(TryAgain(), RuntimeError(), TryAgain())
    working = Worker(
        jobs=jobs,  # type: ignore[arg-type]
        hourly=[jobs.tidy, *container.hourly()[1:]],
    )
    thread = threading.Thread(target=working.run, daemon=True)
    thread.start()

    assert jobs.done.wait(20)
    working.stop()
    thread.join(20)

    assert not thread.is_alive()
    assert caplog.records[0].once_in == 60  # type: ignore[attr-defined]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "the worker waits: TryAgain"),
        (logging.ERROR, "the worker failed, and tries again"),
        (logging.WARNING, "the worker waits: TryAgain"),
    ]


@pytest.mark.sql
def test_a_worker_that_is_told_to_stop_finishes_its_mail_and_begins_no_other(tmp_path: Path, url: str) -> None:
    arrived, told = threading.Event(), threading.Event()

    def take_slowly(server: RawSmtp, client: socketserver.StreamRequestHandler) -> None:
        client.wfile.write(b"220 hello\r\n")
        while line := client.rfile.readline():
            if line == b".\r\n":
                arrived.set()
                told.wait(30)
            if line[:4].upper() == b"DATA":
                client.wfile.write(b"354 go on\r\n")
            elif line == b".\r\n" or line[:4].upper() in (b"EHLO", b"MAIL", b"RCPT", b"QUIT"):
                client.wfile.write(b"250 ok\r\n")

    with RawSmtp(0, take_slowly) as server:
        given = {
            "CHAPBOOK_DATABASE_URL": url,
            "CHAPBOOK_MAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "CHAPBOOK_ENV": "development",
            "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
            "CHAPBOOK_PASSWORD_MEMORY_KIB": "8",
            "CHAPBOOK_PASSWORD_ROUNDS": "1",
        }
        upgrade(url)
        container = Container(settings=load_settings(given, None))
        for name in ("susan", "john"):
            container.joining().register(
                client="here", email=f"{name}@example.com", username=name, password="cat in a box"
            )
        process = subprocess.Popen(
            [sys.executable, "-m", "entrypoints.cli", "worker"],
            env=os.environ | given | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        try:
            assert arrived.wait(30)
            process.send_signal(signal.SIGTERM)
            told.set()
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
    states = [job.state for job in container.storage().outbox_feeds.latest(Window(10)).items]
    container.storage().close()
    assert states == [State.WAITING, State.DONE]
