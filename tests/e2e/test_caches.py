"""A cache in front of the site keeps more than it should, and still never shows a page or a picture to somebody who
may not see it."""

import contextlib
import getpass
import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from domain.roles import Role
from tests.e2e.proxies import PATIENCE, Proxy, found, started
from tests.faults.client import ask
from tests.faults.community import PASSWORD, Community, community_on
from tests.faults.pictures import Browser, send
from tests.faults.writers import ROOT, Member

pytestmark = pytest.mark.sql

# It keeps everything that it may, by a path without its query, and files for ten minutes where nothing is said.
CACHE = """
user {user}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; access_log off;
    proxy_cache_path {folder}/cache keys_zone=all:1m;
    proxy_cache all;
    proxy_cache_key $uri;
    proxy_cache_valid 200 301 302 404 10m;
    proxy_set_header Host $http_host;
    add_header X-Cache $upstream_cache_status always;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://127.0.0.1:{site}; }}
        location ~ \\.(css|js|svg|jpg|webp)$ {{
            proxy_ignore_headers Set-Cookie;
            proxy_hide_header Set-Cookie;
            proxy_pass http://127.0.0.1:{site};
        }}
    }}
}}
"""
# What a browser or a server may take for the same picture, or for a file that anybody may have.
HOSTILE = (
    "/pictures/{id}/320.webp",
    "/pictures/{id}/320.webp?x",
    "/pictures/{id}/320.webp?v=a.css",
    "/pictures/{id}/320.webp;a.css",
    "/pictures/{id}/320.webp%3Ba.css",
    "/pictures/{id}/320.webp/a.css",
    "/pictures/{id}/320.webp%2Fa.css",
    "/pictures/{id}/320.webp%00a.css",
    "/pictures/{id}/320.webp%0Aa.css",
    "/pictures/{id}/320.webp%3Fa.css",
    "/pictures/{id}/320.webp%23a.css",
    "/pictures/{id}/320.webp.css",
    "/pictures/{id}/%3320.webp",
    "//pictures/{id}/320.webp",
    "/pictures//{id}/320.webp",
    "/pictures/{id}//320.webp",
    "/pictures/./{id}/320.webp",
    "/pictures/%2e/{id}/320.webp",
    "/static/../pictures/{id}/320.webp",
    "/static/%2e%2e/pictures/{id}/320.webp",
    "/static/..%2fpictures/{id}/320.webp",
    "/static/site.css/..%2f..%2fpictures/{id}/320.webp",
    "/pictures/{id}/320%2ewebp",
    "/PICTURES/{id}/320.webp",
    "/pictures/{id}/0320.webp",
    "/pictures/0{id}/320.webp",
    "/pictures/{id}",
)

# The same for pages, behind each of their paths.
TAILS = (
    "",
    "?",
    "?x=a.css",
    "/",
    "/a.css",
    "/..%2fa.css",
    ";a.css",
    "%3Ba.css",
    "%2Fa.css",
    "%00a.css",
    "%23a.css",
    ".css",
)


