"""The numbers as Prometheus reads them, from one process and from several."""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from adapters.metrics import PrometheusMeter
from application.ports.metrics import (
    COUNTS,
    ERRORS,
    LEVELS,
    MEASURES,
    REFUSALS,
    SESSIONS_OPENED,
    WAITING,
    Level,
    Reading,
)

ROOT = Path(__file__).parents[2]
OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5"
MEMBERS = Level("members", "Members.")


def families(meter: PrometheusMeter, *readings: Reading) -> dict[str, Metric]:
    return {family.name: family for family in parse(meter.exposition("", readings)[1].decode())}


def value(meter: PrometheusMeter, name: str, **labels: str) -> float:
    (found,) = (
        sample.value
        for family in families(meter).values()
        for sample in family.samples
        if sample.name == f"chapbook_{name}" and sample.labels == labels
    )
    return found


def full_meter() -> PrometheusMeter:
    """Everything in it happened once."""
    meter = PrometheusMeter()
    for count in COUNTS:
        meter.count(count, *("some" for _ in count.labels))
    for measure in MEASURES:
        meter.observe(measure, 0.01, *("some" for _ in measure.labels))
    for level in LEVELS:
        meter.change(level, 2, *("some" for _ in level.labels))
    return meter


def test_every_metric_is_there_with_its_meaning_and_a_name_that_says_the_unit() -> None:
    found = families(full_meter(), Reading(MEMBERS, 7))

    assert len(found) == len(COUNTS) + len(MEASURES) + len(LEVELS) + 1
    for name, family in found.items():
        assert name.startswith("chapbook_")
        assert family.documentation.endswith("."), name
        assert family.samples, name
        if family.type == "counter":
            assert {sample.name for sample in family.samples} == {f"{name}_total"}
        if family.type == "histogram":
            assert name.endswith(("_seconds", "_statements")), name
    assert found["chapbook_members"].samples[0].value == 7


def test_promtool_finds_nothing_wrong() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here: install the package prometheus")
    text = full_meter().exposition("", [Reading(MEMBERS, 7)])[1]

    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_the_format_is_the_one_that_is_asked_for() -> None:
    meter = full_meter()

    plain, _ = meter.exposition("text/plain")
    assert plain.startswith("text/plain; version=0.0.4")
    kind, text = meter.exposition(OPENMETRICS, [Reading(MEMBERS, 7)])
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith(b"# EOF\n")
    names = {family.name for family in parse_openmetrics(text.decode())}
    assert {"chapbook_http_request_seconds", "chapbook_members", "chapbook_errors"} <= names


def test_a_request_is_measured_by_its_route_and_never_by_its_path() -> None:
    meter = PrometheusMeter()
    for status in (200, 200, 304):
        meter.request(route="/posts/<id:post_id>", method="GET", status=status, seconds=0.003, statements=2)
    meter.request(route=None, method="BREW", status=404, seconds=0.001, statements=1)

    post = {"route": "/posts/<id:post_id>", "method": "GET"}
    assert value(meter, "http_request_seconds_count", **post, status="200") == 2
    assert value(meter, "http_request_seconds_count", **post, status="304") == 1
    assert value(meter, "http_request_seconds_bucket", **post, status="200", le="0.005") == 2
    assert value(meter, "http_request_seconds_bucket", **post, status="200", le="0.002") == 0
    assert value(meter, "http_request_seconds_count", route="unmatched", method="other", status="404") == 1
    assert value(meter, "http_request_statements_sum", route="/posts/<id:post_id>") == 6


def test_labels_without_end_become_one() -> None:
    meter = PrometheusMeter()
    for number in range(1_500):
        meter.count(ERRORS, f"Error{number}")

    samples = families(meter)["chapbook_errors"].samples
    assert len(samples) == 1_001
    assert value(meter, "errors_total", kind="other") == 500


def test_a_counter_with_known_labels_begins_at_0() -> None:
    meter = PrometheusMeter()

    assert value(meter, "queue_refusals_total", queue="writing") == 0
    meter.count(REFUSALS, "writing")
    assert value(meter, "queue_refusals_total", queue="writing") == 1


def test_two_meters_in_one_process_do_not_mix() -> None:
    one, other = PrometheusMeter(), PrometheusMeter()

    one.count(SESSIONS_OPENED)
    one.change(WAITING, 1, "writing")

    assert value(one, "sessions_opened_total") == 1
    assert value(other, "sessions_opened_total") == 0
    assert not families(other)["chapbook_queue_waiting"].samples


IMPORTS = "import os, sys\nfrom application.ports.metrics import *\nfrom entrypoints.choices import meter_for\n"


def counting(directory: Path, program: str) -> subprocess.CompletedProcess[str]:
    """A process with a meter on this directory, as those of a server have one."""
    return subprocess.run(
        [sys.executable, "-c", IMPORTS + program],
        env={"PROMETHEUS_MULTIPROC_DIR": str(directory), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


DIES = textwrap.dedent("""
    meter = meter_for()
    meter.count(SESSIONS_OPENED)
    meter.observe(HASHING, 0.04)
    meter.change(WAITING, 3, "hashing")
    os.kill(os.getpid(), 9)
""")
TELLS = textwrap.dedent("""
    meter = meter_for()
    meter.count(SESSIONS_OPENED)
    meter.observe(HASHING, 0.04)
    meter.change(WAITING, 1, "hashing")
    sys.stdout.write(meter.exposition("")[1].decode())
""")


def test_counts_of_killed_processes_stay_and_their_levels_do_not(tmp_path: Path) -> None:
    for _ in range(3):
        assert counting(tmp_path, DIES).returncode == -9

    told = counting(tmp_path, TELLS)

    assert told.returncode == 0, told.stderr
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in parse(told.stdout)
        for sample in family.samples
    }
    assert samples["chapbook_sessions_opened_total", ()] == 4
    assert samples["chapbook_password_hash_seconds_count", ()] == 4
    assert samples["chapbook_password_hash_seconds_sum", ()] == pytest.approx(0.16)
    assert samples["chapbook_password_hash_seconds_bucket", ("0.03",)] == 0
    assert samples["chapbook_password_hash_seconds_bucket", ("0.05",)] == 4
    assert samples["chapbook_queue_waiting", ("hashing",)] == 1
    assert all(family.documentation for family in parse(told.stdout))


def test_processes_that_die_again_and_again_leave_one_file_of_each_kind(tmp_path: Path) -> None:
    for _ in range(4):
        counting(tmp_path, DIES)
    counting(tmp_path, TELLS)

    # Those of the last one, and those of all before it.
    assert len(list(tmp_path.glob("*.db"))) == 5
    assert {path.name for path in tmp_path.glob("*_0.db")} == {"counter_0.db", "histogram_0.db"}


def test_a_process_shares_its_numbers_also_when_the_package_was_imported_before(tmp_path: Path) -> None:
    before = "import prometheus_client\nfrom entrypoints.settings import *\nshare_metrics_in(sys.argv[1])\n"
    counting(tmp_path, DIES)

    told = subprocess.run(
        [sys.executable, "-c", IMPORTS + before + TELLS, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert "chapbook_sessions_opened_total 2.0" in told.stdout


def test_a_process_that_finds_no_room_counts_for_itself_and_says_so(tmp_path: Path) -> None:
    told = counting(tmp_path / "missing", TELLS)

    assert told.returncode == 0
    assert "chapbook_sessions_opened_total 1.0" in told.stdout
    assert f"{tmp_path / 'missing'}" in told.stderr
    assert "Make room there" in told.stderr
