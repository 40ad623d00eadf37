"""The headers of every answer: security, caching and cookies."""

import re
from collections.abc import Iterator

import pytest

from entrypoints.container import Container
from tests.doubles import Moody, OftenBroken, put_in, put_into_storage
from tests.web.browser import Browser, Page
from tests.web.conftest import MakeSite, inhabited
from tests.web.site import PASSWORD, Site
from tests.web.test_refusals import HUGE

POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def answers(site: Site, storage: Moody) -> Iterator[Page]:
    """One of each status."""
    post_id = site.post("susan")
    susan, visitor = site.browser("susan"), site.browser()
    token = susan.token()
    first = visitor.get("/")
    yield first
    yield visitor.get("/", headers={"If-None-Match": str(first.etag)})
    yield visitor.get("/following")
    yield visitor.get("/@Susan")
    yield visitor.get("/", headers={"Host": "evil.example"})
    yield susan.post("/posts", {"body": "x"}, token=None)
    yield susan.get("/moderation")
    yield visitor.get("/nowhere")
    yield visitor.get("/posts/0")
    yield visitor.open("PUT", "/")
    yield visitor.open("OPTIONS", "/")
    yield visitor.open("HEAD", "/")
    yield susan.post(f"/posts/{post_id}/edit", {"body": "x", "version": "7"})
    yield visitor.open("POST", "/login", data=HUGE)
    yield susan.post("/posts", {"body": ""})
    yield visitor.get("/static/site.css")
    yield visitor.get("/static/nothing")
    yield visitor.get("/avatars/1.svg")
    yield visitor.get("/avatars/0.svg")
    yield visitor.get("/favicon.ico")
    yield visitor.get("/healthz")
    yield visitor.get("/readyz")
    for _ in range(11):
        limited = susan.post("/settings/password", {"old_password": "wrong"}, token=token)
    yield limited
    yield susan.post("/preview", {"body": "it breaks"}, token=token)
    storage.away = True
    yield susan.post("/posts", {"body": "it is away"}, token=token)


@pytest.fixture(scope="module")
def every_answer() -> list[Page]:
    storage = Moody()

    def prepare(container: Container) -> None:
        storage.install(container)
        put_in(container, renderer=OftenBroken())

    return list(answers(inhabited(Site(prepare=prepare)), storage))


