"""The whole program as its users meet it: a server process, PostgreSQL, an SMTP server, a browser."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.postgres import PostgresServer
from tests.smtp_server import SmtpServer

ROOT = Path(__file__).parents[2]
PASSWORD = "a horse, a battery"
# As root, and without looking for the world outside.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Site:
    """A running site; `command` runs the command line against it."""

    url: str
    environment: dict[str, str]
    folder: Path

    def command(self, *words: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", *words],
            env=self.environment,
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout

    def member(self, name: str, role: str = "User") -> None:
        email = f"{name}@example.com"
        self.command("user", "create", email, name, "--role", role, "--confirmed", given=PASSWORD + "\n")


@pytest.fixture
def site(postgres_server: PostgresServer, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Site]:
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHAPBOOK_")} | {
        "PYTHONPATH": str(ROOT),
        "CHAPBOOK_ENV": "development",
        "CHAPBOOK_PORT": str(port),
        "CHAPBOOK_WORKERS": "1",
        "CHAPBOOK_DATABASE_URL": postgres_server.create_database(),
        "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
        "CHAPBOOK_MAIL_URL": smtp_server.url,
        "CHAPBOOK_ADMIN_EMAIL": "warden@example.com",
        "CHAPBOOK_PASSWORD_MEMORY_KIB": "8",
        "CHAPBOOK_PASSWORD_ROUNDS": "1",
    }
    site = Site(f"http://127.0.0.1:{port}", environment, tmp_path)
    site.command("deploy")
    server = subprocess.Popen(
        [sys.executable, "-m", "entrypoints.cli", "serve", "--worker"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Chapbook is ready")
        yield site
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


@pytest.fixture(scope="session")
def chrome(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def reader(chrome: Browser, site: Site, scripted: bool) -> Iterator[Page]:
    """A phone. Anything the browser complains about fails the test."""
    context = chrome.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, java_script_enabled=scripted
    )
    complaints: list[str] = []
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site.url) else complaints.append(request.url))
    yield page
    context.close()
    assert [complaint for complaint in complaints if "status of 4" not in complaint] == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
