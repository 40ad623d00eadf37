"""The configuration for Prometheus in deploy/: its own tool takes it, and it speaks of metrics and pages that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from application.ports.metrics import COUNTS, LEVELS, MEASURES, Level
from entrypoints.web import metrics

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
RULES = (DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8")
ALERTS = re.findall(r"- alert: (\w+)\n(.*?)(?=\n\n|\Z)", RULES, flags=re.DOTALL)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "prometheus-alerts.yml"],
        ["test", "rules", "prometheus-alerts.test.yml"],
    ],
    ids=" ".join,
)
def test_promtool_takes_it(arguments: list[str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here: install the package prometheus")

    checked = subprocess.run([promtool, *arguments], cwd=DEPLOY, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_alerts_ask_for_metrics_that_exist() -> None:
    read = {value.name for value in vars(metrics).values() if isinstance(value, Level)}
    there = {what.name for what in (*COUNTS, *LEVELS)} | read
    there |= {f"{what.name}{part}" for what in MEASURES for part in ("", "_count", "_sum", "_bucket")}

    asked = set(re.findall(r"chapbook_(\w+)", RULES))

    assert asked
    assert asked <= there


@pytest.mark.parametrize(("name", "alert"), ALERTS, ids=[name for name, _ in ALERTS])
def test_an_alert_says_what_is_wrong_what_to_do_and_where_to_read_on(name: str, alert: str) -> None:
    said = dict(re.findall(r"^ +(summary|do|docs|severity): (.+)$", alert.replace("{ ", "\n  "), flags=re.MULTILINE))
    assert said.keys() == {"severity", "summary", "do", "docs"}

    page, _, section = said["docs"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not section or section in {heading.lower().replace(" ", "-") for heading in headings}


def test_every_alert_is_tested() -> None:
    tests = (DEPLOY / "prometheus-alerts.test.yml").read_text(encoding="utf-8")

    assert len(ALERTS) == RULES.count("- alert:")
    assert {name for name, _ in ALERTS} == set(re.findall(r'alertname="(\w+)"', tests))
