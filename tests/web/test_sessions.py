"""Signing in and out, the way back, and the places where one is signed in."""

import json
import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.web.conftest import MakeSite
from tests.web.site import BASE_URL, PASSWORD, Site
from tests.web.test_joining import without_tokens

NAUGHTY: list[str] = json.loads((Path(__file__).parent.parent / "corpora/naughty.json").read_text("utf-8"))
# What has been taken for a path of one's own by one program or another.
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\x00/evil.example",
    "/ /evil.example",
    "\t//evil.example",
    " //evil.example",
    "http:evil.example",
    "http:///evil.example",
    "https:/evil.example",
    "http://chapbook.example@evil.example",
    "http://chapbook.example.evil.example",
    "//chapbook.example@evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%09/evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "evil.example",
    "/\u2028/evil.example",
    "/\u3002evil.example",
    "//evil。example",
    "//evil.example/%2e%2e",
    "/x\r\nSet-Cookie: a=b",
    "/x\r\nLocation: //evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "x" * 5_000,
]


def test_a20_the_form_offers_to_remember_to_reset_and_to_register(site: Site) -> None:
    page = site.browser().get("/login")

    assert page.title == "Sign in · Chapbook"
    assert set(page.form("/login")) == {"csrf_token", "email", "password"}
    assert page.all(".//input[@name='remember_me']")
    assert {"/reset", "/register"} <= set(page.links)


def test_a21_the_case_of_the_address_does_not_matter(site: Site) -> None:
    browser = site.browser()

    page = browser.sign_in("SUSAN@Example.COM", PASSWORD)

    assert (page.status, page.location) == (303, "/")
    assert browser.follow(page).heading == "Hello, susan."


def test_a21_w10_a_wrong_password_and_an_unknown_address_look_the_same(site: Site) -> None:
    site.container.members().set_standing(username="david", disabled=True)
    answers = [
        site.browser().post("/login", {"email": email, "password": password, "remember_me": "1"})
        for email, password in (
            ("nobody@example.com", "wrong and long"),
            ("susan@example.com", "wrong and long"),
            ("ulla@example.com", "wrong and long"),
            ("david@example.com", PASSWORD),
            ("not an address", "wrong and long"),
            ("susan@example.com", ""),
        )
    ]

    bodies = {re.sub(r'value="[^"]*@?[^"]*"', "", without_tokens(page.text)) for page in answers}
    assert {page.status for page in answers} == {422}
    assert {page.errors["password"] for page in answers} == {"Invalid email or password."}
    assert len(bodies) == 1
    assert len({tuple(sorted(page.headers.keys())) for page in answers}) == 1


@pytest.mark.parametrize("storage", ["memory", pytest.param("sqlite", marks=pytest.mark.sql)])
def test_w9_an_unknown_address_costs_as_much_as_a_wrong_password(storage: str, make_site: MakeSite) -> None:
    site = make_site(storage)
    site.join("susan")
    browser = site.browser()
    browser.token()

    def cost(email: str) -> tuple[int, int]:
        before = site.hasher.hashes
        if storage == "memory":
            assert browser.sign_in(email, "wrong and long").status == 422
            return site.hasher.hashes - before, 0
        with site.counting_statements() as statements:
            assert browser.sign_in(email, "wrong and long").status == 422
        return site.hasher.hashes - before, len(statements)

    costs = [cost(email) for email in ("nobody@example.com", "susan@example.com", "somebody@example.com")]
    assert len(set(costs)) == 1
    assert costs[0][0] == 1


def test_a22_signing_in_returns_to_the_requested_page(site: Site) -> None:
    browser = site.browser()

    login = browser.follow(browser.get("/settings/email"))
    page = browser.submit(login, "/login", email="susan@example.com", password=PASSWORD)

    assert (page.status, page.location) == (303, "/settings/email")
    assert (browser.get("/login?next=/following").location, browser.get("/login").location) == ("/following", "/")


def test_the_return_address_is_kept_after_a_wrong_password(site: Site) -> None:
    browser = site.browser()

    page = browser.post("/login?next=/following", {"email": "susan@example.com", "password": "wrong"})
    page = browser.submit(page, "/login", password=PASSWORD)

    assert page.location == "/following"


