"""The directory of a run: one for each, gone at its end, and what a killed one left is removed by the next."""

import os
import subprocess
import sys
from pathlib import Path

from adapters.shared_metrics import SharedMetrics

ROOT = Path(__file__).parents[2]
# A master that is killed, with a child that lives on for a moment.
KILLED = """
import os, sys, time
from pathlib import Path
from adapters.shared_metrics import SharedMetrics
shared = SharedMetrics(Path(sys.argv[1]))
(shared.path / "counter_1.db").write_text("x")
print(shared.path, flush=True)
if sys.argv[2] == "child" and os.fork() == 0:
    sys.stdin.read()
    sys.exit()
os.kill(os.getpid(), 9)
"""


def killed(place: Path, child: str = "alone") -> tuple[Path, subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(place), child],
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    path = Path(process.stdout.readline().strip())
    assert process.wait(60) == -9
    return path, process


def test_a_directory_is_for_its_owner_only_and_gone_at_the_end(tmp_path: Path) -> None:
    shared = SharedMetrics(tmp_path)
    assert shared.path.parent == tmp_path
    assert shared.path.stat().st_mode & 0o777 == 0o700

    shared.remove()

    assert list(tmp_path.iterdir()) == []


def test_a_process_that_ended_loses_its_levels_and_nothing_else(tmp_path: Path) -> None:
    shared = SharedMetrics(tmp_path)
    for name in ("counter_7.db", "gauge_livesum_7.db", "gauge_livesum_8.db"):
        (shared.path / name).touch()

    shared.forget_levels(7)
    shared.forget_levels(7)

    assert {path.name for path in shared.path.iterdir()} == {"counter_7.db", "gauge_livesum_8.db"}
    shared.remove()


def test_what_a_killed_master_left_behind_is_removed_by_the_next_one(tmp_path: Path) -> None:
    left, process = killed(tmp_path)
    process.communicate()
    assert left.exists()

    shared = SharedMetrics(tmp_path)

    assert list(tmp_path.iterdir()) == [shared.path]
    shared.remove()


def test_the_directory_of_a_run_is_kept_while_one_of_its_processes_lives(tmp_path: Path) -> None:
    left, process = killed(tmp_path, "child")
    running = SharedMetrics(tmp_path)

    SharedMetrics(tmp_path).remove()
    assert left.exists()
    assert running.path.exists()

    process.communicate()
    SharedMetrics(tmp_path).remove()
    assert not left.exists()
    running.remove()


def test_nothing_is_removed_that_is_not_certainly_ours(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    (kept / "file").touch()
    (tmp_path / "chapbook-metrics-link").symlink_to(kept)
    (tmp_path / "chapbook-metrics-file").touch()
    (tmp_path / "chapbook-metrics-open").mkdir()
    (tmp_path / "chapbook-metrics-open").chmod(0o755)
    of_another = tmp_path / "chapbook-metrics-other"
    of_another.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(of_another, 12_345, -1)
    before = {path.name for path in tmp_path.iterdir()} - (set() if os.geteuid() == 0 else {of_another.name})

    SharedMetrics(tmp_path).remove()

    assert {path.name for path in tmp_path.iterdir()} == before
    assert (kept / "file").exists()
