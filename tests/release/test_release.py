"""What a release is made of: the packages are built, installed into a fresh environment, and serve there."""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.ports import free_port

PATIENCE = 120.0
BIN = Path(sys.executable).parent

pytestmark = [pytest.mark.sql, pytest.mark.long]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("packages")
    build(ROOT, folder, "sdist")
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        sdist.extractall(folder, filter="data")
    build(next(path for path in folder.iterdir() if path.is_dir()), folder, "wheel")
    return folder


def build(sources: Path, folder: Path, target: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=sources, check=True, capture_output=True, timeout=PATIENCE)


def test_the_wheel_of_the_sdist_has_all_files_of_the_program(packages: Path) -> None:
    with zipfile.ZipFile(next(packages.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
    program = {name for name in tracked if re.match("(domain|application|adapters|entrypoints|migrations)/", name)}

    assert program <= packed
    catalogues = packed - program
    assert catalogues
    assert all(name.endswith(".mo") for name in catalogues)


def test_a_fresh_environment_serves_the_demo(packages: Path, tmp_path: Path) -> None:
    venv, folder = tmp_path / "venv", tmp_path / "site"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=PATIENCE)
    install = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", f"{venv}/bin/python"]
    lock = ["--require-hashes", "--requirement", f"{ROOT}/requirements/run.lock"]
    subprocess.run([*install, *lock], check=True, timeout=5 * PATIENCE)
    subprocess.run([*install, "--no-deps", str(next(packages.glob("*.whl")))], check=True, timeout=PATIENCE)

    with serving(venv / "bin" / "chapbook", folder) as url:
        page = get(url + "/")
        assert "<article" in page
        assert all(get(url + address) for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        assert "登录" in get(url + "/login", language="zh-Hans")
        assert '"openapi": "3.1.0"' in get(url + "/api/v1/openapi.json")
    assert (folder / "var" / "chapbook.db").is_file()


@contextlib.contextmanager
def serving(chapbook: Path, folder: Path) -> Iterator[str]:
    """Where `chapbook dev` serves. It ends in order."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHAPBOOK_", "PYTHON"))}
    given = {"CHAPBOOK_ENV": "development", "CHAPBOOK_SECRET_KEY": secrets.token_hex(32), "PORT": str(free_port())}
    process = subprocess.Popen(
        [chapbook, "dev"], cwd=folder, env=kept | given, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        said = next((line for line in process.stdout if line.startswith("Chapbook is ready: ")), "")
        assert said, "it did not start"
        yield said.removeprefix("Chapbook is ready: ").strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def get(url: str, language: str = "en") -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Language": language})) as answer:
        return str(answer.read().decode("utf-8", "replace"))
