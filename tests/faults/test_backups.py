"""The drill: a backup is made while members write, and restored elsewhere. What was acknowledged before it began is
there."""

import copy
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.faults.community import Community, community_on
from tests.faults.conftest import BOTH
from tests.faults.extent import IS_LONG, PATIENCE, ROUNDS
from tests.faults.ledger import by_mark
from tests.faults.report import note
from tests.faults.state import faults_in
from tests.faults.writers import Writers

PROGRAM = [sys.executable, "-m", "entrypoints.cli"]
WRITERS = 20


def command(community: Community, url: str, *words: str) -> str:
    environment = community.server.environment | {"CHAPBOOK_DATABASE_URL": url}
    return subprocess.run(
        [*PROGRAM, *words],
        env=environment,
        cwd=community.server.folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    ).stdout


def lost(url: str, writers: Writers, before: list[dict[str, tuple[int | None, bool]]]) -> list[str]:
    """What was acknowledged before the backup began, and is not in the restored database as it was or later."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT body FROM posts UNION ALL SELECT body FROM comments")).scalars()
        texts = by_mark(each for each in found if each.startswith(writers.mark))
        follows = connection.execute(
            text(
                "SELECT follower.username, followed.username FROM follows"
                " JOIN accounts AS follower ON follower.id = follower_id"
                " JOIN accounts AS followed ON followed.id = followed_id"
            )
        ).all()
    engine.dispose()
    faults: list[str] = []
    for writer, then in zip(writers.all, before, strict=True):
        things = [
            replace(thing, acknowledged=then[thing.mark][0], is_deleted=then[thing.mark][1])
            for thing in writer.ledger.things
            if thing.mark in then
        ]
        ledger = copy.copy(writer.ledger)
        ledger.things = things
        ledger.follows = ledger.follows.copy()
        ledger.follows.clear()  # each was asked for again and again since
        faults += ledger.faults(texts, ())
    assert texts
    assert follows is not None
    return faults


def drill(community: Community, folder: Path, url_on: Callable[[str, Path], str], number: int) -> None:
    target = folder / f"round{number}"
    target.mkdir()
    elsewhere = url_on(community.database, target)
    with community.writers() as writers:
        before = [
            {thing.mark: (thing.acknowledged, thing.is_deleted) for thing in list(writer.ledger.things)}
            for writer in writers.all
        ]
        count, began_at = writers.acknowledged, time.monotonic()
        command(community, community.url, "backup", str(target / "one.tar"))
        took, during = time.monotonic() - began_at, writers.acknowledged - count
        writers.await_acknowledgements()
    began_at = time.monotonic()
    command(community, elsewhere, "restore", str(target / "one.tar"))
    restored = time.monotonic() - began_at

    assert lost(elsewhere, writers, before) == []
    assert faults_in(elsewhere) == []
    assert counters(community, elsewhere) == "ok"
    assert community.faults(writers) == []
    size = (target / "one.tar").stat().st_size
    note(
        "a backup under twenty writers",
        community.database,
        f"round {number}",
        f"{took:.1f} s with the start of Python, {size / 1e6:.1f} MB, {during} writes acknowledged meanwhile",
        f"{len(writers.refusals)} refused; restored in {restored:.1f} s",
    )


def counters(community: Community, url: str) -> str:
    """What the doctor says. It finds no worker on this database, so its exit status is none of interest."""
    environment = community.server.environment | {"CHAPBOOK_DATABASE_URL": url}
    told = subprocess.run(
        [*PROGRAM, "doctor", "--counters", "--json"],
        env=environment,
        cwd=community.server.folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    (level,) = (found["level"] for found in json.loads(told.stdout)["findings"] if found["check"] == "counters")
    return str(level)


@pytest.mark.parametrize("database", BOTH)
def test_a_backup_under_twenty_writers_has_all_that_was_acknowledged_before(
    database: str, tmp_path: Path, url_on: Callable[[str, Path], str]
) -> None:
    with community_on(database, tmp_path, url_on(database, tmp_path), WRITERS) as community:
        drill(community, tmp_path, url_on, 1)


@pytest.mark.long
@pytest.mark.parametrize("database", BOTH)
def test_ten_backups_under_twenty_writers(database: str, tmp_path: Path, url_on: Callable[[str, Path], str]) -> None:
    with community_on(database, tmp_path, url_on(database, tmp_path), WRITERS) as community:
        for number in range(1, 11 if IS_LONG else 1 + ROUNDS):
            drill(community, tmp_path, url_on, number)
