"""The units of the nightly backup: systemd takes them, and they run a command that exists."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from entrypoints.cli import cli

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = ("chapbook-backup.service", "chapbook-backup.timer")
# Of systemd's measure, in tenths. Above 50 it calls a unit exposed.
EXPOSED_AT_MOST = 20


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze here: install the package systemd")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        # The program is not installed where the unit says.
        (tmp_path / name).write_text(text.replace("/srv/chapbook/.venv/bin/chapbook", "/bin/true"))

    verified = analyze("verify", *(str(tmp_path / name) for name in UNITS))
    secure = analyze(
        "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", "--no-pager", str(tmp_path / UNITS[0])
    )

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    assert secure.returncode == 0, secure.stdout


def test_the_service_runs_a_command_that_exists() -> None:
    (line,) = re.findall("^ExecStart=(.+)$", (DEPLOY / UNITS[0]).read_text(encoding="utf-8"), flags=re.MULTILINE)
    program, command, *options = shlex.split(line)

    assert program.endswith("/chapbook")
    assert (command, options) == ("backup", ["--keep", "14"])
    assert CliRunner().invoke(cli, [command, *options, "--help"]).exit_code == 0
