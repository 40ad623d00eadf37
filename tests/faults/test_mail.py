"""The SMTP server refuses, stalls or dies, and the mail worker is killed, while people register.

Requests never wait for a mail. Every mail arrives in the end, once. It may arrive twice when the worker was killed
between sending it and noting that, and then with the same Message-ID. What `chapbook outbox retry` does shortens the
waiting, and ends the leases of killed workers.
"""

import contextlib
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from application.ports.paging import Window
from domain.outbox import State
from tests.faults.bad_smtp import DeadlySmtp, RawSmtp, die_after_data, stall
from tests.faults.bystander import Bystander
from tests.faults.client import ask
from tests.faults.community import PASSWORD, Community, community_on, happens
from tests.faults.conftest import EITHER
from tests.faults.extent import PATIENCE, ROUNDS, SECONDS
from tests.faults.report import note
from tests.faults.state import faults_in

pytestmark = pytest.mark.long

_numbers = itertools.count()
Fault = Callable[[DeadlySmtp], contextlib.AbstractContextManager[object]]


@pytest.fixture(scope="module")
def smtp() -> Iterator[DeadlySmtp]:
    with DeadlySmtp() as server:
        yield server


@pytest.fixture(scope="module", params=EITHER)
def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    url_on: Callable[[str, Path], str],
    smtp: DeadlySmtp,
) -> Iterator[Community]:
    folder = tmp_path_factory.mktemp("mail")
    url = url_on(request.param, folder)
    with community_on(request.param, folder, url, 0, CHAPBOOK_MAIL_URL=smtp.url) as found:
        yield found


class Newcomers:
    """People who register, one after another, while the `with` lasts."""

    def __init__(self, site: Community) -> None:
        self._site = site
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.addresses: list[str] = []
        self.wrong: list[int] = []
        self.slowest = 0.0

    def _run(self) -> None:
        while not self._stopped.wait(0.1):
            name = f"newcomer{next(_numbers)}"
            wanted = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
            reply = ask(self._site.server.port, "POST", "/api/v1/users/", wanted)
            self.slowest = max(self.slowest, reply.seconds)
            if reply.status == 202:
                self.addresses.append(wanted["email"])
            else:
                self.wrong.append(reply.status)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(PATIENCE)


@contextlib.contextmanager
def refuses_connections(smtp: DeadlySmtp) -> Iterator[None]:
    smtp.stop()
    yield
    smtp.start()


@contextlib.contextmanager
def says_later(smtp: DeadlySmtp) -> Iterator[None]:
    smtp.refuse_data = "451 later"
    yield
    smtp.refuse_data = ""


@contextlib.contextmanager
def says_never(smtp: DeadlySmtp) -> Iterator[None]:
    smtp.refuse_recipient = "550 never"
    yield
    smtp.refuse_recipient = ""


@contextlib.contextmanager
def stalls(smtp: DeadlySmtp) -> Iterator[None]:
    smtp.stop()
    with RawSmtp(smtp.port, stall):
        yield
    smtp.start()


@contextlib.contextmanager
def dies_after_data(smtp: DeadlySmtp) -> Iterator[None]:
    smtp.stop()
    with RawSmtp(smtp.port, die_after_data):
        yield
    smtp.start()


FAULTS: tuple[Fault, ...] = (refuses_connections, says_later, says_never, stalls, dies_after_data)


def make_due(site: Community) -> None:
    """What an administrator may do for every mail that waits or was given up. It also ends a lease."""
    with site.container() as container:
        for job in container.storage().outbox_feeds.latest(Window(100)).items:
            if job.state in (State.WAITING, State.GIVEN_UP):
                container.outbox().retry_from_the_command_line(job_id=job.id)


def received(smtp: DeadlySmtp, address: str) -> list[str]:
    """The Message-ID of each mail that came to this address."""
    return [mail.message["Message-ID"] for mail in list(smtp.messages) if address in mail.recipients]


def await_mails(site: Community, smtp: DeadlySmtp, addresses: list[str]) -> float:
    """The seconds until each of them has a mail."""
    began_at = time.monotonic()
    missing = set(addresses)
    while missing:
        assert time.monotonic() - began_at < 2 * PATIENCE, f"no mail came to {missing}"
        make_due(site)
        time.sleep(0.3)
        missing -= {address for mail in list(smtp.messages) for address in mail.recipients}
    return time.monotonic() - began_at


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_mail_arrives_once_when_the_server_is_well_again(site: Community, smtp: DeadlySmtp, fault: Fault) -> None:
    with Bystander(site.server.port) as bystander:
        before = bystander.calm(0.5)
        began_at = time.monotonic()
        with fault(smtp), Newcomers(site) as newcomers:
            time.sleep(SECONDS / 6)
        seen = bystander.during(began_at)
    taken = await_mails(site, smtp, newcomers.addresses)
    copies = Counter(len(received(smtp, address)) for address in newcomers.addresses)

    assert newcomers.addresses
    assert not newcomers.wrong
    assert not seen.failures
    assert set(copies) == {1}
    assert faults_in(site.url) == []
    note(
        f"SMTP {fault.__name__.replace('_', ' ')}",
        site.database,
        f"{len(newcomers.addresses)} registered, the slowest in {newcomers.slowest:.2f} s; all mails came once",
        f"{taken:.1f} s after it was well",
        seen.compared(before),
    )


def test_a_killed_mail_worker_loses_no_mail(site: Community, smtp: DeadlySmtp) -> None:
    """Half of the kills hit the worker when the server has taken a mail, and the worker has not heard it."""
    kills = 0
    with Newcomers(site) as newcomers:
        for number in range(2 * ROUNDS):
            happens(lambda: site.processes("mail"))
            victim = site.processes("mail")[0]
            if number % 2:
                struck = threading.Event()

                def strike(victim: int = victim, struck: threading.Event = struck) -> None:
                    site.kill(victim)
                    struck.set()

                smtp.before_answer = strike
                assert struck.wait(PATIENCE)
                smtp.before_answer = None
            else:
                site.kill(victim)
            kills += 1
            site.await_another("mail", victim)
    taken = await_mails(site, smtp, newcomers.addresses)
    ids = {address: received(smtp, address) for address in newcomers.addresses}
    twice = [address for address, found in ids.items() if len(found) > 1]

    assert not newcomers.wrong
    assert all(len(found) <= 2 and len(set(found)) == 1 for found in ids.values())
    assert len(twice) <= kills
    assert faults_in(site.url) == []
    note(
        "kill -9 of the mail worker under mails",
        site.database,
        f"{kills} kills, {len(ids)} registered, the slowest in {newcomers.slowest:.2f} s",
        f"none lost, {len(twice)} came twice with the same Message-ID",
        f"the last one {taken:.1f} s after the last kill",
    )