def test_w4_the_return_address_never_leads_to_another_site(free_site: Site) -> None:
    browser = free_site.browser()
    browser.token()
    member = free_site.browser("susan")
    moderator = free_site.browser("mary")
    comment_id = free_site.comment("susan", free_site.post("susan"))

    for wanted in [*ELSEWHERE, *NAUGHTY]:
        data = {"email": "david@example.com", "password": PASSWORD, "next": wanted}
        browser = free_site.browser()
        pages = [
            browser.post("/login", data),
            member.get("/login", query_string={"next": wanted}),
            moderator.post(f"/comments/{comment_id}/hide", {"reason": "x", "next": wanted}),
        ]
        for page in pages:
            assert page.status == 303, ascii(wanted)
            assert stays_here(page.location), ascii((wanted, page.location))
            assert "a=b" not in page.headers.getlist("Set-Cookie")


def stays_here(location: str) -> bool:
    """As a browser reads it (WHATWG URL section 4.4): backslashes are slashes, tabs and line breaks are nothing."""
    read = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    return urlsplit(urljoin(f"{BASE_URL}/login", read)).netloc == "chapbook.example" and not read.startswith("//")


def test_a24_a_page_for_members_asks_a_visitor_to_sign_in(site: Site) -> None:
    for path in ("/following", "/settings/profile", "/moderation", "/admin/users", "/posts/5/edit", "/confirm"):
        page = site.browser().get(path)
        assert (page.status, page.location) == (303, f"/login?next={quote(path, safe='/')}")


def test_w1_a21_signing_out_is_a_button_and_ends_the_stored_session(site: Site) -> None:
    browser = site.browser("susan")
    cookie = browser.cookie("session")
    assert cookie is not None

    page = browser.submit(browser.get("/"), "/logout")

    assert (page.status, page.location) == (303, "/")
    assert page.headers["Clear-Site-Data"] == '"cache"'
    assert browser.follow(page).flashes == ["You are signed out."]
    thief = site.browser()
    thief.set_cookie("session", cookie)
    assert thief.get("/settings/profile").status == 303


def test_signing_out_twice_is_harmless(site: Site) -> None:
    browser = site.browser()

    assert browser.post("/logout").status == 303


def test_signing_in_changes_the_secret_and_ends_the_old_session(site: Site) -> None:
    browser = site.browser("susan")
    first = browser.cookie("session")
    browser.sign_in("susan@example.com", PASSWORD)
    second = browser.cookie("session")
    thief = site.browser()
    thief.set_cookie("session", str(first))

    assert first != second
    assert thief.get("/settings/profile").status == 303


def test_a_planted_cookie_does_not_sign_in(site: Site) -> None:
    browser = site.browser()
    browser.set_cookie("session", "planted-by-somebody-else-0123456789abcdef")
    browser.sign_in("susan@example.com", PASSWORD)

    assert browser.cookie("session") != "planted-by-somebody-else-0123456789abcdef"


def test_an_invalid_cookie_means_a_visitor(site: Site) -> None:
    good = str(site.browser("susan").cookie("session"))
    for name in ("session", "visitor", "__Host-session"):
        for value in ("", "x", good[:-1], good + "x", "x" * 8_000, "%00", "é", '"', ";", "=" * 99, "a.b.c", "\x7f"):
            page = site.browser().get("/", environ={"HTTP_COOKIE": f"{name}={value}"})
            assert page.status == 200, (name, value[:20])
            assert page.heading == "Hello, stranger."
    assert site.browser().get("/", environ={"HTTP_COOKIE": "\xff=\xfe; session=\xff\xfe"}).status == 200


def test_the_secret_is_long_and_random_and_on_no_page(site: Site) -> None:
    secrets = set()
    for _ in range(20):
        browser = site.browser("susan")
        secret = str(browser.cookie("session"))
        secrets.add(secret)
    assert len(secrets) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)
    for path in ("/", "/settings/sessions", "/settings/account", "/settings/account/data.zip", "/nowhere"):
        page = browser.get(path)
        assert secret.encode() not in page.data
        assert secret not in str(page.headers)
    assert secret not in str(site.dump())


def test_w14_a23_the_cookies_are_for_the_site_only(site: Site) -> None:
    browser = site.browser()
    visitor = browser.get("/login").cookies["visitor"]
    short = browser.sign_in("susan@example.com", PASSWORD).cookies["session"]
    long = browser.sign_in("susan@example.com", PASSWORD, remember_me="1").cookies["session"]

    for cookie in (visitor, short, long):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie
    assert "Max-Age" not in short
    assert f"Max-Age={180 * 86_400}" in long


