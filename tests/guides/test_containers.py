"""The guide to containers, followed word by word. No registry is asked: the images of Debian and PostgreSQL are made of
Debian's packages."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema_rs import validator_for

from tests.api.running import ROOT
from tests.guides.blocks import blocks_of

GUIDE = ROOT / "docs" / "running" / "containers.md"
POSTGRES = Path(__file__).with_name("postgres.dockerfile")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PATIENCE = 60.0
# Without CAP_SYS_RESOURCE an engine may not raise these limits. Health checks and events would need systemd.
CONTAINERS = """
[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    subprocess.run([hadolint, "--failure-threshold=info", ROOT / "Dockerfile"], check=True)


def test_the_compose_file_has_the_form_of_its_specification() -> None:
    """The schema is that of compose-spec (Apache License 2.0)."""
    schema = json.loads(Path(__file__).with_name("compose.schema.json").read_text())
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())

    assert [error.message for error in validator_for(schema).iter_errors(compose)] == []
    compose["services"]["web"]["portz"] = []
    assert len(list(validator_for(schema).iter_errors(compose))) == 1


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of an engine for containers, with its own store, that has both images."""
    if os.geteuid() != 0:
        pytest.skip("only root can run containers here")
    for program, package in (("debootstrap",) * 2, ("buildah",) * 2, ("podman",) * 2, ("runc",) * 2):
        if shutil.which(program) is None and shutil.which(program, path="/usr/sbin") is None:
            pytest.skip(f"no {program} here: install the package {package}")
    folder = tmp_path_factory.mktemp("engine")
    (folder / "containers.conf").write_text(CONTAINERS)
    places = "".join(f'{name} = "{folder}/{name}"\n' for name in ("graphroot", "runroot"))
    (folder / "storage.conf").write_text(f'[storage]\ndriver = "overlay"\n{places}')
    (folder / "docker").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.guides.docker "$@"\n')
    (folder / "docker").chmod(0o755)
    engine = os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}:/usr/sbin",
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
    }
    with contextlib.ExitStack() as stack:
        stack.callback(_remove_all, folder, engine)
        _make_images(folder, engine)
        yield engine


def _make_images(folder: Path, engine: dict[str, str]) -> None:
    def run(*command: object) -> str:
        done = subprocess.run([str(word) for word in command], env=engine, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    run("debootstrap", "--variant=minbase", "trixie", folder / "debian")
    base = run("buildah", "from", "scratch")
    run("buildah", "add", "--quiet", base, folder / "debian", "/")
    # Whom this machine trusts when it asks for packages.
    run("buildah", "add", "--quiet", base, CERTIFICATES, "/etc/ssl/host.pem")
    run("buildah", "config", "--env=SSL_CERT_FILE=/etc/ssl/host.pem", "--env=PIP_CERT=/etc/ssl/host.pem", base)
    run("buildah", "commit", "--quiet", "--rm", base, "docker.io/library/debian:trixie-slim")
    run("docker", "build", "--tag", "docker.io/library/postgres:17", "--file", POSTGRES, POSTGRES.parent)


def _remove_all(folder: Path, engine: dict[str, str]) -> None:
    subprocess.run(["podman", "rm", "--force", "--all", "--time=1"], env=engine, check=False, capture_output=True)
    subprocess.run(["podman", "volume", "rm", "--all", "--force"], env=engine, check=False, capture_output=True)
    subprocess.run(["umount", folder / "graphroot" / "overlay"], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.sql
@pytest.mark.long
def test_the_guide_leads_to_a_site_that_works(tmp_path: Path, engine: dict[str, str]) -> None:
    def run(commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            env=engine | {"SOURCE": str(ROOT)},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout

    for heading, commands in blocks_of(GUIDE):
        if heading == "Without Compose":
            run("docker stop web worker database")
        # Nobody outside of this machine answers for blog.example.com.
        run(commands.replace("web chapbook doctor", "web chapbook doctor || true"))
        if heading == "2. Start it":
            assert _get("/") == 200
            _holds_what_is_promised(run)
    assert _get("/readyz") == 200
    assert run("docker stop --time 40 chapbook")


def _holds_what_is_promised(run: Callable[[str], str]) -> None:
    run("docker healthcheck run web")
    assert "uid=10001" in run("docker exec web id")
    assert "Read-only file system" in run("docker exec web touch /opt/chapbook/here 2>&1 || true")
    assert run("docker exec web grep CapEff /proc/1/status").split()[1].strip("0") == ""
    run("docker exec web sh -c 'ls -l /data && touch /data/here'")


def _get(path: str) -> int:
    """As a proxy asks, once the port listens."""
    headers = {"Host": "blog.example.com", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:8000{path}", headers=headers)
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except OSError:
            assert time.monotonic() < give_up_at
            time.sleep(0.2)
