"""SQLite's disk is full, its file is moved away, or is read-only. What PostgreSQL does on a full disk is its own."""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import small_disk_at
from tests.faults.bystander import Bystander
from tests.faults.community import WRITERS, Community, community_on
from tests.faults.extent import SECONDS
from tests.faults.report import note

pytestmark = [pytest.mark.long, pytest.mark.sql]


# A command that root runs without the right to write what is read-only.
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # Room for what all tests of this file write, in any order.
    with small_disk_at(tmp_path_factory.mktemp("disk"), megabytes=64) as place:
        yield place


@pytest.fixture(scope="module")
def site(small_disk: Path) -> Iterator[Community]:
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv here: install the package util-linux")
    url = f"sqlite:///{small_disk}/chapbook.db"
    with community_on("SQLite", small_disk, url, WRITERS, UNPRIVILEGED) as found:
        yield found


def fill(place: Path) -> Path:
    """Takes all that is free, in a file."""
    ballast = place / "ballast"
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (65_536, 4_096):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass
    return ballast


def test_readers_are_served_while_the_disk_is_full(site: Community, small_disk: Path) -> None:
    with Bystander(site.server.port) as bystander:
        before = bystander.calm()
        with site.writers() as writers:
            began_at = time.monotonic()
            while time.monotonic() < began_at + SECONDS / 2:
                ballast = fill(small_disk)
                time.sleep(0.2)
            assert shutil.disk_usage(small_disk).free < 65_536
            ready = site.look("/readyz")
            ended_at = time.monotonic()
            ballast.unlink()
            back = writers.await_acknowledgements()
        seen = bystander.during(began_at, ended_at)

    assert site.faults(writers) == []
    assert writers.refusals
    assert ready.status == 200
    assert json.loads(ready.content)["checks"]["disk"][0]["status"] == "warn"
    assert seen.all
    assert not seen.failures
    note(
        "a full disk",
        site.database,
        writers.summary(),
        f"writes again after {back:.2f} s",
        seen.compared(before),
    )


@pytest.mark.parametrize("with_kill", [False, True], ids=["running", "killed"])
def test_a_database_that_is_moved_away_and_back_is_whole(site: Community, small_disk: Path, with_kill: bool) -> None:
    """What is open goes on with the file at its new place. Processes that are new find nothing, and make nothing."""
    path, away = small_disk / "chapbook.db", small_disk / "elsewhere.db"
    with site.writers() as writers:
        path.rename(away)
        for victim in site.processes("web") if with_kill else ():
            site.kill(victim)
        time.sleep(SECONDS / 3)
        health, ready = (site.look(asked).status for asked in ("/healthz", "/readyz"))
        assert health == 200
        assert not path.exists()
        away.rename(path)
        site.await_answer()
        back = writers.await_acknowledgements()

    assert site.faults(writers) == []
    note(
        "the file is moved away and back" + (", web workers killed" if with_kill else ""),
        site.database,
        writers.summary(),
        f"meanwhile /healthz {health}, /readyz {ready}",
        f"writes again after {back:.2f} s",
    )


def test_readers_are_served_while_the_file_is_read_only(site: Community, small_disk: Path) -> None:
    """The processes are new, so that they open the file when it is read-only."""
    path = small_disk / "chapbook.db"
    with site.writers() as writers:
        path.chmod(0o444)
        for victim in site.processes("web"):
            site.kill(victim)
        site.await_answer("/")
        time.sleep(SECONDS / 3)
        statuses = {site.look(asked).status for asked in ("/healthz", "/readyz", "/")}
        path.chmod(0o644)
        back = writers.await_acknowledgements()

    assert site.faults(writers) == []
    assert writers.refusals
    assert statuses == {200}
    note(
        "the file is read-only",
        site.database,
        writers.summary(),
        "meanwhile /healthz, /readyz and / 200",
        f"writes again after {back:.2f} s",
    )
