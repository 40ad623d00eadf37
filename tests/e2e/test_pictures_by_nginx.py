"""nginx sends the files of pictures itself, with what deploy/nginx.conf has for that. The site behind it is a small
one, which says of each path what the real one says."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from adapters.pictures.file_store import FolderPictureFiles
from adapters.pictures.paths import stored_path
from tests.e2e.proxies import Proxy, nginx_before

FIRST = 0x0197C3A1B2C4D5E6
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8 " + bytes(range(256)) * 500
HEADERS = {
    "Content-Type": "image/webp",
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class Site(BaseHTTPRequestHandler):
    """It shows one picture, hides another, and names one whose file is gone."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        number, _, name = self.path.removeprefix("/pictures/").partition("/")
        if number not in ("1", "3"):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        for header, value in HEADERS.items():
            self.send_header(header, value)
        self.send_header("X-Accel-Redirect", f"/_pictures/{stored_path(FIRST + int(number), name)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    Site.asked.clear()
    planned = Proxy.planned(tmp_path)
    files = FolderPictureFiles(tmp_path / "pictures")
    for number in (1, 2):
        files.put(FIRST + number, {"640.webp": WEBP})
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, name="site", daemon=True).start()
        with nginx_before(planned, site.server_address[1]):
            yield planned
        site.shutdown()


def asked(proxy: Proxy, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPSConnection("localhost", proxy.https, context=proxy.trusted, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()


def test_a_picture_has_its_bytes_and_the_headers_of_the_site(proxy: Proxy) -> None:
    answer, body = asked(proxy, "/pictures/1/640.webp", **{"Accept-Encoding": "gzip, br"})
    assert answer.status == 200
    assert body == WEBP
    assert {name: answer.headers.get_all(name) for name in HEADERS} == {name: [told] for name, told in HEADERS.items()}
    assert answer.headers["Content-Length"] == str(len(WEBP))
    assert "X-Accel-Redirect" not in answer.headers
    assert "Content-Encoding" not in answer.headers


def test_a_picture_is_sent_once_and_in_parts(proxy: Proxy) -> None:
    first, _ = asked(proxy, "/pictures/1/640.webp")
    again, body = asked(proxy, "/pictures/1/640.webp", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, body) == (304, b"")
    assert again.headers["Cache-Control"] == HEADERS["Cache-Control"]
    part, body = asked(proxy, "/pictures/1/640.webp", Range="bytes=100-199")
    assert (part.status, body) == (206, WEBP[100:200])
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert Site.asked == ["/pictures/1/640.webp"] * 3  # the site decides each time


def test_a_picture_that_the_site_does_not_show_is_not_sent(proxy: Proxy) -> None:
    answer, body = asked(proxy, "/pictures/2/640.webp")
    assert answer.status == 404
    assert WEBP not in body


def test_a_picture_without_its_file_is_not_found(proxy: Proxy) -> None:
    answer, _ = asked(proxy, "/pictures/3/640.webp")
    assert answer.status == 404
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/_pictures/{path}",
        "/_pictures/",
        "/_pictures",
        "//_pictures/{path}",
        "/static/../_pictures/{path}",
        "/%5Fpictures/{path}",
        "/_pictures/../site.pem",
        "/_pictures../site.pem",
    ],
)
def test_nobody_asks_for_a_file_past_the_site(proxy: Proxy, path: str) -> None:
    asked_for = path.format(path=stored_path(FIRST + 1, "640.webp"))
    answer, body = asked(proxy, asked_for, **{"X-Accel-Redirect": "/_pictures/" + stored_path(FIRST + 1, "640.webp")})
    assert WEBP not in body
    assert b"PRIVATE KEY" not in body
    assert answer.status in (400, 404)