def test_over_https_the_cookies_are_bound_to_the_host(make_site: MakeSite) -> None:
    site = make_site(base_url="https://chapbook.example")
    site.join("susan")
    browser = site.browser()
    cookies = browser.get("/login").cookies | browser.sign_in("susan@example.com", PASSWORD, remember_me="1").cookies
    out = browser.post("/logout").cookies

    assert {"__Host-visitor", "__Host-session"} <= set(cookies)
    assert "__Host-session" in out
    for cookie in [*cookies.values(), *out.values()]:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_a23_a_remembered_session_lasts_while_the_member_returns(site: Site) -> None:
    remembered, passing = site.browser(), site.browser()
    remembered.sign_in("susan@example.com", PASSWORD, remember_me="1")
    passing.sign_in("susan@example.com", PASSWORD)

    site.pass_time(hours=12, seconds=1)
    assert passing.get("/settings/profile").status == 303
    for _ in range(6):
        assert remembered.get("/settings/profile").status == 200
        site.pass_time(days=29)
    assert remembered.get("/settings/profile").status == 200
    site.pass_time(days=7)
    assert remembered.get("/settings/profile").status == 303


def test_a_remembered_session_ends_when_the_member_does_not_return(site: Site) -> None:
    browser = site.browser()
    browser.sign_in("susan@example.com", PASSWORD, remember_me="1")

    site.pass_time(days=30, seconds=1)

    assert browser.get("/settings/profile").status == 303


def test_w29_a42_a_visit_is_stored_once_in_five_minutes(free_site: Site) -> None:
    browser = free_site.browser("susan")

    def last_seen() -> str:
        found = free_site.browser().get("/@susan").all(".//span/time")[1]
        return str(found.get("datetime"))

    browser.get("/")
    first = last_seen()
    free_site.pass_time(minutes=4, seconds=59)
    with free_site.unchanged():
        browser.get("/")
    free_site.pass_time(seconds=1)
    browser.get("/")

    assert (first, last_seen()) == ("2026-03-01T12:00:00Z", "2026-03-01T12:05:00Z")


def test_a_visitor_sent_to_sign_in_sees_the_reason(site: Site) -> None:
    visitor = site.browser()
    why = "Sign in, and you go on to the page you wanted."

    sent = visitor.follow(visitor.get("/following"))

    assert sent.texts(".//p[@class='lede']") == [why]
    assert why in visitor.submit(sent, "/login", email="susan@example.com", password="wrong").words
    for plain in ("/login", "/login?next=/", "/login?next="):
        assert why not in visitor.get(plain).words


def test_a_member_lists_and_ends_their_sessions(site: Site) -> None:
    here = site.browser("susan", headers={"User-Agent": "Firefox <b>here</b>"})
    site.pass_time(seconds=1)
    there = site.browser("susan", headers={"User-Agent": "Firefox there"})

    page = here.get("/settings/sessions")
    assert page.texts(".//p[@class='device']") == ["Firefox there", "Firefox <b>here</b>"]
    assert page.texts(".//p[@class='label']") == ["This device"]
    (theirs, mine) = [action for action in page.actions if action.endswith("/end")]
    assert here.submit(page, theirs).status == 303

    assert there.get("/settings/profile").status == 303
    assert here.get("/settings/profile").status == 200
    ended = here.submit(page, mine)
    assert (ended.status, ended.location) == (303, "/login")
    assert here.get("/settings/profile").status == 303


def test_a_member_can_end_all_sessions_at_once(site: Site) -> None:
    here, there, other = site.browser("susan"), site.browser("susan"), site.browser("david")

    page = here.submit(here.get("/settings/sessions"), "/settings/sessions/end-all")

    assert page.headers["Clear-Site-Data"] == '"cache"'
    assert here.follow(page).flashes == ["You are signed out everywhere."]
    assert here.get("/settings/profile").status == there.get("/settings/profile").status == 303
    assert other.get("/settings/profile").status == 200


def test_a_user_agent_is_cut_and_escaped(site: Site) -> None:
    for name in ("x" * 5_000, "\x01\x7f\xff", "", "<script>alert(1)</script>"):
        browser = site.browser("susan", headers={"User-Agent": name})
        page = browser.get("/settings/sessions")
        assert page.status == 200
        assert len(page.texts(".//p[@class='device']")[0]) <= 200
        assert not page.all(".//main//script")


def test_every_character_of_a_password_counts(site: Site) -> None:
    long = "a passphrase " * 9 + "with an end"
    assert len(long) == 128
    site.container.members().set_password(username="susan", password=long)

    for wrong in (long[:-1], long[:-1] + "D", long + " ", f" {long}", long.upper(), long[:72]):
        assert site.browser().sign_in("susan@example.com", wrong).status == 422
        site.pass_time(minutes=5)
    assert site.browser().sign_in("susan@example.com", long).status == 303


def test_a_password_of_a_megabyte_is_wrong(site: Site) -> None:
    assert site.browser().sign_in("susan@example.com", "x" * 60_000).status == 422
    assert site.browser().sign_in("susan@example.com", "x" * 900_000).status == 413
