"""The command line: exit statuses that can be relied on, sentences for people, JSON for programs."""

import contextlib
import http.client
import json
import os
import pstats
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.sql.migrate import newest_revision
from domain.errors import BadCredentials
from domain.joining import Admission
from entrypoints.cli import cli
from entrypoints.cli.running import container_of
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.entrypoints.conftest import SetUp
from tests.ports import free_port

PASSWORD = "a horse, a battery"
ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., Result]

pytestmark = pytest.mark.sql


@pytest.fixture(autouse=True)
def environment(bare: SetUp) -> None:
    """That of each command."""


@pytest.fixture
def run() -> Run:
    def command(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli, arguments, input=typed, prog_name="chapbook")

    return command


@pytest.fixture
def deployed(run: Run) -> Run:
    assert run("deploy").exit_code == 0
    return run


def create(run: Run, name: str, *options: str, email: str = "") -> Result:
    return run("user", "create", email or f"{name}@example.com", name, *options, typed=f"{PASSWORD}\n")


def signs_in(name: str, password: str = PASSWORD) -> bool:
    container = Container(settings=load_settings())
    try:
        container.sessions().sign_in(client="here", email=f"{name}@example.com", password=password)
    except BadCredentials:
        return False
    finally:
        container.storage().close()
    return True


def test_every_command_has_a_help_text(run: Run) -> None:
    for command in ("", "serve", "worker", "deploy", "demo", "user", "user create", "user password", "user confirm",
                    "user disable", "user enable", "user role", "user waiting", "user admit", "user decline",
                    "shell", "outbox", "outbox list", "outbox retry",
                    "backup", "restore", "rerender", "config", "config show", "doctor", "test", "import",
                    "import flasky", "moderation", "moderation log", "moderation cases"):  # fmt: skip
        result = run(*command.split(), "--help")
        assert result.exit_code == 0, command
        assert "Usage: chapbook" in result.output


def test_a18_deploying_twice_has_the_same_result_as_once(run: Run, tmp_path: Path) -> None:
    results = [run("deploy"), run("deploy")]

    assert [result.exit_code for result in results] == [0, 0]
    assert results[0].output == f"Made the tables (schema {newest_revision()}).\n"
    assert results[1].output.startswith("Nothing is to do: ")
    assert (tmp_path / "var/chapbook.db").is_file()
    assert not (tmp_path / "var/demo-password").exists()


def test_deploying_from_two_hosts_at_once_is_safe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "entrypoints.cli", "deploy"]
    at_once = [subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}) for _ in range(2)]

    assert [process.wait(timeout=60) for process in at_once] == [0, 0]


