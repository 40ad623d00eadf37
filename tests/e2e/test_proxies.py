"""The site behind nginx and behind Caddy, with the configuration that deploy/ has for each."""

import contextlib
import http.client
import json
import re
import secrets
import subprocess
import sys
import threading
import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.api.running import Running, running
from tests.e2e.proxies import HOST, PATIENCE, Before, Proxy, caddy_before, nginx_before

PROXIES = [pytest.param(nginx_before, id="nginx"), pytest.param(caddy_before, id="caddy")]


@pytest.mark.sql
@pytest.mark.parametrize("before", PROXIES)
def test_the_site_behind_a_proxy(tmp_path: Path, before: Before) -> None:
    proxy = Proxy.planned(tmp_path)
    with running(tmp_path, **proxy.settings) as server, before(proxy, server.port):
        for address in ("127.0.0.1", "::1"):
            answer = proxy.get("/", address=address, **{"Accept-Encoding": "gzip"})
            assert answer.status == 200
            assert "max-age" in answer.headers["Strict-Transport-Security"]
            assert "/" not in answer.headers.get("Server", "")
            assert answer.headers["Content-Encoding"] == "gzip"
        for path in (
            "/confirm/secret-one",
            "/reset/secret-two",
            "/settings/email/secret-three?x=secret-four",
            "/unsubscribe/secret-nine",
        ):
            proxy.get(path, Referer=f"https://{HOST}/reset/secret-five")
        plain = http.client.HTTPConnection("localhost", proxy.plain, timeout=PATIENCE)
        with contextlib.closing(plain):
            plain.request("GET", "/reset/secret-six", headers={"Host": HOST})
            assert plain.getresponse().getheader("Location", "").startswith(f"https://{HOST}")
        assert doctors(server, proxy) == {"site": ["ok"], "proxies": ["ok"], "host header": ["ok"], "worker": ["ok"]}
        server.process.terminate()
        server.process.wait(PATIENCE)
        assert proxy.get("/reset/secret-seven", Referer=f"https://{HOST}/reset/secret-eight").status == 502
    assert "/reset/***" in proxy.log
    assert "secret" not in proxy.log


@pytest.mark.sql
@pytest.mark.parametrize("before", PROXIES)
def test_a_proxy_speaks_http_2_and_compresses_once(tmp_path: Path, before: Before) -> None:
    proxy = Proxy.planned(tmp_path)
    said = "%{http_version} %{http_code}"
    with running(tmp_path, **proxy.settings) as server, before(proxy, server.port):
        assert proxy.curl("/", "--http2", "--output", f"{tmp_path}/page", "--write-out", said) == "2 200"
        assert "<h1" in proxy.curl("/", "--compressed")  # decoded once, it is the page
        openapi = proxy.curl("/api/v1/openapi.json", "--compressed", "--dump-header", f"{tmp_path}/headers")
        assert json.loads(openapi)["openapi"] == "3.1.0"
        assert "content-encoding" in (tmp_path / "headers").read_text().lower()
        etag = proxy.get("/", **{"Accept-Encoding": "gzip"}).headers["ETag"]
        assert proxy.get("/", **{"Accept-Encoding": "gzip", "If-None-Match": etag}).status == 304


@pytest.mark.sql
def test_nginx_keeps_static_files_and_no_page(tmp_path: Path) -> None:
    proxy = Proxy.planned(tmp_path)
    others = ("/", "/settings/x.css", "/static/none.css")
    with running(tmp_path, **proxy.settings) as server, nginx_before(proxy, server.port):
        kept = re.findall(r"/static/site\.css\?v=\w+", proxy.curl("/"))[0]
        for path in (kept, *others):
            proxy.get(path)
        server.process.terminate()
        server.process.wait(PATIENCE)
        assert proxy.get(kept).status == 200
        for path in others:
            assert proxy.get(path).status == 502, path


def doctors(server: Running, proxy: Proxy) -> dict[str, list[str]]:
    """What `chapbook doctor` finds of the way through the proxy: the level, or what a fault says."""
    server.environment["SSL_CERT_FILE"] = str(proxy.folder / "site.pem")
    findings = json.loads(command(server, "doctor", "--json"))["findings"]
    found: dict[str, list[str]] = {"site": [], "proxies": [], "host header": [], "worker": []}
    for finding in findings:
        if finding["check"] in found:
            found[finding["check"]].append(finding["says"] if finding["level"] == "fault" else finding["level"])
    return found


def command(server: Running, *arguments: str, given: str = "") -> str:
    """What a command of the site prints."""
    done = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", *arguments],
        env=server.environment,
        cwd=server.folder,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
    )
    return done.stdout


@pytest.mark.sql
@pytest.mark.long
def test_a_rolling_restart_behind_nginx_loses_nothing(tmp_path: Path) -> None:
    """Two servers on one database restart in turn, twice, while clients read, send forms, and write."""
    proxy = Proxy.planned(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    shared = proxy.settings | {
        "CHAPBOOK_DATABASE_URL": f"sqlite:///{tmp_path}/shared.db",
        "CHAPBOOK_SECRET_KEY": "a" * 40 + "0123456789",
        "CHAPBOOK_RATE_LIMITS": "off",
    }
    statuses: dict[str, list[int]] = {"read": [], "form": [], "write": []}
    ended = threading.Event()
    as_susan = {"Authorization": f"Basic {b64encode(b'susan@example.com:cat in a box').decode()}"}

    def read() -> None:
        while not ended.is_set():
            statuses["read"].append(proxy.get("/").status)
            statuses["form"].append(proxy.get("/login", method="POST").status)

    def write() -> None:
        post = {"method": "POST", "body": '{"body": "here"}', "Content-Type": "application/json"}
        while not ended.is_set():
            key = {"Idempotency-Key": secrets.token_hex(16)}
            # A machine that is busy refuses a text and says so. Then a client sends it again.
            while (answer := proxy.get("/api/v1/posts/", **post, **key, **as_susan)).status == 503:
                time.sleep(float(answer.headers["Retry-After"]))
            statuses["write"].append(answer.status)

    with contextlib.ExitStack() as first, contextlib.ExitStack() as second:
        servers = [first.enter_context(running(tmp_path, **shared)), second.enter_context(running(other, **shared))]
        create = ["user", "create", "susan@example.com", "susan", "--confirmed"]
        command(servers[0], *create, given="cat in a box\n")
        with nginx_before(proxy, *(server.port for server in servers)):
            clients = [threading.Thread(target=each) for each in (read, read, read, write, write)]
            for client in clients:
                client.start()
            for stack, folder, server in 2 * ((first, tmp_path, servers[0]), (second, other, servers[1])):
                stack.close()
                stack.enter_context(running(folder, **shared | {"CHAPBOOK_PORT": str(server.port)}))
            ended.set()
            for client in clients:
                client.join(PATIENCE)
            susan = proxy.curl("/api/v1/me", "--user", "susan@example.com:cat in a box")
    assert len(statuses["read"]) > 30
    assert len(statuses["write"]) > 10
    assert {kind: set(found) for kind, found in statuses.items()} == {
        "read": {200},
        "form": {403},  # by the site, because there is no token
        "write": {201},
    }
    assert json.loads(susan)["post_count"] == len(statuses["write"])
