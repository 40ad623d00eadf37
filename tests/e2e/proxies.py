"""nginx and Caddy before the site, with the configuration that deploy/ has for each. Only hosts, ports and files are
of the test."""

import contextlib
import getpass
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.certificates import self_signed
from tests.ports import free_port

PATIENCE = 20.0
HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Proxy:
    """`https` and `plain` are ports."""

    folder: Path
    https: int
    plain: int
    trusted: ssl.SSLContext

    @classmethod
    def planned(cls, folder: Path) -> "Proxy":
        """Its ports are free, and its certificate is new."""
        trusted = ssl.create_default_context(cafile=str(self_signed(folder / "site.pem", HOST)))
        return cls(folder, free_port(), free_port(), trusted)

    @property
    def settings(self) -> dict[str, str]:
        """Those of the site behind it."""
        return {"CHAPBOOK_BASE_URL": f"https://{HOST}:{self.https}", "CHAPBOOK_TRUSTED_PROXIES": "1"}

    def get(
        self, path: str, *, method: str = "GET", address: str = "127.0.0.1", body: str | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(HOST, timeout=PATIENCE)
        plain = socket.create_connection((address, self.https), timeout=PATIENCE)
        connection.sock = self.trusted.wrap_socket(plain, server_hostname=HOST)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers={"Host": f"{HOST}:{self.https}", **headers})
            answer = connection.getresponse()
            answer.read()
            return answer

    def curl(self, path: str, *options: str) -> str:
        """What curl prints. It speaks HTTP/2 where the proxy does."""
        trusted = ["--cacert", f"{self.folder}/site.pem"]
        url = f"https://{HOST}:{self.https}{path}"
        command = ["curl", "--silent", "--max-time", str(PATIENCE), *trusted, *options, url]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


Before = Callable[..., contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def nginx_before(proxy: Proxy, *ports: int) -> Iterator[None]:
    program, folder = found("nginx", "nginx-light"), proxy.folder
    site = adapted(
        "nginx.conf",
        (r"blog\.example\.com(?=;)", HOST),
        (r"/etc/letsencrypt/live/\S+/(fullchain|privkey)\.pem", str(folder / "site.pem")),
        (r"/var/log/nginx/|/var/cache/(?=nginx)", f"{folder}/"),
        (r"/var/lib/chapbook/var/(?=pictures/)", f"{folder}/"),
        (r"(listen (?:\[::\]:)?)443", rf"\g<1>{proxy.https}"),
        (r"(listen (?:\[::\]:)?)80;", rf"\g<1>{proxy.plain};"),
        (r"( +server) 127\.0\.0\.1:8000", ";".join(rf"\1 127.0.0.1:{port} max_fails=0" for port in ports)),
    )
    (folder / "nginx.conf").write_text(
        # The folders of a test are its user's alone.
        f"user {getpass.getuser()}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}}}\n"
    )
    command = [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=PATIENCE)
    with started(command, proxy):
        yield


@contextlib.contextmanager
def caddy_before(proxy: Proxy, *ports: int) -> Iterator[None]:
    program, folder = found("caddy", "caddy"), proxy.folder
    site = adapted(
        "Caddyfile",
        (r"^\{$", f"{{\n admin off\n http_port {proxy.plain}\n https_port {proxy.https}\n skip_install_trust"),
        (r"log default \{", rf"\g<0>\n output file {folder}/error.log"),
        (r"^blog\.example\.com \{", rf"{HOST} {{\n tls {folder}/site.pem {folder}/site.pem"),
        (r"/var/log/caddy/", f"{folder}/"),
        (r"127\.0\.0\.1:8000", " ".join(f"127.0.0.1:{port}" for port in ports)),
    )
    (folder / "Caddyfile").write_text(site)
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [program, "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    with started(command, proxy, **homes):
        yield


def found(program: str, package: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        pytest.skip(f"no {program} here: install the package {package}")
    return path


def adapted(name: str, *changes: tuple[str, str]) -> str:
    """A file of deploy/, in which each pattern is replaced, at least once."""
    text = (ROOT / "deploy" / name).read_text()
    for wanted, given in changes:
        text, times = re.subn(wanted, given, text, flags=re.MULTILINE)
        assert times, wanted
    return text


@contextlib.contextmanager
def started(command: list[str], proxy: Proxy, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment or None)
    try:
        give_up_at = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", proxy.https)):
                break
            assert process.poll() is None
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
