"""The site behind nginx, with the configuration that deploy/ has for it."""

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.running import ROOT, Running, running
from tests.certificates import self_signed

PATIENCE = 20.0
HOST = "blog.example.com"
BEHIND_NGINX = {"CHAPBOOK_BASE_URL": f"https://{HOST}", "CHAPBOOK_TRUSTED_PROXIES": "1"}


@dataclass(frozen=True, slots=True)
class Nginx:
    folder: Path
    https: int
    plain: int
    trusted: ssl.SSLContext

    def get(
        self, path: str, *, method: str = "GET", address: str = "127.0.0.1", **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection(address, self.https, context=self.trusted, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Host": HOST, **headers})
            answer = connection.getresponse()
            answer.read()
            return answer

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def nginx_before(folder: Path, *ports: int) -> Iterator[Nginx]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("no nginx here: install the package nginx-light")
    trusted = ssl.create_default_context(cafile=str(self_signed(folder / "site.pem")))
    trusted.check_hostname = False
    found = Nginx(folder, free_port(), free_port(), trusted)
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for wanted, given in (
        (r"/etc/letsencrypt/live/\S+/(fullchain|privkey)\.pem", str(folder / "site.pem")),
        (r"/var/log/nginx/", f"{folder}/"),
        (r"(listen (?:\[::\]:)?)443", rf"\g<1>{found.https}"),
        (r"(listen (?:\[::\]:)?)80;", rf"\g<1>{found.plain};"),
        (r"( +server) 127\.0\.0\.1:8000", ";".join(rf"\1 127.0.0.1:{port} max_fails=0" for port in ports)),
    ):
        site, times = re.subn(wanted, given, site)
        assert times, wanted
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}}}\n"
    )
    command = [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=PATIENCE)
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", found.https)):
                break
        yield found
    finally:
        process.terminate()
        process.wait(PATIENCE)


def doctors(server: Running, nginx: Nginx) -> dict[str, list[str]]:
    """What `chapbook doctor` finds of the way through nginx: the level, or what a fault says."""
    given = {"CHAPBOOK_BASE_URL": f"https://127.0.0.1:{nginx.https}", "SSL_CERT_FILE": str(nginx.folder / "site.pem")}
    done = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", "doctor", "--json"],
        env=server.environment | given,
        cwd=server.folder,
        stdout=subprocess.PIPE,
        check=False,
        timeout=3 * PATIENCE,
    )
    findings = json.loads(done.stdout)["findings"]
    found: dict[str, list[str]] = {"site": [], "proxies": [], "host header": [], "worker": []}
    for finding in findings:
        if finding["check"] in found:
            found[finding["check"]].append(finding["says"] if finding["level"] == "fault" else finding["level"])
    return found


@pytest.mark.sql
def test_the_site_behind_nginx(tmp_path: Path) -> None:
    with running(tmp_path, **BEHIND_NGINX) as server, nginx_before(tmp_path, server.port) as nginx:
        for address in ("127.0.0.1", "::1"):
            answer = nginx.get("/", address=address, **{"Accept-Encoding": "gzip"})
            assert answer.status == 200
            assert "max-age" in answer.headers["Strict-Transport-Security"]
            assert "nginx/" not in answer.headers.get("Server", "")
            assert answer.headers["Content-Encoding"] == "gzip"
        for path in ("/confirm/secret-one", "/reset/secret-two", "/settings/email/secret-three?x=secret-four"):
            nginx.get(path, Referer=f"https://{HOST}/reset/secret-five")
        plain = http.client.HTTPConnection("127.0.0.1", nginx.plain, timeout=PATIENCE)
        with contextlib.closing(plain):
            plain.request("GET", "/reset/secret-six", headers={"Host": "evil.example"})
            assert plain.getresponse().getheader("Location") == f"https://{HOST}/reset/secret-six"
        # The site has the BASE_URL of a host that no test can reach. Nothing else is found.
        there = f"https://{HOST} and not https://127.0.0.1:{nginx.https}"
        assert doctors(server, nginx) == {
            "site": [f"The running site has another CHAPBOOK_BASE_URL: {there}."],
            "proxies": ["ok"],
            "host header": ["ok"],
            "worker": ["ok"],
        }
        server.process.terminate()
        server.process.wait(PATIENCE)
        assert nginx.get("/reset/secret-seven", Referer=f"https://{HOST}/reset/secret-eight").status == 502
    assert "/reset/***" in nginx.log
    assert "secret" not in nginx.log


@pytest.mark.sql
@pytest.mark.long
def test_a_rolling_restart_behind_nginx_loses_nothing(tmp_path: Path) -> None:
    """Two servers on one database restart in turn, while four clients read and send forms."""
    other = tmp_path / "other"
    other.mkdir()
    shared = {
        "CHAPBOOK_DATABASE_URL": f"sqlite:///{tmp_path}/shared.db",
        "CHAPBOOK_SECRET_KEY": "a" * 40 + "0123456789",
    }
    statuses: list[int] = []
    refused: list[int] = []
    ended = threading.Event()

    def read(nginx: Nginx) -> None:
        while not ended.is_set():
            statuses.append(nginx.get("/").status)
            refused.append(nginx.get("/login", method="POST").status)

    with contextlib.ExitStack() as first, contextlib.ExitStack() as second:
        servers: list[Running] = [
            first.enter_context(running(tmp_path, **BEHIND_NGINX | shared)),
            second.enter_context(running(other, **BEHIND_NGINX | shared)),
        ]
        with nginx_before(tmp_path, *(server.port for server in servers)) as nginx:
            readers = [threading.Thread(target=read, args=(nginx,)) for _ in range(4)]
            for reader in readers:
                reader.start()
            for stack, folder, server in ((first, tmp_path, servers[0]), (second, other, servers[1])):
                stack.close()
                stack.enter_context(running(folder, **BEHIND_NGINX | shared | {"CHAPBOOK_PORT": str(server.port)}))
            ended.set()
            for reader in readers:
                reader.join(PATIENCE)
    assert len(statuses) > 100
    assert set(statuses) == {200}
    assert set(refused) == {403}  # by the site, because there is no token
