"""A client of the API: it sends credentials with every request, and reads answers as JSON."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Barrier
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.web.site import PASSWORD, Site

ROOT = "/api/v1"
CHALLENGES = ['Basic realm="Chapbook", charset="UTF-8"', 'Bearer realm="Chapbook"']
# What a problem of this message is, as the last part of its type.
OWN_TYPES = {
    "Unconfirmed account": "unconfirmed",
    "A moderator has not admitted this account yet": "waiting",
    "A moderator has silenced this account": "silenced",
    "A moderator has suspended this account": "suspended",
}
PROBLEM = {"type", "title", "status", "detail", "error", "message"}


def basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def bearer(token: str) -> str:
    return f"Bearer {token}"


class Answer:
    """An answer, read to its end."""

    def __init__(self, response: TestResponse) -> None:
        self.status: int = response.status_code
        self.headers: Headers = response.headers
        self.data: bytes = response.get_data()
        self.asked: str = f"{response.request.method} {response.request.full_path.rstrip('?')}"
        response.close()

    def __repr__(self) -> str:
        return f"<{self.asked} {self.status} {self.data[:200]!r}>"

    @cached_property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def links(self) -> dict[str, str]:
        """The header Link, by relation."""
        found = [part.split("; ") for part in self.headers.get("Link", "").split(", ") if part]
        return {name.removeprefix('rel="').removesuffix('"'): url.strip("<>") for url, name in found}

    def problem(self, status: int, message: str = "") -> "Answer":
        """That it is a problem document, whole and the same in both of its forms, about this."""
        assert self.status == status, self
        assert self.headers["Content-Type"] == "application/problem+json", self
        told = self.json
        assert PROBLEM <= told.keys() <= PROBLEM | {"errors", "request_id", "until"}, self
        own = told["type"].rpartition("/api/problems/")[2]
        assert own == OWN_TYPES.get(told["message"], "not-allowed" if status == 403 else "about:blank"), self
        assert told["type"] == "about:blank" or (status == 403 and "/api/problems/" in told["type"])
        assert told["status"] == status
        assert told["error"] == told["title"].lower()
        assert told["detail"] == told["message"] != ""
        assert message in told["message"]
        if status == 401:
            assert self.headers.getlist("WWW-Authenticate") == CHALLENGES
        if status in (429, 503):
            assert int(self.headers["Retry-After"]) >= 1
        return self

    @property
    def fields(self) -> dict[str, str]:
        """What a problem says of each field."""
        return {error["field"]: error["message"] for error in self.json.get("errors", [])}


class Api:
    """`authorization` is sent with everything; nothing is, where it is None."""

    def __init__(self, site: Site, authorization: str | None = None, *, address: str = "192.0.2.9") -> None:
        self.site = site
        self.authorization = authorization
        self.address = address
        self._client = site.app.test_client(use_cookies=False)

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """`path` is below the root, or an absolute URL of the site's own; `body` is sent as JSON."""
        headers = Headers(options.pop("headers", {}))
        if self.authorization is not None:
            headers.setdefault("Authorization", self.authorization)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            options["data"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        options.setdefault("base_url", self.site.settings.base_url)
        url = path.removeprefix(self.site.settings.base_url)
        where = url if url.startswith("/api") else ROOT + url
        environ = {"REMOTE_ADDR": self.address} | options.pop("environ", {})
        return Answer(self._client.open(where, method=method, headers=headers, environ_overrides=environ, **options))

    def get(self, path: str, **options: Any) -> Answer:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self("DELETE", path, **options)

    def pages(self, path: str, **options: Any) -> list[Answer]:
        """From the first page to the last, by `next`."""
        found = [self.get(path, **options)]
        while (further := found[-1].json["next"]) is not None:
            found.append(self.get(further, **options))
        return found


def visitor(site: Site) -> Api:
    """Somebody without any proof."""
    return Api(site)


def program_of(site: Site, name: str) -> Api:
    """A program with a fresh token of this member's."""
    return Api(site, bearer(token_of(site, name)))


def with_password(site: Site, name: str, password: str = PASSWORD) -> Api:
    return Api(site, basic(f"{name}@example.com", password))


def at_once(*requests: Callable[[], Answer]) -> list[Answer]:
    """Each from a thread of its own, all beginning together."""
    start = Barrier(len(requests))

    def ask(request: Callable[[], Answer]) -> Answer:
        start.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(ask, requests))


def token_of(site: Site, name: str) -> str:
    answer = with_password(site, name).post("/tokens/")
    assert answer.status == 200, answer
    token: str = answer.json["token"]
    return token
