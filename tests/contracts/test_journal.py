"""What the example of docs/building/writing-a-storage.md adds: a commit is still there at the next start."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from application.ports.paging import Window
from domain.errors import TryAgain
from domain.roles import Role
from tests.contracts.community import BEGINNING, Community
from tests.contracts.guide import GUIDE, example
from tests.contracts.storages import Storage, journal_storage

ALL = Window(100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def names(storage: Storage) -> list[str]:
    return [card.username for card in reversed(storage.member_feeds.search(None, "", ALL).items)]


def test_a_restart_keeps_everything(path: Path) -> None:
    community = Community(journal_storage(path))
    ada, bob = community.member(role=Role.ADMINISTRATOR), community.member("bob")
    post = community.post(ada, title="On engines")
    comment = community.comment(bob, post)
    community.comment(ada, post, "Another.")
    community.hide(comment)
    community.log_entry(ada, comment)
    community.follow(bob, ada)
    session, link, job = community.session(bob), community.link(ada), community.job()

    reopened = journal_storage(path)

    assert list(everything(reopened, ada.id)) == list(everything(community.storage, ada.id))
    with reopened.unit_of_work() as work:
        assert work.accounts.get(bob.id) == bob
        assert work.posts.get(post.id) == post
        assert work.comments.get(comment.id) == comment
        assert work.sessions.get(session.id) == session
        assert work.links.find(ada.id, link.purpose) == link
        assert work.outbox.get(job.id) == job


def everything(storage: Storage, account_id: int) -> Any:
    reader = storage.session_feeds.reader(account_id, BEGINNING)
    yield storage.post_feeds.whole_latest(reader, ALL)
    yield storage.comment_feeds.latest(reader, ALL)
    yield storage.moderation_feeds.log(reader, ALL)
    yield storage.follow_feeds.follower_profiles(reader, "ada", ALL)
    yield storage.member_feeds.search(reader, "", ALL)
    yield storage.outbox_feeds.latest(ALL)


def test_a_removed_row_stays_removed(path: Path) -> None:
    community = Community(journal_storage(path))
    ada = community.member()
    post, comment = community.post(ada), community.post(ada)
    with community.storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.commit()

    reopened = journal_storage(path)

    assert [card.id for card in reopened.post_feeds.latest(None, ALL).items] == [comment.id]


def test_a_half_written_record_is_cut_off_wherever_it_ends(path: Path) -> None:
    community = Community(journal_storage(path))
    community.member("ada")
    before = path.stat().st_size
    community.member("bob")
    whole = path.read_bytes()

    for size in (*range(before, before + 20), *range(before + 20, len(whole), 100), len(whole) - 1):
        path.write_bytes(whole[:size])
        reopened = Community(journal_storage(path))
        assert names(reopened.storage) == ["ada"], size

        reopened.now = community.now
        reopened.member("cyd")

        assert names(journal_storage(path)) == ["ada", "cyd"], size


@pytest.mark.parametrize("tail", [bytes(1), bytes(12), bytes(500)])
def test_zeros_after_the_last_record_are_cut_off(path: Path, tail: bytes) -> None:
    Community(journal_storage(path)).member("ada")
    path.write_bytes(path.read_bytes() + tail)

    assert names(journal_storage(path)) == ["ada"]


def test_a_last_record_whose_body_never_reached_the_disk_is_cut_off(path: Path) -> None:
    community = Community(journal_storage(path))
    community.member("ada")
    before = path.stat().st_size
    community.member("bob")
    whole = path.read_bytes()
    header = whole[before : before + 12]
    path.write_bytes(whole[:before] + header + bytes(len(whole) - before - 12))

    assert names(journal_storage(path)) == ["ada"]


def test_a_damaged_record_before_others_stops_the_start(path: Path) -> None:
    community = Community(journal_storage(path))
    community.member("ada")
    first = path.stat().st_size
    community.member("bob")
    whole = bytearray(path.read_bytes())
    whole[first // 2] ^= 1
    path.write_bytes(whole)

    with pytest.raises(example().DamagedJournal):
        journal_storage(path)


def test_a_commit_that_the_disk_refuses_raises_try_again_and_is_invisible(path: Path) -> None:
    community = Community(journal_storage(path))
    community.member("ada")
    away = path.with_name("away")
    path.rename(away)

    with pytest.raises(TryAgain):
        community.member("bob")

    assert names(community.storage) == ["ada"]
    away.rename(path)
    community.member("cyd")
    assert names(community.storage) == names(journal_storage(path)) == ["ada", "cyd"]


COMMITS = """
from pathlib import Path
from sys import argv
from tests.contracts.community import Community
from tests.contracts.storages import journal_storage

community = Community(journal_storage(Path(argv[1])))
for number in range(10_000):
    community.member(f"member{number}")
    print(f"member{number}", flush=True)
"""


def test_a_kill_of_the_process_loses_no_commit(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMITS, str(path)], cwd=GUIDE.parents[1], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as output:
        printed = [output.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        # `communicate` would leave out the lines that `readline` has buffered.
        printed += output.read().split()
    process.wait(timeout=10)

    found = names(journal_storage(path))

    # The last commit may have ended before its line was printed.
    assert len(printed) >= 20
    assert found[: len(printed)] == printed
    assert len(found) <= len(printed) + 1


def test_only_its_owner_can_read_the_journal(path: Path) -> None:
    journal_storage(path)

    assert path.stat().st_mode & 0o077 == 0
