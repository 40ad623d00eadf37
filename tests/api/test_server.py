"""What only the real server can show: bodies without a length, hosts, and connections that go on."""

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.api.client import basic
from tests.api.running import Running, running

PROOF = {"Authorization": basic("susan@example.com", "a horse, a battery"), "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as found:
        subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", "user", "create", "susan@example.com", "susan", "--confirmed"],
            env=found.environment,
            input=b"a horse, a battery\n",
            check=True,
            capture_output=True,
            timeout=60,
        )
        yield found


@pytest.fixture
def connection(server: Running) -> Iterator[http.client.HTTPConnection]:
    found = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    yield found
    found.close()


def problem(response: http.client.HTTPResponse, status: int) -> None:
    assert response.status == status
    assert response.getheader("Content-Type") == "application/problem+json"
    assert json.loads(response.read())["status"] == status


def megabytes(count: int) -> Iterator[bytes]:
    yield b'{"body": "'
    for _ in range(count):
        yield b"x" * 1_000_000
    yield b'"}'


@pytest.mark.parametrize("path", ["/api/v1/posts/", "/api/v1/users/"])
def test_n5_ten_megabytes_in_chunks_are_refused_quickly(connection: http.client.HTTPConnection, path: str) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the server reads no more, but it has answered
        connection.request("POST", path, megabytes(10), PROOF, encode_chunked=True)
    problem(connection.getresponse(), 413)


def test_a_small_body_in_chunks_is_read(connection: http.client.HTTPConnection) -> None:
    chunks = iter([b'{"body": ', b'"Soup."}'])
    connection.request("POST", "/api/v1/posts/", chunks, PROOF, encode_chunked=True)
    response = connection.getresponse()

    assert response.status == 201
    assert json.loads(response.read())["body"] == "Soup."


def test_a_connection_stays_usable_after_an_unread_body(connection: http.client.HTTPConnection) -> None:
    for _ in range(3):
        connection.request("POST", "/api/v1/tokens/", b'{"body": "unread"}' * 1_000, PROOF)
        response = connection.getresponse()
        assert (response.status, "token" in json.loads(response.read())) == (200, True)
        connection.request("POST", "/api/v1/nowhere", b'{"body": "unread"}' * 1_000, PROOF)
        problem(connection.getresponse(), 404)


def test_h1_another_host_is_a_bad_request(connection: http.client.HTTPConnection) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "a b"):
        connection.request("GET", "/api/v1/me", headers=PROOF | {"Host": host})
        problem(connection.getresponse(), 400)


def test_h1_another_host_in_a_request_changes_no_link(server: Running, connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/api/v1/posts/", b'{"body": "Soup."}', PROOF | {"X-Forwarded-Host": "evil.example"})
    response = connection.getresponse()

    assert response.getheader("Location", "").startswith(f"{server.url}/api/v1/posts/")
    assert b"evil.example" not in response.read()


def test_head_has_no_body_and_the_same_headers(connection: http.client.HTTPConnection) -> None:
    told = []
    for method in ("GET", "HEAD"):
        connection.request(method, "/api/v1/me", headers=PROOF | {"X-Request-ID": "an-id"})
        response = connection.getresponse()
        body = response.read()
        assert (body == b"") == (method == "HEAD")
        told.append({name: value for name, value in response.getheaders() if name not in ("Date", "RateLimit")})
    assert told[0] == told[1]
    assert "ETag" in told[0]
    assert "Server" not in told[0]
