"""The program errors of a process are noted beside its work: none is lost, none is in a request's way."""

import http.client
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

import entrypoints.incidents
from adapters.no_meter import NO_METER
from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from adapters.sql.storage import sql_storage
from adapters.sql.tables import accounts, incidents
from application.outbox import Outbox
from application.ports.work import UnitOfWork
from domain.errors import TryAgain
from domain.ids import make_id
from domain.job_kinds import JobKind
from domain.outbox import Job
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.incidents import KINDS_AT_MOST, IncidentLog, watch
from entrypoints.observing import observed
from entrypoints.settings import Settings
from entrypoints.tracebacks import fingerprint
from tests.api.running import Running, running
from tests.doubles import Moody, Postbox, put_into_storage, settings_with, wired
from tests.postgres import PostgresServer
from tests.smtp_server import SmtpServer

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
ONCALL = "oncall@example.com"
log = logging.getLogger("tests.incidents")


def until(is_true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)


def fail(request_id: str = "") -> str:
    """A program error, logged as everywhere. Answers its fingerprint."""
    try:
        raise KeyError
    except KeyError as error:
        with observed(method="GET", given_id=request_id) if request_id else nullcontext():
            log.exception("it failed")
        return fingerprint(error)


def fail_in(number: int) -> None:
    """An error of another kind for each number."""
    try:
        exec(f"def f_{number}():\n    raise KeyError\nf_{number}()")
    except KeyError:
        log.exception("it failed")


class Notes:
    """Keeps what is noted. Fails as a test says."""

    def __init__(self) -> None:
        self.noted: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.tries: list[bool] = []

    def __call__(self, **values: Any) -> None:
        self.tries.append(values.pop("patient"))
        if self.error:
            raise self.error
        self.noted.append(values)

    @property
    def times(self) -> int:
        return sum(note["times"] for note in self.noted)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def handler(notes: Notes) -> Iterator[IncidentLog]:
    """It notes often."""
    handler = IncidentLog(lambda: notes, meter=lambda: NO_METER, every=0.02)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_an_error_is_noted_by_another_thread_with_its_request(handler: IncidentLog, notes: Notes) -> None:
    before = time.time()
    for number in range(3):
        fail(f"request-{number}")

    until(lambda: notes.times == 3)
    note = notes.noted[-1]
    assert note["request_id"] == "request-2"
    assert note["what"].startswith("KeyError")
    assert before - 1 < notes.noted[0]["first_at"].timestamp() <= note["last_at"].timestamp() < time.time() + 1
    assert len({note["fingerprint"] for note in notes.noted}) == 1
    assert not any(notes.tries)


def test_only_errors_with_an_exception_are_noted(handler: IncidentLog, notes: Notes) -> None:
    log.error("no exception")
    log.error("none here", exc_info=(None, None, None))
    try:
        raise KeyError
    except KeyError:
        log.warning("no error", exc_info=True)
    fail()

    until(lambda: notes.noted)
    assert notes.times == 1


def test_what_the_storage_does_not_take_waits_and_is_noted_in_the_end(handler: IncidentLog, notes: Notes) -> None:
    notes.error = TryAgain()
    for number in range(3):
        fail("the-first")
        fail_in(number)
        tries = len(notes.tries)
        until(lambda tries=tries: len(notes.tries) > tries)  # type: ignore[misc]
    fail()

    notes.error = None
    until(lambda: notes.times == 7)
    (often,) = [note for note in notes.noted if note["times"] > 1]
    assert (often["times"], often["request_id"]) == (4, "the-first")
    assert often["first_at"] < often["last_at"]


def test_an_error_that_happens_while_its_kind_is_refused_counts_too(notes: Notes) -> None:
    def refuse_the_first(**values: Any) -> None:
        if not notes.tries:
            meanwhile = threading.Thread(target=fail)
            meanwhile.start()
            meanwhile.join(PATIENCE)
            notes.error = TryAgain()
        else:
            notes.error = None
        notes(**values)

    handler = IncidentLog(lambda: refuse_the_first, meter=lambda: NO_METER, every=0.02)
    logging.getLogger().addHandler(handler)
    fail("the-first")
    until(lambda: notes.times == 2)
    logging.getLogger().removeHandler(handler)
    handler.close()

    (note,) = notes.noted
    assert (note["times"], note["request_id"]) == (2, "the-first")


