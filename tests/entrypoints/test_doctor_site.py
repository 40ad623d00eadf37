"""`chapbook doctor` and the way of a request: BASE_URL, certificates, proxies. Sites and proxies are real servers."""

import contextlib
import http.client
import json
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from application.ports.tokens import Claims
from domain.credentials import Purpose
from entrypoints.app import create_app
from entrypoints.choices import utc_now
from entrypoints.container import Container
from entrypoints.doctor import reaching, site
from entrypoints.doctor.findings import Level
from entrypoints.settings import load_settings
from entrypoints.web.diagnosis import HEADER
from tests.certificates import self_signed
from tests.entrypoints.conftest import SetUp
from tests.ports import free_port
from tests.smtp_server import SmtpServer

Headers = dict[str, str]
Change = Callable[[Headers, str], None]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def serving(setup: SetUp | None = None) -> Iterator[int]:
    """The site with the settings in the environment, in this process: its port. With `setup` BASE_URL leads to it."""
    server = make_server("127.0.0.1", 0, Flask("none yet"), threaded=True, request_handler=Quiet)
    if setup is not None:
        setup.set(base_url=f"http://127.0.0.1:{server.server_port}")
    server.app = create_app(Container(settings=load_settings()))
    with running(server):
        yield server.server_port


@contextlib.contextmanager
def running(server: ThreadingHTTPServer | object) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})  # type: ignore[union-attr]
    thread.start()
    try:
        yield
    finally:
        server.shutdown()  # type: ignore[union-attr]
        thread.join(20)
        server.server_close()  # type: ignore[union-attr]


def appends(headers: Headers, client: str) -> None:
    before = headers.get("X-Forwarded-For", "")
    headers["X-Forwarded-For"] = f"{before}, {client}" if before else client


def replaces(headers: Headers, client: str) -> None:
    headers["X-Forwarded-For"] = client


def says_nothing(headers: Headers, client: str) -> None:
    """As a proxy that nobody has told anything."""


def says_https(headers: Headers, client: str) -> None:
    headers["X-Forwarded-Proto"] = "https"


def says_http(headers: Headers, client: str) -> None:
    headers["X-Forwarded-Proto"] = "http"


def names_itself(headers: Headers, client: str) -> None:
    headers["Host"] = "127.0.0.2:9"


class Proxy:
    """Passes requests on to the port `to`, with headers that `changes` made."""

    def __init__(self, *changes: Change, certificate: Path | None = None) -> None:
        self.to = 0
        proxy = self

        class Passes(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = dict(self.headers)
                for change in changes:
                    change(headers, self.client_address[0])
                connection = http.client.HTTPConnection("127.0.0.1", proxy.to, timeout=20)
                with contextlib.closing(connection):
                    connection.putrequest(self.command, self.path, skip_host=True)
                    for name, value in headers.items():
                        connection.putheader(name, value)
                    connection.endheaders()
                    answer = connection.getresponse()
                    text = answer.read()
                self.send_response_only(answer.status)
                self.send_header("Date", answer.headers["Date"])
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Passes)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"


@contextlib.contextmanager
def behind(setup: SetUp, *proxies: Proxy, **settings: str) -> Iterator[None]:
    """The site is behind these proxies; the first one is the outermost."""
    setup.set(base_url=proxies[0].url, **settings)
    with serving() as port, contextlib.ExitStack() as stack:
        for proxy, inner in zip(proxies, [*proxies[1:], None], strict=True):
            proxy.to = port if inner is None else inner.server.server_port
            stack.enter_context(running(proxy.server))
        yield


