"""A platform that builds from the sources, as its buildpack and its router do it: docs/running/platform.md."""

import contextlib
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.guides.blocks import blocks_of
from tests.ports import free_port
from tests.postgres import PostgresServer

GUIDE = ROOT / "docs" / "running" / "platform.md"
PATIENCE = 60.0

pytestmark = [pytest.mark.sql, pytest.mark.postgres, pytest.mark.long]


def test_a_platform_builds_releases_and_serves(tmp_path: Path, postgres_server: PostgresServer) -> None:
    slug = tmp_path / "app"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in tracked.decode().rstrip("\0").split("\0"):
        (slug / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, slug / name)
    given = _built(slug, tmp_path / "python")
    given |= {
        "PORT": str(free_port()),
        "DATABASE_URL": postgres_server.create_database().replace("postgresql+psycopg", "postgres"),
    }
    given |= _settings_of_the_guide()
    lines = dict(line.split(": ", 1) for line in (slug / "Procfile").read_text().splitlines())
    assert all(f"`{name}: {command}`" in GUIDE.read_text() for name, command in lines.items())

    subprocess.run(lines["release"], shell=True, env=given, cwd=slug, check=True, timeout=PATIENCE)
    with _process(lines["web"], given, slug) as web, _process(lines["worker"], given, slug) as worker:
        assert _get(given["PORT"], "/readyz")[0] == 200
        status, headers = _get(given["PORT"], "/")
        assert status == 200
        assert "Strict-Transport-Security" in headers
        for process in (web, worker):
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0
            assert log
            assert all("level" in json.loads(line) for line in log.splitlines())


def _built(slug: Path, venv: Path) -> dict[str, str]:
    """What a buildpack does: a new environment, requirements.txt, bin/post_compile. Answers its variables."""
    subprocess.run([sys.executable, "-m", "venv", venv], check=True, timeout=PATIENCE)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    given = kept | {"PATH": f"{venv}/bin:/usr/bin:/bin", "HOME": str(slug)}
    cache = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
    install = ("pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements.txt")
    subprocess.run(
        [Path(sys.executable).with_name("uv"), *install, "--python", f"{venv}/bin/python"],
        cwd=slug,
        env=given | {"UV_CACHE_DIR": cache},
        check=True,
        timeout=5 * PATIENCE,
    )
    subprocess.run(["bin/post_compile"], cwd=slug, env=given, check=True, timeout=PATIENCE)
    return given


def _settings_of_the_guide() -> dict[str, str]:
    """Those that the guide exports. Its mail server does not exist here."""
    [(_, commands)] = blocks_of(GUIDE)
    said = dict(shlex.split(line.removeprefix("export "))[0].split("=", 1) for line in commands.splitlines())
    random = {"CHAPBOOK_SECRET_KEY": secrets.token_hex(32), "CHAPBOOK_LOG_FORMAT": "json"}
    return said | random


@contextlib.contextmanager
def _process(command: str, given: dict[str, str], slug: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(f"exec {command}", shell=True, env=given, cwd=slug, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _get(port: str, path: str) -> tuple[int, dict[str, str]]:
    """As the router of a platform asks, once the port listens."""
    headers = {"Host": "blog.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers)
        except OSError:
            assert time.monotonic() < give_up_at
            time.sleep(0.2)
