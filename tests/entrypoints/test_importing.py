"""`chapbook import flasky`, on both databases: what it says, how it ends, and that it goes on after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from werkzeug.security import generate_password_hash

from application.ports.paging import Window
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.entrypoints.conftest import SetUp
from tests.flasky_site import BEGINNING, FlaskySite, inhabited
from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent.parent
ALL = Window(100)

pytestmark = pytest.mark.sql


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def urls(request: pytest.FixtureRequest, tmp_path: Path, bare: SetUp) -> tuple[str, str]:
    """Of the old site, and of the new one, which is deployed."""
    old, new = f"sqlite:///{tmp_path}/data.sqlite", f"sqlite:///{tmp_path}/chapbook.db"
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        old, new = server.create_database(), server.create_database()
    bare.set(database_url=new)
    assert run("deploy").exit_code == 0
    return old, new


@pytest.fixture
def old(urls: tuple[str, str]) -> FlaskySite:
    return FlaskySite(urls[0])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="chapbook")


@contextmanager
def container() -> Iterator[Any]:
    made = Container(settings=load_settings())
    try:
        yield made
    finally:
        made.storage().close()


def drifts() -> list[object]:
    with container() as site:
        return [drift for part in site.mending().compare_counters() for drift in part.drifts]


def test_a_community_comes_and_its_members_sign_in(old: FlaskySite) -> None:
    inhabited(old)

    result = run("import", "flasky", old.url)

    assert result.exit_code == 0, result.output
    assert "  Users: 5 brought\n  Posts: 3 brought\n  Comments: 3 brought\n" in result.output
    assert "  Follows: 3 brought, 5 of oneself, not needed here\n" in result.output
    assert "Administrators (1):\n  user 1: ada\n" in result.output
    assert "Users: 5 of 5\nPosts: 3 of 3\nComments: 3 of 3\nFollows: 8 of 8\n" in result.output
    with container() as site:
        for name in ("ada", "david@example.com"):
            site.sessions().sign_in(client="here", email=name, password="cat")
        with site.storage().unit_of_work() as work:
            assert work.accounts.find_by_username("ada").password_hash.startswith("$argon2id$")
        posts = site.storage().post_feeds.whole_latest(None, ALL).page.items
        assert posts[-1].body_html == "<p>Soup is a <em>kind</em> of hope.</p>"
        assert site.storage().outbox_feeds.latest(ALL).items == ()
    assert drifts() == []

    again = run("import", "flasky", old.url)
    assert again.exit_code == 0
    assert "  Users: 0 brought, 5 brought before\n" in again.output


def test_what_is_left_out_is_told_and_ends_with_a_status_of_its_own(old: FlaskySite, tmp_path: Path) -> None:
    for number in range(30):
        old.post(None, f"Lost {number}")
    susan = old.user("susan")
    old.user("Susan", email="other@example.com\x1b[2J", member_since=None)

    dry = run("import", "flasky", old.url, "--dry-run", "--report", "dry.jsonl")
    result = run("import", "flasky", old.url, "--report", "report.jsonl")

    assert (dry.exit_code, result.exit_code) == (3, 3)
    assert "Would come:\n  Users: 2 new\n  Posts: 0 new, 30 left out\n" in dry.output
    assert "Left out (30):\n  post 1 (its author does not exist there)\n" in result.output
    assert "  … 10 more stand in report.jsonl\n" in result.output
    assert "user 2: Susan -> Susan_2 (it was taken, at least in another case)" in result.output
    assert "\x1b" not in result.output
    lines = [json.loads(line) for line in Path("report.jsonl").read_text("ascii").splitlines()]
    assert lines == [json.loads(line) for line in Path("dry.jsonl").read_text("ascii").splitlines()]
    assert {name: value for name, value in lines[-1].items() if name != "why"} == {
        "kind": "post",
        "number": 30,
        "outcome": "left_out",
        "code": "no_author",
        "before": "Lost 29",
    }
    assert Path("report.jsonl").stat().st_mode & 0o077 == 0
    assert susan == 1


def test_a_database_that_cannot_be_read_is_told_in_a_sentence(urls: tuple[str, str], tmp_path: Path) -> None:
    old, new = urls
    for url, said in {
        "nonsense": "This is no address of a database.",
        "sqlite:////missing": "There is no database /missing.",
        "mysql://root@localhost/flasky": "move the old database to PostgreSQL or SQLite first",
        new: "is none of Flasky",
    }.items():
        result = run("import", "flasky", url)
        assert result.exit_code == 1, url
        assert said in result.output
    FlaskySite(old).user("susan")
    assert "/nowhere/report cannot be written" in run("import", "flasky", old, "--report", "/nowhere/report").output


def test_a_report_that_cannot_be_written_any_more_stops_the_import_and_what_came_is_shown(old: FlaskySite) -> None:
    with_many_rows(old, users=201, posts=1, comments=1)
    old.change("UPDATE users SET username = 'User1' WHERE id = 201")

    result = run("import", "flasky", old.url, "--report", "/dev/full")

    assert result.exit_code == 1
    assert "Stopped. Until then:\n  Users: 200 brought\n" in result.output
    assert result.output.endswith("/dev/full cannot be written (No space left on device).\n")
    assert run("import", "flasky", old.url, "--report", "report").exit_code == 0
    assert '"before": "User1"' in Path("report").read_text("ascii")


def test_another_old_site_is_refused(old: FlaskySite, tmp_path: Path) -> None:
    old.user("susan")
    other = FlaskySite(f"sqlite:///{tmp_path}/other.sqlite")
    other.user("kim", member_since="2020-02-02 10:00:00.000000")
    assert run("import", "flasky", old.url).exit_code == 0

    result = run("import", "flasky", other.url)

    assert result.exit_code == 1
    assert "Another Flasky site was brought here before" in result.output


def test_a_killed_import_goes_on_and_doubles_nothing(old: FlaskySite) -> None:
    with_many_rows(old, users=450, posts=900, comments=900)
    killed = 0
    for seconds in (1.2, 1.8, 2.6):
        process = subprocess.Popen([sys.executable, "-m", "entrypoints.cli", "import", "flasky", old.url])
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        killed += process.wait(timeout=30) == -signal.SIGKILL
        assert drifts() == []
    assert killed

    assert run("import", "flasky", old.url).exit_code == 0

    with container() as site:
        storage = site.storage()
        assert storage.member_feeds.counts().members == 450
        assert storage.post_feeds.whole_latest(None, ALL).count == 900
        assert storage.comment_feeds.latest(None, ALL).count == 900
    assert drifts() == []


def with_many_rows(old: FlaskySite, *, users: int, posts: int, comments: int) -> None:
    """Each user follows three others."""
    is_sqlite = old.url.startswith("sqlite")
    hashed = generate_password_hash("cat", "pbkdf2:sha256:1000")

    def at(seconds: int) -> Any:
        moment = BEGINNING.fromtimestamp(BEGINNING.timestamp() + seconds)
        return moment.isoformat(" ", "microseconds") if is_sqlite else moment

    old.add(
        "users",
        *(
            {
                "id": number,
                "username": f"user{number}",
                "email": f"user{number}@example.com",
                "password_hash": hashed,
                "role_id": 1,
                "confirmed": True,
                "member_since": at(number),
            }
            for number in range(1, users + 1)
        ),
    )
    words = "Some *words* with a [link](https://example.com) and `code`, once more.\n\n" * 3
    for name in ("posts", "comments"):
        old.add(
            name,
            *(
                {
                    "id": number,
                    "body": f"{number}: {words if name == 'posts' else 'A *comment*.'}",
                    "author_id": number % users + 1,
                    "timestamp": at(users + number),
                }
                | ({"post_id": number} if name == "comments" else {})
                for number in range(1, (posts if name == "posts" else comments) + 1)
            ),
        )
    old.add(
        "follows",
        *(
            {"follower_id": number, "followed_id": (number + step) % users + 1, "timestamp": at(number)}
            for number in range(1, users + 1)
            for step in (-1, 4, 9)
        ),
    )


@pytest.mark.long
def test_a_large_community_comes_in_bounded_memory(old: FlaskySite, capsys: pytest.CaptureFixture[str]) -> None:
    with_many_rows(old, users=2_000, posts=20_000, comments=4_000)
    started = time.monotonic()

    process = subprocess.Popen([sys.executable, "-m", "entrypoints.cli", "import", "flasky", old.url])
    # Of this process and its own alone, and not of others that the tests have started.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - started

    assert process.returncode == 0
    mebibytes = usage.ru_maxrss // 1024
    with capsys.disabled():
        sys.stdout.write(f"\n2,000 users and 20,000 posts in {took:.0f} s, at most {mebibytes} MiB\n")
    with container() as site:
        assert site.storage().post_feeds.whole_latest(None, ALL).count == 20_000
    assert drifts() == []
    assert mebibytes < 400