def test_w15_every_kind_of_answer_is_tested(every_answer: list[Page]) -> None:
    seen = {page.status for page in every_answer}

    assert seen == {200, 303, 304, 308, 400, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def test_w15_every_answer_has_the_security_headers(every_answer: list[Page]) -> None:
    for page in every_answer:
        headers = page.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy == POLICY, page
        assert headers["X-Content-Type-Options"] == "nosniff", page
        assert headers["Referrer-Policy"] == "same-origin", page
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", page
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", page
        assert "camera=()" in headers["Permissions-Policy"], page
        assert "Strict-Transport-Security" not in headers, page
        assert "Access-Control-Allow-Origin" not in headers, page
        assert not {"Server", "X-Powered-By"} & set(headers.keys()), page
        assert len(headers.getlist("Content-Security-Policy")) == 1


def test_w15_every_answer_has_a_cache_control_header(every_answer: list[Page]) -> None:
    allowed = {
        "no-store",
        "public, no-cache",
        "private, no-cache",
        "public, max-age=31536000, immutable",
        "public, max-age=86400",
    }
    for page in every_answer:
        assert page.headers["Cache-Control"] in allowed, page
        if page.headers["Cache-Control"].startswith("public"):
            assert "Set-Cookie" not in page.headers, page
        if page.status >= 500 or page.status == 429:
            assert page.headers["Cache-Control"] == "no-store", page


def test_no_answer_allows_another_origin(site: Site) -> None:
    page = site.browser("susan").get("/", headers={"Origin": "https://evil.example"})

    assert not [name for name in page.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


# Over https.


@pytest.fixture
def https_site(make_site: MakeSite) -> Site:
    site = make_site(base_url="https://chapbook.example")
    site.join("susan")
    return site


def test_over_https_answers_have_a_strict_transport_security_header(https_site: Site) -> None:
    browser = https_site.browser("susan")

    for page in (browser.get("/"), browser.get("/nowhere"), browser.get("/static/site.css"), browser.post("/posts")):
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_http_is_redirected_to_https_except_for_the_api(https_site: Site) -> None:
    plain = https_site.browser(base_url="http://chapbook.example")

    for path in (
        "/",
        "/login",
        "/posts/5?before=7",
        "/@susan?q=%C3%A9%26",
        "/confirm/a%0d%0ab",
        "/login?next=//evil.example",
    ):
        for method in ("GET", "HEAD"):
            page = plain.open(method, path)
            assert page.status == 308
            assert page.location.lower() == f"https://chapbook.example{path}".lower()
    for path in ("/healthz", "/readyz", "/static/site.css", "/avatars/5.svg", "/favicon.ico"):
        assert plain.get(path).status == 200, path
    assert plain.open("POST", "/login", data={}).status == 403
    assert plain.get("/", environ={"QUERY_STRING": "\xff"}).location == "https://chapbook.example/?%FF"


def test_proxy_headers_are_used_only_from_a_trusted_proxy(make_site: MakeSite) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.5"}
    trusting = make_site(base_url="https://chapbook.example", trusted_proxies="1")
    alone = make_site(base_url="https://chapbook.example")

    assert trusting.browser(base_url="http://chapbook.example").get("/", headers=forwarded).status == 200
    assert alone.browser(base_url="http://chapbook.example").get("/", headers=forwarded).status == 421


# Who may keep what.


def test_a_visitor_gets_no_cookie_on_a_page_without_a_form(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    browser = site.browser()

    for path in ("/", f"/posts/{post_id}", f"/comments/{comment_id}", "/@susan", "/@SUSAN", "/@susan/followers",
                 "/@susan/following", "/nowhere", "/following", "/?before=5"):  # fmt: skip
        page = browser.get(path)
        assert "Set-Cookie" not in page.headers, path
        assert page.headers["Cache-Control"] == "public, no-cache", path
        assert {"Cookie", "Accept-Language"} <= set(re.split(", *", page.headers["Vary"])), path
    for path in ("/healthz", "/readyz", "/avatars/1.svg", "/static/site.css"):
        assert "Set-Cookie" not in browser.get(path).headers, path


def test_a_page_with_a_form_for_visitors_is_not_cached_and_sets_one_cookie(site: Site) -> None:
    for path in ("/login", "/register", "/reset"):
        page = site.browser().get(path)
        assert page.headers["Cache-Control"] == "no-store", path
        assert list(page.cookies) == ["visitor"]
        assert page.etag is None


def test_a_page_for_a_member_is_private(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("ada")

    for path in ("/", "/following", f"/posts/{post_id}", f"/posts/{post_id}/edit", "/@susan", "/nowhere"):
        page = browser.get(path)
        assert page.headers["Cache-Control"] == "private, no-cache", path
        assert "Set-Cookie" not in page.headers, path
    for path in ("/settings/profile", "/settings/account", "/settings/sessions", "/settings/account/data.zip",
                 "/admin", "/admin/users", "/admin/outbox", "/admin/site", "/admin/users/susan", "/moderation",
                 "/moderation/comments", "/moderation/log", "/confirm", "/welcome",
                 "/confirm/x", "/reset/x", "/settings/email/x", "/settings/nothing"):  # fmt: skip
        page = browser.get(path)
        assert page.headers["Cache-Control"] == "no-store", path
        assert page.etag is None


def test_a_repeated_visit_to_an_unchanged_page_gets_304(site: Site) -> None:
    post_id = site.post("susan")
    visitor, susan, david = site.browser(), site.browser("susan"), site.browser("david")

    for path in ("/", f"/posts/{post_id}", "/@susan", "/@susan/followers"):
        tags = {browser.get(path).etag for browser in (visitor, susan, david)}
        assert len(tags) == 3, path
        for browser in (visitor, susan, david):
            tag = str(browser.get(path).etag)
            again = browser.get(path, headers={"If-None-Match": tag})
            assert (again.status, again.data, again.etag) == (304, b"", tag)
            for other in tags - {tag}:
                assert browser.get(path, headers={"If-None-Match": str(other)}).status == 200


def test_a_changed_page_is_sent_again(site: Site) -> None:
    post_id = site.post("susan")
    visitor, susan = site.browser(), site.browser("susan")
    tags = [visitor.get("/").etag, susan.get("/").etag]

    site.comment("david", post_id)

    for browser, tag in zip((visitor, susan), tags, strict=True):
        assert browser.get("/", headers={"If-None-Match": str(tag)}).status == 200


def test_permission_is_checked_before_an_etag(site: Site) -> None:
    post_id = site.post("susan")
    path = f"/posts/{post_id}/edit"
    tag = str(site.browser("susan").get(path).etag)

    assert site.browser("david").get(path, headers={"If-None-Match": tag}).status == 403
    assert site.browser("david").get(path, headers={"If-None-Match": "*"}).status == 403


def test_a_page_with_a_message_or_a_form_shown_again_has_no_etag(site: Site) -> None:
    susan = site.browser("susan")
    susan.post("/settings/profile", {"name": "S"})

    told = susan.get("/")
    again = susan.post("/posts", {"body": ""})

    assert told.flashes
    assert told.etag is None
    assert again.etag is None
    assert again.headers["Cache-Control"] == "no-store"
    visitor = site.browser()
    visitor.post("/reset", {"email": "susan@example.com"})
    shown = visitor.get("/")
    assert shown.flashes
    assert shown.etag is None
    assert shown.headers["Cache-Control"] == "no-store"


def test_an_avatar_needs_neither_storage_nor_cookie(make_site: MakeSite) -> None:
    site = Site(prepare=lambda container: put_into_storage(container, session_feeds=None))
    browser = site.browser()
    browser.set_cookie("session", "a secret of somebody")

    for path in ("/avatars/5.svg", "/avatars/0.svg", "/static/site.css", "/favicon.ico", "/healthz"):
        page = browser.get(path)
        assert page.status == 200, path
        assert "Cookie" not in page.headers.get("Vary", "")


def test_a_static_file_is_revalidated_by_its_etag(site: Site) -> None:
    browser = site.browser()
    tag = str(browser.get("/static/site.css").etag)

    assert browser.get("/static/site.css", headers={"If-None-Match": tag}).status == 304


def test_a_path_outside_the_static_folder_is_not_served(site: Site) -> None:
    """A cache that goes by endings must not take a private page for a picture."""
    susan = site.browser("susan")

    for path in ("/settings/profile.css", "/settings/profile/x.css", "/following/x.png", "/settings/x.css"):
        assert susan.get(path).status == 404, path


def test_the_answer_to_signing_in_is_not_cached(site: Site) -> None:
    browser: Browser = site.browser()

    page = browser.sign_in("susan@example.com", PASSWORD)

    assert page.headers["Cache-Control"] == "no-store"
