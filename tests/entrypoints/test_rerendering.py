"""The commands that have old texts rendered anew, with real workers, on both databases."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from adapters.markdown.version import VERSION
from adapters.sql.engine import Database
from adapters.sql.migrate import newest_revision
from adapters.sql.tables import comments, posts
from domain.comments import Comment
from domain.posts import Post, PostHtml, PostText
from entrypoints.cli import cli, rerendering
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.doubles import RENDERER, put_in
from tests.entrypoints.conftest import SetUp
from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "entrypoints.cli"]
OLD = "<p>old</p>"
NOTHING = "Nothing is to do: this version made all texts.\n"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path, bare: SetUp) -> Iterator[Database]:
    """Empty, deployed, and the one of all commands."""
    url = f"sqlite:///{tmp_path}/chapbook.db"
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    bare.set(database_url=url, rate_limits="off")
    assert run("deploy").output == f"Made the tables (schema {newest_revision()}).\n"
    found = Database(url)
    yield found
    found.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="chapbook")


@contextmanager
def container() -> Iterator[Any]:
    """It renders in this process."""
    made = Container(settings=load_settings())
    put_in(made, renderer=RENDERER)
    try:
        yield made
    finally:
        made.storage().close()


def written(number: int, body: str = "Some *words*.") -> None:
    """So many posts and a comment, as a version from before left them."""
    with container() as site:
        susan = site.members().create(email="susan@example.com", username="susan", password="a horse, a battery")
        html = PostHtml(body_html=OLD, excerpt_html=OLD, cut=False, version=0)
        with site.storage().unit_of_work() as work:
            for count in range(number):
                id, text = site.new_id()(), PostText(title="", body=f"{body} {count}")
                work.posts.add(Post(id=id, author_id=susan, text=text, html=html))
            comment_id = site.new_id()()
            work.comments.add(
                Comment(id=comment_id, post_id=id, author_id=susan, body=body, body_html=OLD, html_version=0)
            )
            work.commit()


def left(database: Database) -> int:
    found = database.rows(
        select(
            select(func.count()).where(posts.c.html_version < VERSION).scalar_subquery()
            + select(func.count()).where(comments.c.html_version < VERSION).scalar_subquery()
        )
    )
    return int(found[0][0])


def htmls(database: Database) -> set[str]:
    return {row.body_html[:50] for table in (posts, comments) for row in database.rows(select(table.c.body_html))}


def jobs() -> list[dict[str, Any]]:
    rows = map(json.loads, run("outbox", "list", "--json").output.splitlines())
    return [row for row in rows if row["kind"].startswith("rerender")]


def work() -> None:
    with container() as site:
        while site.jobs().run_next():
            pass


@contextmanager
def a_worker() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*COMMAND, "worker"])
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(timeout=20) in (0, -signal.SIGKILL)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_deploying_asks_for_what_an_older_version_made(database: Database) -> None:
    written(2)

    assert run("deploy", "--dry-run").output == "It would ask the worker to render 3 texts anew.\n"
    assert jobs() == []

    results = [run("deploy"), run("deploy")]

    said = "3 texts were made by an older renderer; the worker renders them anew.\n"
    assert [(result.exit_code, result.output) for result in results] == [(0, said), (0, said)]
    (job,) = jobs()
    assert (job["state"], job["about"], job["progress"]) == ("waiting", "Render anew what an older version made", "")
    work()
    (job,) = jobs()
    assert (job["state"], job["progress"]) == ("sent", "3 of 3 texts")
    assert "3 of 3 texts" in run("outbox", "list").output
    assert left(database) == 0
    assert not any("old" in html for html in htmls(database))
    nothing = "Nothing is to do: the schema is up to date, and this version made all texts.\n"
    assert run("deploy").output == run("deploy", "--dry-run").output == nothing


def test_nothing_is_to_do_for_texts_of_this_version(database: Database) -> None:
    assert run("rerender", "--all").output == "There are no texts.\n"
    written(1)
    run("deploy")
    work()

    for options in ([], ["--no-wait"]):
        result = run("rerender", *options)
        assert (result.exit_code, result.output) == (0, NOTHING)
    assert [job["state"] for job in jobs()] == ["sent"]


def test_everything_is_rendered_when_asked_for(database: Database) -> None:
    written(2)
    with database.writing() as connection:
        connection.execute(update(posts).values(html_version=VERSION))
        connection.commit()

    result = run("rerender", "--all", "--no-wait")

    assert (result.exit_code, result.output) == (0, "3 texts in all; the worker renders them anew.\n")
    work()
    assert not any("old" in html for html in htmls(database))


def test_the_command_waits_for_the_worker_and_shows_progress(database: Database) -> None:
    written(3)

    with a_worker():
        result = run("rerender")

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "4 texts were made by an older renderer; the worker renders them anew."
    assert lines[1:] == ["4 of 4 texts", "Done."]
    assert left(database) == 0
    assert not any("old" in html for html in htmls(database))


def test_the_command_says_what_to_do_when_no_worker_runs_and_goes_on_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(1)
    monkeypatch.setattr(rerendering, "STILL_AFTER", 0.3)
    monkeypatch.setattr(rerendering, "LOOK_EVERY", 0.05)
    late = threading.Timer(2, work)
    late.start()

    result = run("rerender")

    late.join()
    assert result.exit_code == 0
    assert result.output.count("Nothing has moved") == 1
    assert "`chapbook worker`" in result.output
    assert result.output.endswith("2 of 2 texts\nDone.\n")


def test_the_command_says_that_the_worker_gave_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    written(1)
    monkeypatch.setattr(rerendering, "LOOK_EVERY", 0.05)

    def give_up() -> None:
        with container() as site, site.storage().unit_of_work() as work:
            job = work.outbox.get(int(jobs()[0]["id"]))
            job.give_up(error="all places were taken", at=site.now()())
            work.outbox.save(job)
            work.commit()

    late = threading.Timer(1, give_up)
    late.start()
    result = run("rerender")

    late.join()
    assert result.exit_code == 1
    assert "The worker gave up: all places were taken." in result.output
    assert "Done." not in result.output


def test_interrupting_the_command_leaves_the_job_there(database: Database) -> None:
    written(1)
    process = subprocess.Popen([*COMMAND, "rerender"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().startswith("2 texts were made")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert process.wait(timeout=20) == 130
    assert rest == "\nThe worker goes on. `chapbook outbox list` shows how far it is.\n"
    assert [job["state"] for job in jobs()] == ["waiting"]
    work()
    assert left(database) == 0


def test_a_worker_that_starts_looks_for_texts_of_an_older_version(database: Database) -> None:
    written(1)

    with a_worker():
        until(lambda: left(database) == 0)


def test_a_killed_worker_loses_nothing_and_another_one_goes_on(database: Database) -> None:
    written(300, "Some *words* and `code`. " * 60)
    assert run("rerender", "--no-wait").exit_code == 0
    with a_worker() as worker:
        until(lambda: left(database) < 301)
        worker.kill()
        worker.wait(timeout=20)
    there = left(database)
    assert 0 < there < 301
    (job,) = jobs()
    assert job["state"] == "waiting"
    assert run("outbox", "retry", job["id"]).exit_code == 0  # its lease would end in a minute

    with a_worker():
        until(lambda: left(database) == 0)

    assert left(database) == 0
    assert not any("old" in html for html in htmls(database))


def test_make_run_asks_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    written(1)
    with socket.create_server(("127.0.0.1", 0)) as found:
        monkeypatch.setenv("CHAPBOOK_PORT", str(found.getsockname()[1]))
    process = subprocess.Popen([*COMMAND, "dev"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == ("2 texts were made by an older renderer; the worker renders them anew.\n")
        until(lambda: left(database) == 0)
    finally:
        process.terminate()
        process.stdout.read()
        assert process.wait(timeout=40) == 0
        process.stdout.close()
