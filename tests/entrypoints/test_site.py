"""`chapbook site`: a whole site in a file, from one database into another."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from adapters.sql.migrate import upgrade
from application.moving.lines import LONGEST_LINE
from domain.posts import Post, PostHtml, PostText
from entrypoints.cli import cli, site
from entrypoints.cli.running import container_of
from entrypoints.settings import load_settings
from tests.doubles import PaintedPictures, put_in
from tests.entrypoints.conftest import SetUp
from tests.postgres import PostgresServer
from tests.use_cases.test_moving import GOOD, REFUSED

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "entrypoints.cli", "site"]
PASSWORD = "a horse, a battery"

pytestmark = pytest.mark.sql


@pytest.fixture(autouse=True)
def environment(bare: SetUp) -> None:
    bare.set(database_url=f"sqlite:///{bare.folder}/site.db")


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """All further commands use this database, which is deployed."""

    def choose(url: str) -> None:
        upgrade(url)
        monkeypatch.setenv("CHAPBOOK_DATABASE_URL", url)

    return choose


@pytest.fixture
def empty(url: str, on: Callable[[str], None]) -> None:
    """Each of the two databases."""
    on(url)


@pytest.fixture
def deployed(tmp_path: Path, on: Callable[[str], None]) -> None:
    """One database, for what is the same with each."""
    on(f"sqlite:///{tmp_path}/site.db")


def run(*arguments: str, typed: bytes = b"") -> Result:
    return CliRunner().invoke(cli, ["site", *arguments], input=typed, prog_name="chapbook")


def inhabit(posts: int = 1, body: str = "Hello.") -> None:
    with container_of(load_settings()) as container:
        ada = container.members().create(email="ada@example.com", username="ada", password=PASSWORD, confirmed=True)
        html = PostHtml(body_html=f"<p>{body}</p>", excerpt_html="", cut=False, version=10_000)
        with container.storage().unit_of_work() as work:
            for _ in range(posts):
                text = PostText(title="", body=body)
                work.posts.add(Post(id=container.new_id()(), author_id=ada, text=text, html=html))
            work.commit()


def is_empty() -> bool:
    with container_of(load_settings()) as container:
        return bool(container.storage().member_feeds.is_empty())


def signs_in() -> str:
    with container_of(load_settings()) as container:
        return str(container.sessions().sign_in(client="here", email="ada@example.com", password=PASSWORD).secret)


@pytest.mark.postgres
def test_a_site_moves_to_postgresql_and_back(
    tmp_path: Path, on: Callable[[str], None], postgres_server: PostgresServer
) -> None:
    on(f"sqlite:///{tmp_path}/first.db")
    inhabit(3)
    files = [tmp_path / f"{number}.jsonl" for number in range(3)]
    told = run("export", str(files[0])).output
    assert told.startswith(
        "Exported 4 records (accounts: 1, former names: 0, invitations: 0, follows: 0, mutes: 0,"
        " notification settings: 0, pictures: 0, posts: 3,"
    )

    for file, following, url in (
        (files[0], files[1], postgres_server.create_database()),
        (files[1], files[2], f"sqlite:///{tmp_path}/last.db"),
    ):
        on(url)
        imported = run("import", str(file))
        assert imported.exit_code == 0, imported.output
        assert imported.output.startswith("Imported 4 records (accounts: 1,")
        assert signs_in()
        run("export", str(following))

    first, *others = (file.read_bytes() for file in files)
    # Who signed in was seen, and nothing else has changed.
    assert [len(other) for other in others] == [len(first)] * 2
    assert others[0].splitlines()[2:-1] == first.splitlines()[2:-1]


@pytest.mark.long
@pytest.mark.postgres
def test_the_guide_to_moving_can_be_followed(
    tmp_path: Path, on: Callable[[str], None], postgres_server: PostgresServer
) -> None:
    """Its commands as they stand there. Only the addresses of the databases are others."""
    guide = (ROOT / "docs" / "running" / "moving.md").read_text(encoding="utf-8")
    blocks = [
        textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", guide, re.DOTALL | re.MULTILINE)
    ]
    first, *_, looks, pipe = blocks
    assert "chapbook outbox list" in first
    assert "chapbook doctor" in looks
    script = "".join(
        ["set -o pipefail\n", *(f"{block.rstrip()} || echo FAILED\n" for block in blocks[1:-2]), looks, pipe]
    )
    for theirs, ours in {
        "postgresql://chapbook@localhost/chapbook": f"'{postgres_server.create_database()}'",
        "/srv/chapbook/new.db": f"{tmp_path}/new.db",
    }.items():
        assert theirs in script
        script = script.replace(theirs, ours)
    program = tmp_path / "chapbook"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m entrypoints.cli "$@"\n')
    program.chmod(0o755)
    on(f"sqlite:///{tmp_path}/old.db")
    inhabit(3)
    before = run("export", "-").stdout_bytes

    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )

    assert "FAILED" not in done.stdout, done.stdout + done.stderr
    assert "counters: They are what they count." in done.stdout
    assert done.stdout.count("Imported 4 records") == 2
    on(f"sqlite:///{tmp_path}/new.db")
    assert run("export", "-").stdout_bytes == before


def test_a_pipe_takes_a_site_too(empty: None) -> None:
    imported = run("import", "-", typed=GOOD)
    assert imported.exit_code == 0, imported.output

    exported = run("export", "-")

    assert exported.stdout_bytes.splitlines()[1:-1] == GOOD.splitlines()[1:-1]
    assert exported.stderr.startswith("Exported 10 records")


# Pictures.


def send_picture(width: int = 320) -> int:
    """Of the only member. The number of the picture."""
    with container_of(load_settings()) as container:
        put_in(container, picture_maker=PaintedPictures())
        with container.storage().unit_of_work(reading=True) as work:
            ada = work.accounts.find_by_username("ada")
        return int(container.pictures().send(actor_id=ada.id, sent=b"%dx200" % width, alt="A boat"))


def test_pictures_move_into_the_store_of_the_new_site(
    deployed: None, on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    inhabit()
    picture_id = send_picture()
    whole, without = run("export", "-"), run("export", "--no-pictures", "-")
    assert "pictures: 1," in whole.stderr
    assert "picture files: 2)" in whole.stderr
    assert "picture files: 0)" in without.stderr

    on(f"sqlite:///{Path.cwd()}/other.db")
    monkeypatch.setenv("CHAPBOOK_PICTURES_URL", "file:elsewhere/pictures")
    imported = run("import", "-", typed=whole.stdout_bytes)

    assert imported.exit_code == 0, imported.output
    with container_of(load_settings()) as container:
        assert container.picture_files().get(picture_id, "320.webp") == b"320 pixels as webp"
    assert run("export", "-").stdout_bytes == whole.stdout_bytes


def test_an_export_says_that_files_are_missing_and_has_everything_else(deployed: None) -> None:
    inhabit()
    picture_id = send_picture()
    with container_of(load_settings()) as container:
        container.picture_files().remove(picture_id)

    exported = run("export", "-")

    assert exported.exit_code == 0
    assert "pictures: 1," in exported.stderr
    assert "Pictures of which a file is missing in the store: 1. " in exported.stderr


def test_a_store_of_pictures_that_cannot_be_used_is_said(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    inhabit()
    send_picture()
    whole = run("export", "-").stdout_bytes
    Path("no-folder").touch()
    monkeypatch.setenv("CHAPBOOK_PICTURES_URL", "file:no-folder")
    monkeypatch.setenv("CHAPBOOK_DATABASE_URL", f"sqlite:///{Path.cwd()}/other.db")
    upgrade(f"sqlite:///{Path.cwd()}/other.db")

    imported = run("import", "-", typed=whole)

    assert imported.exit_code == 1
    assert "the store of pictures does not answer. Nothing was imported." in imported.output
    assert is_empty()


# The file.


@pytest.fixture(params=["nameless", "named"])
def unfinished(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are written have no name yet, as on Linux, or have one, as elsewhere."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")


def test_nothing_is_left_of_an_export_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    file = folder / "site.jsonl"

    with site.written(file) as output:
        output.write(b"half of it")
        output.flush()
        assert list(folder.iterdir()) == []

    assert [path.name for path in folder.iterdir()] == ["site.jsonl"]
    assert file.read_bytes() == b"half of it"


def test_only_its_owner_can_read_the_file(unfinished: None, deployed: None, tmp_path: Path) -> None:
    file = tmp_path / "site.jsonl"
    file.write_text("an older one")
    file.chmod(0o644)

    assert run("export", str(file)).exit_code == 0

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().count(b"\n") == 2
    assert not list(tmp_path.glob(".*"))


def test_a_link_to_a_file_stays(unfinished: None, deployed: None, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "site.jsonl"
    link.symlink_to(tmp_path / "elsewhere" / "real.jsonl")

    assert run("export", str(link)).exit_code == 0

    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real.jsonl").is_file()


@pytest.mark.parametrize("name", ["pipe", "missing/site.jsonl", "."])
def test_what_is_no_place_for_a_file_is_said_and_stays(name: str, deployed: None, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    result = run("export", str(tmp_path / name))

    assert result.exit_code != 0
    assert "is no file" in result.output or "No such file" in result.output or "is a directory" in result.output
    assert (tmp_path / "pipe").is_fifo()
    assert run("export", os.devnull).exit_code == 1
    assert Path(os.devnull).is_char_device()


def test_an_export_that_fails_leaves_the_file_of_before(unfinished: None, deployed: None, tmp_path: Path) -> None:
    file = tmp_path / "site.jsonl"
    file.write_text("an older one")
    inhabit(body="x" * LONGEST_LINE)

    result = run("export", str(file))

    assert result.exit_code == 1
    assert "One of the posts is too long for an import" in result.output
    assert file.read_text() == "an older one"
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_is_said(deployed: None) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, "export", "-"], stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 1
    assert b"cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_ends_an_export(deployed: None) -> None:
    inhabit(300, "x" * 1_000)
    process = subprocess.Popen([*COMMAND, "export", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()

    with process.stderr:
        assert b"Traceback" not in process.stderr.read()
    assert process.wait(30) == 1


# What is refused.


def test_every_reason_is_said_in_a_sentence_with_the_line(deployed: None, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    for name, (content, (line, _)) in REFUSED.items():
        file.write_bytes(content)
        result = run("import", str(file))
        assert result.exit_code == 1, name
        assert result.output.startswith(f"Error: Line {line}: "), name
        assert result.output.endswith(". Nothing was imported.\n"), name
        assert "{" not in result.output, name
    assert is_empty()


def test_a_site_with_members_is_not_imported_into(empty: None, tmp_path: Path) -> None:
    inhabit()

    result = run("import", "-", typed=GOOD)

    assert result.exit_code == 1
    assert "There are members already" in result.output
    assert "run `chapbook deploy`" in result.output


def test_a_file_that_is_not_there_is_said(deployed: None) -> None:
    result = run("import", "nowhere.jsonl")

    assert result.exit_code == 2
    assert "nowhere.jsonl" in result.output


@pytest.mark.parametrize("command", ["export", "import"])
def test_the_memory_of_another_process_cannot_be_reached(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPBOOK_STORAGE", "memory")
    Path("site.jsonl").write_bytes(GOOD)

    result = run(command, "site.jsonl")

    assert result.exit_code == 1
    assert "CHAPBOOK_STORAGE=memory" in result.output


def test_a_database_that_others_write_to_is_said_to_be_busy(empty: None) -> None:
    with container_of(load_settings()) as container, container.storage().unit_of_work() as work:
        work.records.begin()
        result = run("import", "-", typed=GOOD)

    assert result.exit_code == 1
    assert "busy" in result.output
    assert "Nothing was imported." in result.output
    assert is_empty()


@pytest.mark.postgres
def test_a_database_that_fails_at_the_commit_is_said_and_may_have_everything(
    on: Callable[[str], None], postgres_server: PostgresServer
) -> None:
    url = postgres_server.create_database()
    on(url)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON accounts DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION fail()"
        )

    result = run("import", "-", typed=GOOD)

    assert result.exit_code == 1
    assert "all of it is there, or nothing. Import again." in result.output
    assert "Nothing was imported" not in result.output
    postgres_server.drop_database(url)


# In the middle.


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_killed_leaves_an_empty_store(sign: int, url: str, on: Callable[[str], None]) -> None:
    on(f"sqlite:///{Path.cwd()}/full.db")
    inhabit(1_500, "x" * 2_000)
    whole = run("export", "-").stdout_bytes
    on(url)
    process = subprocess.Popen([*COMMAND, "import", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    # A pipe holds 64 kB, so most of this has been read.
    process.stdin.write(whole[: len(whole) // 2])
    process.stdin.flush()

    process.send_signal(sign)
    process.wait(30)
    process.stdin.close()

    assert process.returncode != 0
    assert is_empty()
    assert run("import", "-", typed=whole).exit_code == 0
    assert run("export", "-").stdout_bytes == whole


# Progress.


def test_progress_is_lines_where_there_is_no_terminal(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "ELSEWHERE", 0.0)
    Path("site.jsonl").write_bytes(GOOD)

    imported = run("import", "site.jsonl").stderr.splitlines()
    exported = run("export", "-").stderr.splitlines()

    assert imported[0].startswith("2 records, ")
    assert imported[-1] == "10 records, 100 % of the file"
    assert exported[:2] == ["0 of 10 records", "1 of 10 records"]
    assert exported[-2] == "10 of 10 records"


def test_progress_is_one_line_on_a_terminal(deployed: None) -> None:
    Path("site.jsonl").write_bytes(GOOD)
    ours, theirs = os.openpty()
    done = subprocess.run([*COMMAND, "import", "site.jsonl"], stderr=theirs, stdout=subprocess.PIPE, check=True)
    os.close(theirs)

    shown = os.read(ours, 10_000).decode()
    os.close(ours)

    assert shown.startswith("\r\x1b[K2 records, ")
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown
    assert done.stdout.startswith(b"Imported 10 records")


# What the site says about itself.


@pytest.mark.usefixtures("empty")
def test_the_operator_sees_and_sets_what_the_site_says() -> None:
    shown = run("show")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "name: Chapbook\n" in shown.stdout
    assert "tagline: (empty)\n" in shown.stdout
    assert shown.stdout.endswith(
        "Nothing of it has been saved yet: CHAPBOOK_SITE_NAME and CHAPBOOK_REGISTRATION hold.\n"
    )

    done = run("set", "name", "Soup club")
    assert done.stdout == "The name of the site is saved. The site shows it within five seconds.\n"
    assert run("set", "rules", "-", typed="1. Be kind.\n2. 洗碗。\n".encode()).exit_code == 0

    assert run("show").stdout.startswith("name: Soup club\n")
    assert "rules:\n    1. Be kind.\n    2. 洗碗。\n" in run("show").stdout
    values = json.loads(run("show", "--json").stdout)
    assert (values["name"], values["rules"], values["version"]) == ("Soup club", "1. Be kind.\n2. 洗碗。", 2)
    log = CliRunner().invoke(cli, ["moderation", "log"]).stdout
    assert "the command line: Changed the site: Rules\n" in log
    with container_of(load_settings()) as container:
        stored = container.storage().site_feeds.site()
    assert '<li id="rule-2">洗碗。</li>' in stored.html.rules
    assert stored.html.version > 0


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("name", "value", "typed", "says"),
    [
        ("colour", "red", b"", "There is no 'colour'. There are: name, tagline, greeting,"),
        ("registration", "maybe", b"", "registration: Please choose one of these."),
        ("contact", "nobody", b"", "contact: Please give an email address,"),
        ("name", "", b"", "name: Please fill this in."),
        ("about", "-", b"\xff", "Standard input is no UTF-8."),
    ],
)
def test_what_cannot_be_set_is_said_in_a_sentence(name: str, value: str, typed: bytes, says: str) -> None:
    done = run("set", name, value, typed=typed)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {says}")
    assert "Nothing of it has been saved yet" in run("show").stdout


@pytest.mark.usefixtures("deployed")
def test_the_words_move_with_the_site_also_where_others_were_set_before(on: Callable[[str], None]) -> None:
    assert run("set", "name", "Soup club").exit_code == 0
    inhabit()
    assert run("export", "site.jsonl").exit_code == 0
    on(f"sqlite:///{Path.cwd()}/other.db")
    assert run("set", "tagline", "Set before").exit_code == 0

    assert run("import", "site.jsonl").exit_code == 0

    values = json.loads(run("show", "--json").stdout)
    assert (values["name"], values["tagline"], values["version"]) == ("Soup club", "", 1)