def certified(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this process believes."""
    path = self_signed(setup.folder / "site.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


WAY = ("site", "site clock", "proxies", "host header")


@pytest.fixture
def bare(bare: SetUp) -> SetUp:
    bare.set(storage="memory")
    return bare


def test_a_site_that_answers_itself_is_well(bare: SetUp) -> None:
    with serving(bare):
        assert bare.is_well(*WAY)


# Restarted or not.


def test_a_base_url_with_which_the_site_was_not_restarted_is_a_fault(bare: SetUp) -> None:
    bare.set(env="production", password_memory_kib="", password_rounds="")
    with serving(bare) as port:
        bare.set(base_url=f"http://localhost:{port}")

        says = bare.fault("site")
        assert bare.is_well("host header")

    assert "The running site refuses the host localhost: every page answers 400." in says
    assert f"has another CHAPBOOK_BASE_URL: http://127.0.0.1:{port} and not http://localhost:{port}." in says
    assert "Restart the site and its workers" in says


def test_a_base_url_that_only_links_in_mails_miss_is_a_fault(bare: SetUp) -> None:
    """In development the site answers to localhost too."""
    with serving(bare) as port:
        bare.set(base_url=f"http://localhost:{port}")

        says = bare.fault("site")

    assert "refuses" not in says
    assert "has another CHAPBOOK_BASE_URL" in says


def test_allowed_hosts_with_which_the_site_was_not_restarted_are_a_fault(bare: SetUp) -> None:
    bare.set(allowed_hosts="www.example.com")
    with serving(bare):
        # What is wrong here too is said once, and a restart would not mend it.
        assert bare.fault("hosts")
        assert bare.is_well("site", "host header")

        bare.set(allowed_hosts="")

        says = bare.fault("site")

    assert "The running site refuses the host 127.0.0.1: every page answers 400." in says
    assert "BASE_URL" not in says


# Not reached.


def test_a_base_url_where_nothing_listens_is_a_fault(bare: SetUp) -> None:
    bare.set(base_url=f"http://127.0.0.1:{free_port()}")

    assert "cannot be reached: Connection refused. Start the site (`chapbook serve`)" in bare.fault("site")
    found = bare.look("proxies", "host header", "site clock")
    assert {each.level for each in found} == {Level.UNKNOWN}
    assert {each.says for each in found} == {"Not looked at, because the site was not reached."}


def test_a_base_url_without_an_address_is_a_fault(bare: SetUp) -> None:
    bare.set(base_url="http://blog.invalid")

    assert "The name blog.invalid has no address here. Make a DNS record" in bare.fault("site")


def test_a_base_url_that_says_nothing_is_a_fault(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bare.set(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}")

        assert "did not answer in" in bare.fault("site")


def test_a_certificate_that_does_not_hold_is_a_fault(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(replaces, says_https, certificate=self_signed(bare.folder / "site.pem"))
    with behind(bare, proxy, trusted_proxies="1"):
        assert "The certificate at https://127.0.0.1" in bare.fault("site")

        monkeypatch.setenv("SSL_CERT_FILE", str(bare.folder / "site.pem"))
        assert bare.is_well(*WAY)


def test_https_where_nobody_speaks_tls_is_a_fault(bare: SetUp) -> None:
    with serving() as port:
        bare.set(base_url=f"https://127.0.0.1:{port}")

        assert "speaks http, not https. Let a proxy serve https there" in bare.fault("site")


@contextlib.contextmanager
def line_by_line(answer: bytes) -> Iterator[int]:
    """A server that waits for the end of a line, as gunicorn does, and so for ever for that of a TLS handshake."""

    class Reads(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (line := self.rfile.readline()) and line.strip():
                pass
            self.wfile.write(answer)

    class Waits(Reads):
        def handle(self) -> None:
            if self.request.recv(1, socket.MSG_PEEK) == b"\x16":
                self.request.settimeout(20)
                self.rfile.read()
            else:
                super().handle()

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Waits)
    with running(server):
        yield server.server_address[1]


@pytest.mark.parametrize(
    ("status", "says"), [("200 OK", "speaks http, not https."), ("400 Bad Request", "did not answer in 0.3 seconds.")]
)
def test_https_where_http_waits_for_more_is_a_fault(
    bare: SetUp, monkeypatch: pytest.MonkeyPatch, status: str, says: str
) -> None:
    """With 400 a server with TLS answers what comes without."""
    monkeypatch.setattr(reaching, "PATIENCE", 0.3)
    monkeypatch.setattr(site, "PATIENCE", 0.3)
    with line_by_line(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        bare.set(base_url=f"https://127.0.0.1:{port}")

        assert says in bare.fault("site")


def answering(status: int, text: str = "", **headers: str) -> ThreadingHTTPServer:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            for name, value in ({"Content-Length": str(len(text))} | headers).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Answers)


@pytest.mark.parametrize(
    ("status", "text", "headers", "says"),
    [
        (200, "<h1>Welcome to nginx!</h1>", {}, "Another site answers at http://127.0.0.1"),
        (404, "", {}, "Another site answers at http://127.0.0.1"),
        (200, '{"address": 7}', {}, "Another site answers at http://127.0.0.1"),
        (502, "", {}, "let the proxy pass requests on to port 8000"),
        (301, "", {"Location": "https://me:mellon@www.example.com/x"}, "leads on to 'https://www.example.com' and"),
        (302, "", {"Location": "/start"}, "leads on to 'another path' and not to this site"),
    ],
)
def test_another_answer_than_that_of_the_site_is_a_fault(
    bare: SetUp, status: int, text: str, headers: Headers, says: str
) -> None:
    server = answering(status, text, **headers)
    with running(server):
        bare.set(base_url=f"http://127.0.0.1:{server.server_port}")

        assert says in bare.fault("site")


def test_a_site_with_another_secret_key_is_a_fault(bare: SetUp) -> None:
    with serving(bare):
        bare.set(secret_key="0123456789abcdef0123456789abcdeF")

        assert "Give all processes the same CHAPBOOK_SECRET_KEY and restart them" in bare.fault("site")


def test_a_site_whose_clock_differs_is_a_fault(bare: SetUp) -> None:
    """It does not believe the token, because that is from its future."""
    server = answering(200, "ok\n", Date=format_datetime(utc_now() - timedelta(minutes=5), usegmt=True))
    with running(server):
        bare.set(base_url=f"http://127.0.0.1:{server.server_port}")

        says = bare.fault("site")

    # The server's clock stands still, so a busy machine adds seconds.
    assert re.search(r"differs by (299|3[0-5]\d) seconds", says)
    assert "timedatectl set-ntp true" in says


def test_an_older_version_of_the_site_is_a_warning(bare: SetUp) -> None:
    arrived = (
        '{"address": "127.0.0.1", "scheme": "http", "host": "127.0.0.1", "forwarded_for": "", "forwarded_proto": "",'
        ' "version": "0.0.9"}'
    )
    server = answering(200, arrived, Date=format_datetime(utc_now() + timedelta(seconds=20), usegmt=True))
    with running(server):
        bare.set(base_url=f"http://127.0.0.1:{server.server_port}")

        assert "Restart the site and its workers after each new version." in bare.warning("site")
        assert re.search("(20|1[0-9]) seconds ahead of this one.", bare.fault("site clock"))


def test_a_site_that_says_no_time_is_a_warning(bare: SetUp) -> None:
    arrived = dict.fromkeys(("address", "scheme", "host", "forwarded_for", "forwarded_proto", "version"), "")
    server = answering(200, json.dumps(arrived))
    with running(server):
        bare.set(base_url=f"http://127.0.0.1:{server.server_port}")

        assert "Let the proxy pass the header Date on." in bare.warning("site clock")


def test_what_does_not_speak_http_is_a_fault(bare: SetUp, smtp_server: SmtpServer) -> None:
    bare.set(base_url=f"http://127.0.0.1:{smtp_server.port}")

    assert "does not speak HTTP. Start the site" in bare.fault("site")


# Proxies.


@pytest.mark.parametrize(
    ("trusted", "says"),
    [
        ("0", "all readers share one address and its limits. Set CHAPBOOK_TRUSTED_PROXIES to 1."),
        ("1", ""),
        ("2", "The site believes any address that a client makes up, so limits hold nobody."),
    ],
)
def test_one_proxy_that_appends(bare: SetUp, trusted: str, says: str) -> None:
    with behind(bare, Proxy(appends), trusted_proxies=trusted):
        if says:
            found = bare.fault("proxies")
            assert says in found
            assert found.endswith("Set CHAPBOOK_TRUSTED_PROXIES to 1.")
        else:
            assert bare.is_well(*WAY)


@pytest.mark.parametrize(("trusted", "is_right"), [("0", False), ("1", True), ("3", False)])
def test_one_proxy_that_replaces(bare: SetUp, trusted: str, is_right: bool) -> None:
    with behind(bare, Proxy(replaces), trusted_proxies=trusted):
        assert bare.is_well("proxies") if is_right else "CHAPBOOK_TRUSTED_PROXIES to 1." in bare.fault("proxies")


@pytest.mark.parametrize(("trusted", "is_right"), [("1", False), ("2", True), ("3", False)])
@pytest.mark.parametrize("outermost", [appends, replaces])
def test_two_proxies(bare: SetUp, outermost: Change, trusted: str, is_right: bool) -> None:
    with behind(bare, Proxy(outermost), Proxy(appends), trusted_proxies=trusted):
        assert bare.is_well("proxies") if is_right else "CHAPBOOK_TRUSTED_PROXIES to 2." in bare.fault("proxies")


def test_trust_without_a_proxy_is_a_fault(bare: SetUp) -> None:
    bare.set(trusted_proxies="1")
    with serving(bare):
        says = bare.fault("proxies")

    assert "The site believes any address that a client makes up" in says
    assert "or set CHAPBOOK_TRUSTED_PROXIES to 0 where no proxy is." in says


def test_https_that_the_site_takes_for_http_is_a_fault(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(replaces, says_https, certificate=certified(bare, monkeypatch))
    with behind(bare, proxy, trusted_proxies="0"):
        address, scheme = bare.look("proxies")

        assert "all readers share one address" in address.says
        assert "the site takes https for http" in scheme.says
        assert scheme.remedy == "Set CHAPBOOK_TRUSTED_PROXIES to 1, so that X-Forwarded-Proto counts."


@pytest.mark.parametrize(
    ("changes", "trusted", "remedies"),
    [
        (
            [says_nothing],
            "0",
            ["set CHAPBOOK_TRUSTED_PROXIES to the number of proxies.", "Let the proxy set X-Forwarded-P"],
        ),
        ([replaces], "1", ["Let the proxy set X-Forwarded-Proto, as deploy/nginx.conf does"]),
        ([replaces, says_http], "1", ["Let the proxy that serves https set X-Forwarded-Proto to https"]),
        ([replaces, says_https], "1", []),
    ],
)
def test_what_a_proxy_with_https_has_to_say(
    bare: SetUp, monkeypatch: pytest.MonkeyPatch, changes: list[Change], trusted: str, remedies: list[str]
) -> None:
    proxy = Proxy(*changes, certificate=certified(bare, monkeypatch))
    with behind(bare, proxy, trusted_proxies=trusted):
        faults = [found for found in bare.look("proxies") if found.level is Level.FAULT]

    assert len(faults) == len(remedies)
    for found, remedy in zip(faults, remedies, strict=True):
        assert remedy in found.remedy


def test_two_proxies_of_which_one_says_the_scheme_are_a_fault(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = Proxy(replaces, says_https, certificate=certified(bare, monkeypatch))
    with behind(bare, outer, Proxy(appends), trusted_proxies="2"):
        assert "X-Forwarded-Proto has 1 of 2 values: let each proxy append its own" in bare.fault("proxies")


def test_https_before_a_base_url_with_http_is_a_warning(bare: SetUp) -> None:
    with behind(bare, Proxy(replaces, says_https), trusted_proxies="1"):
        assert "Set CHAPBOOK_BASE_URL to https://..." in bare.warning("proxies")


def test_a_proxy_that_passes_another_host_is_a_fault(bare: SetUp) -> None:
    with behind(bare, Proxy(replaces, names_itself), trusted_proxies="1"):
        says = bare.fault("host header")

    assert "reach the site with the Host '127.0.0.2'" in says
    assert "`proxy_set_header Host $host`" in says


# What /healthz says to others.


def test_health_is_as_ever_to_whoever_has_no_token_for_it(bare: SetUp) -> None:
    container = Container(settings=load_settings())
    client = create_app(container).test_client()
    tokens, now = container.tokens(), utc_now()

    def token(purpose: Purpose, at: timedelta = timedelta(0)) -> str:
        return str(tokens.issue(Claims(1, purpose, tokens.new_id()), at=now + at))

    same = {"X-Request-ID": "0123456789abcdef"}
    plain = client.get("/healthz", headers=same)
    assert (plain.status_code, plain.data, plain.mimetype) == (200, b"ok\n", "text/plain")
    wrong = [
        "",
        "x",
        "a.b.c",
        token(Purpose.API),
        token(Purpose.CONFIRM),
        token(Purpose.DIAGNOSIS, -timedelta(minutes=2)),
    ]
    for given in wrong:
        answer = client.get("/healthz", headers=same | {HEADER: given})
        assert (answer.data, list(answer.headers)) == (plain.data, list(plain.headers)), given
    right = {HEADER: token(Purpose.DIAGNOSIS)}
    assert b'"status": "pass"' in client.get("/readyz", headers=right).data
    seen = client.get("/healthz", headers={**right, "X-Forwarded-For": "192.0.2.1"})
    assert seen.json is not None
    assert (seen.json["address"], seen.json["forwarded_for"]) == ("127.0.0.1", "192.0.2.1")
    assert (seen.json["base_url"], seen.json["is_refused"]) == (load_settings().base_url, False)
    assert client.get("/healthz", headers=right | {"Host": "evil.example"}).json["is_refused"] is True  # type: ignore[index]
    assert seen.headers["Cache-Control"] == "no-store"


def test_the_token_of_a_diagnosis_opens_nothing_else(bare: SetUp) -> None:
    container = Container(settings=load_settings())
    client = create_app(container).test_client()
    tokens = container.tokens()
    token = tokens.issue(Claims(1, Purpose.DIAGNOSIS, tokens.new_id()), at=utc_now())

    answer = client.get(
        "/api/v1/timeline/", headers={"Authorization": f"Bearer {token}", "Host": load_settings().allowed_hosts[0]}
    )
    assert answer.status_code in (401, 404)