def test_what_has_waited_for_long_is_noted_in_the_order_of_the_other_writers(
    handler: IncidentLog, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrypoints.incidents, "PATIENT_AFTER", 0.05)
    notes.error = TryAgain()
    fail()

    until(lambda: True in notes.tries)
    assert notes.tries[:2] == [False, False]


def test_kinds_are_bounded_while_they_wait(handler: IncidentLog, notes: Notes) -> None:
    notes.error = TryAgain()
    for number in range(KINDS_AT_MOST + 50):
        fail_in(number)
    fail_in(0)

    notes.error = None
    until(lambda: notes.times == KINDS_AT_MOST + 1)
    handler.close()
    assert notes.times == KINDS_AT_MOST + 1


def test_an_error_in_noting_is_a_warning_and_is_not_noted(
    handler: IncidentLog, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    notes.error = RuntimeError("a secret")
    fail()
    until(lambda: "could not be noted" in caplog.text)
    notes.error = None
    fail_in(1)
    until(lambda: notes.noted)

    assert notes.times == 1
    assert [record.levelname for record in caplog.records if "noted" in record.message] == ["WARNING"]
    assert "a secret" not in caplog.text


def test_an_error_that_is_logged_while_noting_is_not_noted(handler: IncidentLog) -> None:
    class Failing(Notes):
        def __call__(self, **values: Any) -> None:
            super().__call__(**values)
            fail_in(7)

    failing = Failing()
    nested = IncidentLog(lambda: failing, meter=lambda: NO_METER, every=0.02)
    logging.getLogger().addHandler(nested)
    try:
        fail()
        until(lambda: failing.noted)
    finally:
        logging.getLogger().removeHandler(nested)
        nested.close()

    assert failing.times == 1


def test_an_exception_that_cannot_be_told_breaks_nothing(
    handler: IncidentLog, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrypoints.incidents, "one_line", lambda _: 1 / 0)
    fail()
    monkeypatch.undo()
    fail_in(1)

    until(lambda: any(note["what"] for note in notes.noted))


def test_closing_notes_what_is_left(notes: Notes) -> None:
    handler = IncidentLog(lambda: notes, meter=lambda: NO_METER, every=3600)
    logging.getLogger().addHandler(handler)
    fail()
    assert notes.noted == []

    logging.getLogger().removeHandler(handler)
    handler.close()
    handler.close()

    assert notes.times == 1
    assert notes.tries == [True]


def test_the_thread_ends_when_nothing_is_left_and_begins_anew(handler: IncidentLog, notes: Notes) -> None:
    for times in (1, 2):
        fail()
        until(lambda times=times: notes.times == times)  # type: ignore[misc]
        until(lambda: "incidents" not in {thread.name for thread in threading.enumerate()})


@pytest.fixture(
    params=[
        "memory",
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "memory":
        return settings_with(error_mail_to=ONCALL)
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/chapbook.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    upgrade(url)
    return settings_with(storage="sql", database_url=url, error_mail_to=ONCALL)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def container(settings: Settings, postbox: Postbox) -> Iterator[Container]:
    container = wired(settings, mailer=postbox)
    yield container
    container.storage().close()


def test_a_flood_of_errors_is_one_row_a_few_writes_and_one_mail_with_the_right_number(
    container: Container, postbox: Postbox
) -> None:
    storage, opened = container.storage(), 0

    def counted(**values: bool) -> UnitOfWork:
        nonlocal opened
        opened += 1
        return storage.unit_of_work(**values)

    put_into_storage(container, unit_of_work=counted)
    end = watch(container)
    threads = [threading.Thread(target=lambda: [fail() for _ in range(1250)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end()
    fail()  # nobody watches any more

    with storage.unit_of_work(reading=True) as work:
        incident = work.incidents.find(fail())
    assert incident is not None
    assert incident.count == 10_000
    # One a second, and not one after another for as long as errors come.
    assert opened < 100
    while container.jobs().run_next():
        pass
    (mail,) = postbox.to(ONCALL)
    assert "happened 10,000 times" in mail.text


def test_errors_are_noted_when_the_storage_is_back(container: Container) -> None:
    moody = Moody()
    moody.install(container)
    moody.away = True
    end = watch(container)
    for _ in range(5):
        fail()
    time.sleep(1.5)
    moody.away = False
    end()

    with container.storage().unit_of_work(reading=True) as work:
        incident = work.incidents.find(fail())
    assert incident is not None
    assert incident.count == 5


PROGRAM = """
import logging, os, sys
from entrypoints.container import Container
from entrypoints.incidents import watch
from entrypoints.settings import load_settings

container = Container(settings=load_settings())
watch(container)

def fail():
    try:
        raise KeyError
    except KeyError:
        logging.getLogger("a").exception("it failed")

fail()
if os.fork() == 0:
    # It notes nothing of its parent's, and nothing of its own before it watches.
    fail()
    sys.exit()
os.wait()
"""


@pytest.mark.sql
def test_what_is_left_is_noted_when_the_process_ends_and_a_fork_notes_nothing_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chapbook.db"
    upgrade(url)
    environment = os.environ | {"CHAPBOOK_DATABASE_URL": url, "CHAPBOOK_SECRET_KEY": secrets.token_hex(32)}

    subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, check=True, capture_output=True)

    database = Database(url)
    assert [row.count for row in rows(database)] == [1]
    database.close()


def rows(database: Database) -> list[Any]:
    found = database.rows(select(incidents.c.fingerprint, incidents.c.what, incidents.c["count"].label("number")))
    return [SimpleNamespace(fingerprint=row.fingerprint, what=row.what, count=row.number) for row in found]


def test_the_server_mails_a_program_error_of_its_processes_once(
    url: str, tmp_path: Path, smtp_server: SmtpServer
) -> None:
    settings = {"CHAPBOOK_DATABASE_URL": url, "CHAPBOOK_MAIL_URL": smtp_server.url, "CHAPBOOK_WORKERS": "2"}
    with running(tmp_path, **settings, CHAPBOOK_ERROR_MAIL_TO=ONCALL) as server:
        command = [sys.executable, "-m", "entrypoints.cli", "user", "create", "fiona@example.com", "fiona"]
        subprocess.run(
            [*command, "--confirmed"], input=b"a horse, a battery", env=server.environment, cwd=tmp_path, check=True
        )
        database = Database(url)
        # No such role: what reads the account raises ValueError.
        with database.writing() as connection:
            connection.execute(update(accounts).values(role="Nonsense"))
            connection.commit()

        assert [status_of(server, "/@fiona") for _ in range(20)] == [500] * 20

        mail = smtp_server.wait_for(to=ONCALL, subject="Program error: ValueError at ")
        until(lambda: [row.count for row in rows(database)] == [20])
        (incident,) = rows(database)

        # The worker reads the account too.
        with sql_storage(database).unit_of_work() as work:
            fiona = database.rows(select(accounts.c.id))[0].id
            at = datetime.now(UTC)
            work.outbox.add(
                Job(id=make_id(at, 1), kind=JobKind.CONFIRM, address="fiona@example.com", account_id=fiona, due_at=at)
            )
            work.commit()
        until(lambda: len(rows(database)) == 2)
        (of_the_worker,) = [row for row in rows(database) if row.fingerprint != incident.fingerprint]
        smtp_server.wait_for(to=ONCALL, subject="Program error: ValueError at adapters/sql/members.py")
        database.close()
    assert "application/jobs.py" in of_the_worker.what
    assert incident.fingerprint in mail.text
    assert incident.fingerprint in mail.html
    assert "entrypoints/web/people.py" in mail.text
    assert "Nonsense" not in mail.text
    assert "fiona" not in mail.text
    assert len(smtp_server.messages) == 2


def status_of(server: Running, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.sql
def test_a_command_that_fails_notes_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/chapbook.db"
    upgrade(url)
    monkeypatch.setenv("CHAPBOOK_DATABASE_URL", url)
    monkeypatch.setenv("CHAPBOOK_SECRET_KEY", secrets.token_hex(32))

    def broken(*_: object, **__: object) -> None:
        raise KeyError("fiona@example.com")

    monkeypatch.setattr(Outbox, "retry_from_the_command_line", broken)
    before = list(logging.getLogger().handlers)
    result = CliRunner().invoke(cli, ["outbox", "retry", "5"], prog_name="chapbook")
    refused = CliRunner().invoke(cli, ["user", "enable", "nobody"], prog_name="chapbook")

    assert (result.exit_code, refused.exit_code) == (1, 1)
    database = Database(url)
    (incident,) = rows(database)
    database.close()
    assert incident.what.startswith("KeyError ")
    assert "entrypoints/cli/outbox.py" in incident.what
    assert "fiona" not in incident.what
    assert logging.getLogger().handlers == before
