"""Processes of the site are killed while members write."""

import signal
import socket
import time

import pytest

from tests.faults.bystander import Bystander
from tests.faults.client import ask
from tests.faults.community import Community, happens
from tests.faults.extent import PATIENCE, ROUNDS
from tests.faults.report import note

pytestmark = pytest.mark.long


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def test_a_killed_web_worker_loses_no_acknowledged_write(community: Community) -> None:
    back = []
    with Bystander(community.server.port) as bystander:
        before = bystander.calm()
        with community.writers() as writers:
            began_at = time.monotonic()
            for _ in range(ROUNDS):
                victim = community.processes("web")[0]
                community.kill(victim)
                back.append(community.await_another("web", victim))
                writers.await_acknowledgements()
            seen = bystander.during(began_at)

    assert community.faults(writers) == []
    note(
        "kill -9 of a web worker",
        community.database,
        f"{ROUNDS} kills",
        writers.summary(),
        f"replaced in at most {max(back):.1f} s",
        seen.compared(before),
    )


def test_a_killed_master_loses_no_acknowledged_write_and_frees_the_port(community: Community) -> None:
    freed, ready, gone = [], [], []
    with community.writers() as writers:
        for _ in range(ROUNDS):
            killed_at = time.monotonic()
            community.server.process.kill()
            happens(lambda: is_refused(community.server.port))
            freed.append(time.monotonic() - killed_at)
            community.server.stop()  # waits for the orphans
            ended_after = time.monotonic() - killed_at
            assert ended_after < PATIENCE
            community.server.start()
            community.await_answer()
            ready.append(time.monotonic() - killed_at)
            writers.await_acknowledgements()
            gone.append(ended_after)

    assert community.faults(writers) == []
    note(
        "kill -9 of the master",
        community.database,
        f"{ROUNDS} kills",
        writers.summary(),
        f"port free in at most {max(freed):.1f} s, all processes gone {max(gone):.1f} s (wanted: 1)",
        f"started at once and ready again {max(ready):.1f} s (wanted: 5)",
    )


def test_a_killed_mail_worker_stops_no_writer(community: Community) -> None:
    with community.writers() as writers:
        for _ in range(ROUNDS):
            happens(lambda: community.processes("mail"))
            victim = community.processes("mail")[0]
            community.kill(victim)
            community.await_another("mail", victim)
            writers.await_acknowledgements()

    assert community.faults(writers) == []
    assert not any(reply.status in (0, -1) for reply in writers.replies)
    note("kill -9 of the mail worker", community.database, f"{ROUNDS} kills", writers.summary())


def test_a_server_that_is_told_to_stop_answers_what_is_in_flight(community: Community) -> None:
    stopped = []
    with community.writers() as writers:
        for _ in range(ROUNDS):
            told_at = time.monotonic()
            community.server.process.send_signal(signal.SIGTERM)
            happens(lambda: is_refused(community.server.port))
            stopped.append(time.monotonic() - told_at)
            community.server.stop()
            assert ask(community.server.port, "GET", "/").status == -1
            community.server.start()
            writers.await_acknowledgements()

    assert community.faults(writers) == []
    assert not any(reply.status == 0 for reply in writers.replies)
    note(
        "SIGTERM",
        community.database,
        f"{ROUNDS} times",
        writers.summary(),
        f"new connections refused after at most {max(stopped):.2f} s",
    )