@dataclass(frozen=True, slots=True)
class Cached:
    """`port` is that of the cache."""

    community: Community
    port: int

    def get(self, path: str, cookie: str = "") -> tuple[int, dict[str, str], bytes]:
        """As it stands: no library may tidy it up."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.putrequest("GET", path, skip_accept_encoding=True)
            if cookie:
                connection.putheader("Cookie", cookie)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def picture(self, member: Member) -> tuple[int, bytes]:
        """The id of a new one, and the smallest file of it."""
        picture_id = int(send(self.community.server.port, member).json["id"])
        name = f"{picture_id:016x}/320.webp"
        (path,) = (self.community.server.folder / "pictures").glob(f"*/{name}")
        return picture_id, path.read_bytes()


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    folder = tmp_path_factory.mktemp("site")
    cache = Proxy.planned(tmp_path_factory.mktemp("cache"))
    program = found("nginx", "nginx-light")
    with community_on("SQLite", folder, f"sqlite:///{folder}/chapbook.db", 1) as community:
        with community.container() as container:
            container.members().create(
                email="mod@example.com", username="mod", password=PASSWORD, role=Role.MODERATOR, confirmed=True
            )
        config = cache.folder / "nginx.conf"
        config.write_text(
            CACHE.format(user=getpass.getuser(), folder=cache.folder, port=cache.https, site=community.server.port)
        )
        command = [program, "-p", str(cache.folder), "-e", f"{cache.folder}/error.log", "-c", str(config)]
        with started(command, cache):
            yield Cached(community, cache.https)


def test_the_cache_keeps_what_it_may(cached: Cached) -> None:
    path = re.findall(r"/static/site\.css\?v=\w+", cached.get("/")[2].decode())[0]
    assert [cached.get(path)[1]["x-cache"] for _ in range(2)] == ["MISS", "HIT"]


def test_no_page_of_a_member_reaches_anybody_else(cached: Cached) -> None:
    (member,) = cached.community.members
    browser, moderator = Browser(cached.port, member.name), Browser(cached.port, "mod")
    token = browser.token_on("/settings/profile").encode()
    post_id = ask(
        cached.community.server.port, "POST", f"{ROOT}/posts/", {"body": "Soup."}, headers=member.headers
    ).json["id"]
    pages = (
        "/",
        "/following",
        f"/posts/{post_id}",
        f"/@{member.name}",
        "/tags",
        "/people",
        "/notifications",
        "/bookmarks",
    )
    paths = [f"{page}{tail}" for page in (*pages, "/settings/profile", "/settings/account") for tail in TAILS]

    own = {path: cached.get(path, browser.cookie) for path in paths for _ in range(2)}
    for path in paths:
        for cookie in ("", moderator.cookie):
            _, headers, body = cached.get(path, cookie)
            assert token not in body, path
            assert b"data-viewer" not in body or cookie, path
            assert headers.get("x-cache") != "HIT" or path not in pages, path
    shown = [headers for status, headers, body in own.values() if status == 200 and token in body]
    assert len(shown) >= len(pages)
    assert {headers["cache-control"] for headers in shown} <= {"private, no-cache", "no-store"}


def test_a_picture_that_nothing_shows_reaches_no_visitor(cached: Cached) -> None:
    (member,) = cached.community.members
    browser = Browser(cached.port, member.name)
    picture_id, content = cached.picture(member)
    paths = [path.format(id=picture_id) for path in HOSTILE]

    of_owner = {path: cached.get(path, browser.cookie) for path in paths}
    for path in paths:
        status, headers, body = cached.get(path)
        assert content not in body, path
        assert not headers.get("content-type", "").startswith("image/"), path
        assert (status, headers.get("x-cache")) != (200, "HIT"), path
    seen = [answer for answer in of_owner.values() if answer[2] == content]
    assert len(seen) >= 3  # the path itself, and with a query
    assert {headers["cache-control"] for _, headers, _ in seen} == {"private, no-store"}
    assert {headers["content-type"] for _, headers, _ in seen} == {"image/webp"}


def test_what_becomes_of_a_post_is_seen_through_the_cache_at_once(cached: Cached) -> None:
    (member,) = cached.community.members
    moderator = Browser(cached.port, "mod")
    picture_id, content = cached.picture(member)
    path = f"/pictures/{picture_id}/320.webp"

    assert [cached.get(path)[0] for _ in range(2)] == [404, 404]
    body = {"body": f"![A boat](picture:{picture_id})"}
    post_id = ask(cached.community.server.port, "POST", f"{ROOT}/posts/", body, headers=member.headers).json["id"]
    for _ in range(2):
        status, headers, body_seen = cached.get(path)
        assert (status, body_seen) == (200, content)
        assert "s-maxage=0" in headers["cache-control"]
    moderator.press(f"/posts/{post_id}/hide", reason="Not here.")
    assert [cached.get(path)[0] for _ in range(2)] == [404, 404]
    assert cached.get(path + "?x")[0] == 404
    moderator.press(f"/posts/{post_id}/restore", reason="After all.")
    assert cached.get(path)[0] == 200
