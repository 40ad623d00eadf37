"""The units in deploy/: systemd takes them, calls them safe, and they run commands that exist."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from entrypoints.cli import cli

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in {".service", ".socket", ".timer"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]
# Of systemd's measure, in tenths. Above 50 it calls a unit exposed.
EXPOSED_AT_MOST = 20


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze here: install the package systemd")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program is not installed where the unit says.
        text = unit.read_text(encoding="utf-8").replace("/opt/chapbook/.venv/bin/chapbook", "/bin/true")
        (tmp_path / unit.name).write_text(text)

    verified = analyze("verify", *(str(tmp_path / unit.name) for unit in UNITS))

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit: Path) -> None:
    secure = analyze("security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", "--no-pager", str(unit))

    assert secure.returncode == 0, secure.stdout


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_runs_commands_that_exist(unit: Path) -> None:
    lines = re.findall("^ExecStart(?:Pre)?=(.+)$", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert lines
    for line in lines:
        program, *command = shlex.split(line)
        assert program.endswith("/chapbook")
        assert CliRunner().invoke(cli, [*command, "--help"]).exit_code == 0