@pytest.mark.parametrize(
    "key",
    ["", "hard to guess string", "x" * 64, "dev", "changeme" * 8, "secret-key-" * 6, "0123456789abcdef" * 4],
)
def test_w12_no_command_starts_with_a_known_key(key: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPBOOK_SECRET_KEY", key)

    for command in (["serve"], ["deploy"], ["worker"], ["config", "show"], ["user", "create", "a@example.com", "a"]):
        result = run(*command)
        assert result.exit_code == 1
        assert "Set CHAPBOOK_SECRET_KEY to at least 32 random bytes that nobody else knows." in result.output
        assert not key or key not in result.output
    assert not Path("var").exists()


def test_w12_the_application_does_not_start_with_a_known_key(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = os.environ | {"PYTHONPATH": str(ROOT), "CHAPBOOK_SECRET_KEY": "hard to guess string"}

    ended = subprocess.run(
        [sys.executable, "-c", "import entrypoints.wsgi"], env=environ, capture_output=True, check=False, text=True
    )

    assert ended.returncode != 0
    assert "Set CHAPBOOK_SECRET_KEY" in ended.stderr
    assert "hard to guess string" not in ended.stderr


def test_all_invalid_settings_are_reported_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPBOOK_STORAGE", "clay")
    monkeypatch.setenv("CHAPBOOK_POSTS_PER_PAGE", "many")

    result = run("config", "show")

    assert result.exit_code == 1
    assert "Set CHAPBOOK_STORAGE to `sql` or `memory`." in result.output
    assert "Set CHAPBOOK_POSTS_PER_PAGE to a whole number from 1 to 100." in result.output


def test_a_member_is_created_with_a_password_from_standard_input(deployed: Run) -> None:
    result = create(deployed, "susan", "--confirmed")

    assert (result.exit_code, result.output) == (0, "susan is a member.\n")
    assert signs_in("susan")
    assert not signs_in("susan", "another one entirely")


def test_an_invalid_member_is_refused_with_all_reasons(deployed: Run) -> None:
    create(deployed, "susan")

    taken = create(deployed, "SUSAN", email="other@example.com")
    again = create(deployed, "other", email="Susan@example.com")
    wrong = deployed("user", "create", "nobody", "1st", typed="short\n")
    role = create(deployed, "erik", "--role", "King")

    assert [result.exit_code for result in (taken, again, wrong, role)] == [1, 1, 1, 1]
    assert "username: This username is taken." in taken.output
    assert "email: Another account has this address already." in again.output
    for word in ("email:", "username:", "password:"):
        assert word in wrong.output
    assert "role: Please choose one of these." in role.output


def test_a_command_sets_the_role_and_state_of_a_member(deployed: Run) -> None:
    create(deployed, "susan")
    create(deployed, "ada", "--role", "Administrator", "--confirmed")

    said = {
        command: deployed(*command.split())
        for command in (
            "user confirm susan",
            "user role susan Moderator",
            "user disable susan",
            "user enable SUSAN",
        )
    }

    assert {command: result.exit_code for command, result in said.items()} == dict.fromkeys(said, 0)
    assert said["user role susan Moderator"].output == "susan is Moderator.\n"
    assert signs_in("susan")
    assert deployed("user", "disable", "susan").exit_code == 0
    assert not signs_in("susan")


def test_commands_say_who_waits_and_decide_about_them(deployed: Run) -> None:
    for name in ("david", "erik", "fay"):
        create(deployed, name, "--confirmed")
    assert deployed("user", "waiting").output == ""
    container = Container(settings=load_settings())
    with container.storage().unit_of_work() as work:
        for name in ("david", "erik"):
            account = work.accounts.find_by_username(name)
            assert account is not None
            account.admission, account.why = Admission.APPROVAL, f"{name} likes\n\x1b[2Jsoup."
            work.accounts.save(account)
        work.commit()
    container.storage().close()

    lines = deployed("user", "waiting").output.splitlines()
    assert [line.partition(",")[0] for line in lines] == ["david", "erik"]
    assert lines[0].endswith(": david likes \\u001b[2Jsoup.")
    told = [json.loads(line) for line in deployed("user", "waiting", "--json").output.splitlines()]
    assert [(each["username"], each["why"], each["invited_by"]) for each in told] == [
        ("david", "david likes\n\x1b[2Jsoup.", None),
        ("erik", "erik likes\n\x1b[2Jsoup.", None),
    ]
    assert deployed("user", "admit", "DAVID").output == "DAVID is a member now.\n"
    assert deployed("user", "decline", "erik", "--reason", "x" * 501).exit_code == 1
    assert deployed("user", "decline", "erik", "--reason", "Spam.").output == "erik is declined.\n"
    for name, said in (
        ("david", "This person is a member already"),
        ("erik", "Somebody else has declined this person already"),
        ("fay", "This person is a member already"),
        ("nobody", "There is no such thing."),
    ):
        for verb in ("admit", "decline"):
            result = deployed("user", verb, name)
            assert result.exit_code == 1
            assert said in result.output
    assert deployed("user", "waiting").output == ""


def test_a_deploy_asks_for_those_who_wait_because_of_a_mode_that_was_left(deployed: Run) -> None:
    create(deployed, "david", "--confirmed")
    container = Container(settings=load_settings())
    with container.storage().unit_of_work() as work:
        account = work.accounts.find_by_username("david")
        assert account is not None
        account.admission = Admission.APPROVAL
        work.accounts.save(account)
        work.commit()

    assert "Nobody has to wait for a moderator any more" in deployed("deploy").output
    while container.jobs().run_next():
        pass

    assert not container.storage().member_feeds.member(None, "david").waits
    container.storage().close()


def test_w23_a_command_cannot_remove_the_last_administrator(deployed: Run) -> None:
    create(deployed, "ada", "--role", "Administrator", "--confirmed")

    for command in (["user", "disable", "ada"], ["user", "role", "ada", "User"]):
        result = deployed(*command)
        assert result.exit_code == 1
        assert "Somebody has to run this place" in result.output


def test_a_password_is_set_from_standard_input(deployed: Run) -> None:
    create(deployed, "susan")

    assert deployed("user", "password", "susan", typed="seven quiet herons\n").exit_code == 0
    assert signs_in("susan", "seven quiet herons")
    refused = deployed("user", "password", "susan", typed="password\n")
    assert refused.exit_code == 1
    assert "password: This is one of the passwords that are tried first." in refused.output


def test_an_unknown_member_is_not_found(deployed: Run) -> None:
    for command in (
        ["user", "confirm", "nobody"],
        ["user", "disable", "nobody"],
        ["user", "role", "nobody", "User"],
        ["user", "password", "nobody"],
        ["outbox", "retry", "5"],
    ):
        result = deployed(*command, typed=f"{PASSWORD}\n")
        assert result.exit_code == 1, command
        assert "There is no such thing." in result.output


def test_an_unknown_command_or_an_invalid_number_is_a_usage_error(deployed: Run) -> None:
    for command in (["dance"], ["user", "role", "susan"], ["outbox", "retry", "x"], ["outbox", "retry", str(2**63)]):
        assert deployed(*command).exit_code == 2, command


def test_the_moderation_log_is_listed_as_lines_and_as_json(deployed: Run) -> None:
    deployed("user", "create", "susan@example.com", "susan", "--confirmed", typed=PASSWORD)
    assert deployed("user", "role", "susan", "Moderator").exit_code == 0

    for_people, for_programs = deployed("moderation", "log"), deployed("moderation", "log", "--json")

    assert for_people.output.endswith("  the command line: Gave @susan the role Moderator\n")
    entry = json.loads(for_programs.output)
    assert (entry["act"], entry["actor"], entry["about"], entry["body"]) == ("role", None, "susan", "Moderator")


def test_the_moderation_log_keeps_to_what_one_member_did(deployed: Run) -> None:
    for name in ("susan", "mary"):
        deployed("user", "create", f"{name}@example.com", name, "--confirmed", typed=PASSWORD)
    deployed("user", "role", "mary", "Moderator")
    container = Container(settings=load_settings())
    ids = {name: container.storage().member_feeds.member(None, name).id for name in ("susan", "mary")}
    post_id = container.posts().publish(actor_id=ids["susan"], title="", body="Buy soup.")
    container.moderation().hide_post(actor_id=ids["mary"], post_id=post_id, reason="Spam.")
    container.members().edit_profile(actor_id=ids["mary"], username="maria", password=PASSWORD)
    container.storage().close()

    for name in ("maria", "mary"):
        done = deployed("moderation", "log", "--by", name)
        assert done.exit_code == 0
        (line,) = done.output.splitlines()
        assert line.endswith("  @maria: Hid a post by @susan: Spam.")
    entry = json.loads(deployed("moderation", "log", "--by", "mary", "--json").output)
    assert (entry["actor"], entry["act"]) == ("maria", "hide")
    nothing = deployed("moderation", "log", "--by", "susan")
    assert (nothing.exit_code, nothing.output) == (0, "")
    for name in ("nobody", "no body", ""):
        refused = deployed("moderation", "log", "--by", name)
        assert (refused.exit_code, refused.output) == (1, "Error: There is no such thing.\n")


def test_cases_that_wait_are_listed_as_lines_and_as_json(deployed: Run) -> None:
    nothing, no_json = deployed("moderation", "cases"), deployed("moderation", "cases", "--json")
    assert (nothing.exit_code, nothing.output, no_json.output) == (0, "No case waits.\n", "")
    for name in ("susan", "david", "eve", "mary"):
        deployed("user", "create", f"{name}@example.com", name, "--confirmed", typed=PASSWORD)
    container = Container(settings=load_settings())
    ids = {name: container.storage().member_feeds.member(None, name).id for name in ("susan", "david", "eve", "mary")}
    container.members().edit_profile(actor_id=ids["susan"], name="\u05d0 Susan")
    post_id = container.posts().publish(actor_id=ids["susan"], title="", body="Buy \x1b[31m soup.")
    reporting = container.reporting()
    reporting.report_person(actor_id=ids["eve"], username="david", kind="other", text="\x1b[2J")
    for name, kind in (("david", "abuse"), ("eve", "spam"), ("mary", "spam")):
        reporting.report_post(actor_id=ids[name], post_id=post_id, kind=kind)
    container.storage().close()

    for_people, for_programs = deployed("moderation", "cases"), deployed("moderation", "cases", "--json")

    assert [line.partition("  ")[2] for line in for_people.output.splitlines()] == [
        "a post of  \u05d0 Susan  ( @susan ): spam, abuse (3 reports, urgent)",
        "@david: other (1 report)",
    ]
    urgent, other = map(json.loads, for_programs.output.splitlines())
    assert (urgent["about"], urgent["report_count"], urgent["kinds"]) == ("susan", 3, ["spam", "abuse"])
    assert (other["subject_kind"], other["reports"][0]["by"], other["act"]) == ("person", "eve", None)


def test_a_member_is_sanctioned_and_the_sanctions_are_lifted(deployed: Run) -> None:
    deployed("user", "create", "susan@example.com", "susan", "--confirmed", typed=PASSWORD)
    deployed("user", "create", "ada@example.com", "ada", "--confirmed", "--role", "Administrator", typed=PASSWORD)

    done = deployed("user", "sanction", "susan", "suspend", "--days", "3", "--reason", "Spam.", "--rule", "2")
    assert (done.exit_code, done.output) == (0, "susan: suspend.\n")
    lifted = deployed("user", "lift", "susan")
    assert (lifted.exit_code, lifted.output) == (0, "The sanctions of susan are lifted.\n")

    lines = deployed("moderation", "log").output.splitlines()
    assert [line.partition("  ")[2].partition(" until ")[0] for line in lines] == [
        "the command line: Lifted the sanctions of @susan: Lifted from the command line.",
        "the command line: Suspended @susan",
    ]
    for words, refusal in (
        (["sanction", "susan", "ban", "--reason", "x"], "act: Please choose one of these."),
        (["sanction", "susan", "warn", "--days", "400", "--reason", "x"], ""),
        (["sanction", "susan", "silence", "--days", "400", "--reason", "x"], "days: Please give a number of days"),
        (["sanction", "ada", "silence", "--reason", "x"], "Nobody sanctions an administrator."),
        (["sanction", "nobody", "warn", "--reason", "x"], "There is no such thing."),
        (["lift", "susan"], "No sanction of this member holds now"),
    ):
        refused = deployed("user", *words)
        assert (refused.exit_code == 1, refusal in refused.output) == (bool(refusal), True), words


def test_the_outbox_is_listed_as_a_table_and_as_json(deployed: Run) -> None:
    container = Container(settings=load_settings())
    container.passwords().request_reset(client="here", email="susan@example.com")
    container.storage().close()

    for_people, for_programs = deployed("outbox", "list"), deployed("outbox", "list", "--json")

    assert for_people.exit_code == for_programs.exit_code == 0
    assert "Reset the password of the account at susan@example.com" in for_people.output
    (row,) = map(json.loads, for_programs.output.splitlines())
    assert (row["kind"], row["address"], row["state"], row["attempts"]) == (
        "reset_password",
        "susan@example.com",
        "waiting",
        0,
    )
    assert isinstance(row["id"], str)
    retried = deployed("outbox", "retry", row["id"])
    assert (retried.exit_code, retried.output) == (0, "The worker will try it again now.\n")

    jobs = Container(settings=load_settings()).jobs()
    while jobs.run_next():
        pass
    retried = deployed("outbox", "retry", row["id"])
    assert (retried.exit_code, retried.output) == (1, "Error: There is nothing left to try: this is done.\n")


def test_settings_are_shown_without_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    key = os.environ["CHAPBOOK_SECRET_KEY"]
    monkeypatch.setenv("CHAPBOOK_MAIL_URL", "smtp://postman:hushhush@mail.example.com:25")
    monkeypatch.setenv("CHAPBOOK_DATABASE_URL", "postgresql://app:hushhush@db.example.com/app")

    plain, as_json = run("config", "show"), run("config", "show", "--json")

    assert plain.exit_code == as_json.exit_code == 0
    for output in (plain.output, as_json.output):
        assert key not in output
        assert "hushhush" not in output
    assert "CHAPBOOK_POSTS_PER_PAGE=20" in plain.output.splitlines()
    assert json.loads(as_json.output)["posts_per_page"] == 20


def test_a_database_that_is_not_deployed_is_not_served(run: Run) -> None:
    result = run("serve")

    assert result.exit_code == 1
    assert "Run `chapbook deploy`" in result.output


def test_commands_refuse_the_memory_storage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPBOOK_STORAGE", "memory")

    for command in (
        ["deploy"],
        ["backup", "b.tar"],
        ["restore", "b.tar"],
        ["worker"],
        ["demo"],
        ["shell"],
        ["user", "create", "susan@example.com", "susan"],
        ["user", "confirm", "susan"],
        ["outbox", "list"],
        ["outbox", "retry", "5"],
        ["rerender"],
    ):
        result = run(*command, typed=f"{PASSWORD}\n")
        assert result.exit_code == 1, command
        assert "everything lives in the serving process" in result.output


def test_a11_the_shell_has_use_cases_and_feeds(deployed: Run) -> None:
    create(deployed, "susan")

    result = deployed("shell", typed="print(people_feeds.profile(None, 'susan').username.upper(), posts, container)\n")

    assert result.exit_code == 0
    assert "SUSAN" in result.output


def test_a_demo_needs_an_empty_storage(deployed: Run) -> None:
    create(deployed, "susan")

    result = deployed("demo")

    assert result.exit_code == 1
    assert "There are members already" in result.output
    assert not Path("var/demo-password").exists()


def test_a_worker_ends_when_its_parent_ends(deployed: Run) -> None:
    assert deployed("worker", "--stay-with", str(2**22 + 1)).exit_code == 0


def test_each_request_is_profiled_and_written_into_a_file_of_its_own(tmp_path: Path) -> None:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CHAPBOOK_")}
    environ |= {
        "PYTHONPATH": str(ROOT),
        "CHAPBOOK_PORT": str(port),
        "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
        "CHAPBOOK_STORAGE": "memory",
    }
    command = [sys.executable, "-m", "entrypoints.cli", "profile", "--length", "7", "--dir", "profiles"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            next(line for line in server.stdout if line.startswith("Chapbook is profiled"))
            long = "/" + "a" * 3_000
            statuses = [status_of(port, path) for path in ("/@warden", "/confirm/a-token", "/healthz", long)]
        finally:
            server.terminate()
            said, _ = server.communicate(timeout=30)

    assert statuses == [404, 404, 200, 404]
    assert server.returncode == 0
    assert said.count("Ordered by: cumulative time") == 4
    assert "a-token" not in said
    assert said.count("due to restriction <7>") == 4
    names = sorted(path.name for path in (tmp_path / "profiles").iterdir())
    assert [name.split(".")[2:4] for name in names] == [
        ["GET", "warden"],
        ["GET", "confirm"],
        ["GET", "healthz"],
        ["GET", "a" * 80],
    ]
    for name in names:
        assert pstats.Stats(str(tmp_path / "profiles" / name)).get_stats_profile().total_tt > 0


def status_of(port: int, path: str) -> int:
    for _ in range(100):  # it listens in a moment
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(ConnectionRefusedError):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        time.sleep(0.1)
    raise AssertionError("nobody listens")


def test_w30_the_test_command_returns_the_exit_status_of_the_tests(tmp_path: Path) -> None:
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text("def test_it() -> None:\n    assert 1 + 1 == 2\n")
    bad.write_text("def test_it() -> None:\n    assert 1 + 1 == 3\n")

    command = [sys.executable, "-m", "entrypoints.cli", "test", "--", "-q", "-p", "no:cacheprovider"]
    running = {
        path: subprocess.Popen(
            [*command, str(path)], env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
        )
        for path in (good, bad)
    }
    for process in running.values():
        process.communicate(timeout=120)

    assert (running[good].returncode, running[bad].returncode) == (0, 1)


def test_the_test_command_reports_that_the_tests_are_not_installed(tmp_path: Path) -> None:
    for package in ("domain", "application", "adapters", "entrypoints", "migrations"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))

    done = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", "test"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "run this in a checkout" in done.stderr


def test_all_tests_together_fail_when_they_reach_too_little_of_the_code(tmp_path: Path) -> None:
    for package in ("domain", "application", "adapters", "entrypoints", "migrations"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it() -> None:\n    import domain.ids\n")
    # A run that is measured itself must not measure this one.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

    def covered(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "entrypoints.cli", "test", "--coverage", *arguments]
        return subprocess.run(
            command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )

    whole, part = covered(), covered("tests/test_it.py")

    assert whole.returncode != 0
    assert "less than fail-under=95" in whole.stdout
    assert "less than fail-under=100" in whole.stdout
    assert part.returncode == 0, part.stdout
    assert "domain/accounts.py" in part.stdout


def test_the_server_reports_that_it_is_ready_and_ends_on_a_signal(deployed: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "CHAPBOOK_PORT": str(port), "CHAPBOOK_WORKERS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "entrypoints.cli", "serve", "--worker"],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Chapbook is ready: http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert b"More about this place" in answer.read()
            assert "chapbook" not in answer.headers.get("Server", "").lower()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        process.stdout.read()
        assert process.wait(timeout=40) == 0
        process.stdout.close()


def test_commands_do_without_what_only_a_server_needs(deployed: Run, tmp_path: Path) -> None:
    """Each of these imports takes longer than the command."""
    program = (
        "import sys\nfrom entrypoints.cli import cli\ncli(['outbox', 'list'], standalone_mode=False)\n"
        "print(sorted({'flask', 'gunicorn', 'prometheus_client', 'waitress'} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_a_reader_of_the_output_who_leaves_is_no_program_error(deployed: Run, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BrokenPipeError), container_of(load_settings()):
        raise BrokenPipeError  # as click.echo does; click then ends with status 1

    assert caplog.records == []


def test_the_command_line_lists_tags_and_renames_one_on_the_record(deployed: Run) -> None:
    create(deployed, "susan", "--confirmed")
    container = Container(settings=load_settings())
    author = container.storage().people_feeds.profile(None, "susan")
    post_id = container.posts().publish(actor_id=author.id, title="", body="Soup.", tags=["suppe", "fog"])
    container.storage().close()

    assert deployed("tag", "rename", "#Suppe", "soup").output == "soup\n"
    assert sorted(deployed("tag", "list").output.splitlines()) == ["fog (1 post)", "soup (1 post)"]
    assert json.loads(deployed("tag", "list", "--json").output.splitlines()[0])["post_count"] == 1
    assert "#suppe → #soup" in deployed("moderation", "log").output
    refused = deployed("tag", "rename", "nothing", "soup")
    assert refused.exit_code == 1
    assert deployed("tag", "rename", "soup", "a b").exit_code == 1
    assert post_id
