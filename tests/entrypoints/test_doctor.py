"""`chapbook doctor` itself: its answers in text and JSON, its exit status, and that nothing stops it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from application.storage import StorageFault
from domain.errors import TryAgain
from domain.roles import Role
from entrypoints.cli import cli
from entrypoints.doctor import CHECKS, look
from entrypoints.doctor.findings import Findings, Found, Level, Named, fault, warning, well
from tests.api.running import Running, running
from tests.entrypoints.conftest import SetUp
from tests.smtp_server import SmtpServer


def doctor(*words: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *words], prog_name="chapbook")


# The runner.


def given() -> Findings:
    yield Found("number", 7)
    yield well("A number is there.")


def takes(number: int, plus: int = 1) -> Findings:
    yield well(f"It is {number + plus}.")


def breaks() -> Findings:
    yield warning("Something is odd.", "Look.")
    raise RuntimeError("a secret")


def is_busy() -> Findings:
    yield from ()
    raise TryAgain


def has_no_database() -> Findings:
    yield from ()
    raise StorageFault("missing", "/srv/site.db")


@pytest.fixture
def hangs() -> Iterator[Named]:
    ended = threading.Event()

    def check() -> Findings:
        yield well("So far.")
        ended.wait(20)

    yield Named("hangs", check, seconds=0.1)
    ended.set()


def test_checks_go_on_whatever_happens_to_one_of_them(hangs: Named) -> None:
    checks = [
        *(Named("given", given), Named("breaks", breaks), Named("busy", is_busy), Named("gone", has_no_database)),
        *(hangs, Named("takes", takes)),
    ]

    found = list(look(checks=checks))

    assert [(each.check, each.level, each.says) for each in found] == [
        ("given", Level.OK, "A number is there."),
        ("breaks", Level.WARNING, "Something is odd."),
        ("breaks", Level.FAULT, "This check broke: RuntimeError."),
        ("busy", Level.FAULT, "The database was busy, away, or could not write."),
        ("gone", Level.FAULT, "The database cannot be used."),
        ("hangs", Level.OK, "So far."),
        ("hangs", Level.FAULT, "This check was not through after 0.1 seconds."),
        ("takes", Level.OK, "It is 8."),
    ]
    assert all(each.remedy for each in found if each.level in (Level.WARNING, Level.FAULT))
    assert "There is no database /srv/site.db." in found[4].remedy


def test_every_check_has_a_name_of_its_own_and_what_it_takes_can_be_missing(bare: SetUp) -> None:
    assert len({each.name for each in CHECKS}) == len(CHECKS)
    bare.set(port="eighty")

    found = list(look(counters=True))

    looked = {each.check for each in found if each.level is not Level.UNKNOWN}
    assert looked == {"settings", "secrets", "translations", "static files"}
    assert {each.check for each in found} == {each.name for each in CHECKS} | {"counters"}


# The command.


def test_broken_settings_are_json_too(bare: SetUp) -> None:
    bare.set(secret_key="", mail_url="pigeon://me:mellon@home")

    result = doctor("--json")

    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["count"]["fault"] == 2
    assert [each["remedy"][:24] for each in said["findings"] if each["level"] == "fault"] == [
        "Set CHAPBOOK_SECRET_KEY ",
        "Set CHAPBOOK_MAIL_URL to",
    ]
    assert "mellon" not in result.output


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Named]]:
    """The checks that the command makes."""
    checks: list[Named] = []
    monkeypatch.setattr("entrypoints.doctor.look", lambda **options: look(checks=checks, **options))
    yield checks


def some() -> Findings:
    yield well("All is right.", "one", "two")
    yield warning("It is odd.", "Look at it.")
    yield fault("It broke.", "Mend it.")


def test_faults_stand_out_with_their_remedies(bare: SetUp, checked: list[Named]) -> None:
    checked.append(Named("thing", some))

    result = doctor()

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "ok      thing: All is right.",
        "        one",
        "        two",
        "WARNING thing: It is odd.",
        "        -> Look at it.",
        "FAULT   thing: It broke.",
        "        -> Mend it.",
        "",
        "1 fault, 1 warning.",
    ]


def odd() -> Findings:
    yield warning("It is odd.", "Look at it.")


def test_warnings_alone_are_no_failure(bare: SetUp, checked: list[Named]) -> None:
    checked.append(Named("thing", odd))

    assert doctor().exit_code == 0


# The whole.


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, SmtpServer]]:
    """A site with a worker and a mail server, in processes of their own."""
    folder: Path = tmp_path_factory.mktemp("served")
    with SmtpServer() as mail, running(folder, CHAPBOOK_MAIL_URL=mail.url) as server:
        yield server, mail


@pytest.fixture
def site(served: tuple[Running, SmtpServer], bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    server, _ = served
    monkeypatch.chdir(server.folder)
    for name, value in server.environment.items():
        if name.startswith("CHAPBOOK_"):
            monkeypatch.setenv(name, value)
    container = bare.container()
    if container.storage().member_feeds.is_empty():
        container.members().create(
            email="ada@example.com", username="ada", password="a horse, a battery", role=Role.ADMINISTRATOR,
            confirmed=True,
        )  # fmt: skip
    container.storage().close()
    return bare


@pytest.mark.sql
def test_a_set_up_that_is_well_has_no_fault_and_no_warning(site: SetUp, served: tuple[Running, SmtpServer]) -> None:
    result = doctor("--json")

    said = json.loads(result.stdout)
    assert {each["check"]: each for each in said["findings"] if each["level"] != "ok"} == {}
    assert result.exit_code == 0
    assert [each["check"] for each in said["findings"]] == [each.name for each in CHECKS]
    assert served[1].messages == []
    in_text = doctor("--mend")
    assert in_text.exit_code == 0
    assert "ok      counters: They are what they count.\n" in in_text.stdout
    assert in_text.stdout.endswith("\n\n0 faults, 0 warnings.\n")
    for secret in (served[0].environment["CHAPBOOK_SECRET_KEY"], "ada"):
        assert secret not in in_text.output + result.output


@pytest.mark.sql
def test_several_things_that_are_broken_are_all_said(site: SetUp) -> None:
    site.set(trusted_proxies="1", allowed_hosts="www.example.com", mail_url="smtp://127.0.0.1:1", workers="2")

    result = doctor("--json")

    assert result.exit_code == 1
    broken = {each["check"] for each in json.loads(result.stdout)["findings"] if each["level"] == "fault"}
    assert broken == {"hosts", "mail", "proxies"}
