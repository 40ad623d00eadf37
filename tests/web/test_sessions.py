"""Signing in and out, the way back, and the places where one is signed in."""

import json
import re
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.web.browser import Browser
from tests.web.conftest import MakeSite, inhabited
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
    assert set(page.form("/login")) == {"csrf_token", "email", "password", "time_zone"}
    assert page.all(".//input[@name='remember_me']")
    assert {"/reset", "/register"} <= set(page.links)


def test_a21_the_case_of_the_address_does_not_matter(site: Site) -> None:
    browser = site.browser()

    assert browser.sign_in("SUSAN@Example.COM", PASSWORD).status == 303

    assert browser.get("/").heading == "Hello, susan."


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
    assert {page.errors["password"] for page in answers} == {"Invalid email, username or password."}
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
            assert page.heading == "Chapbook"
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


SUSAN = "susan@example.com"


def guess(site: Site, times: int, *, address: str = "203.0.113.1") -> list[int]:
    """A stranger guesses at susan's password, from one address."""
    stranger = site.browser(address=address)
    return [stranger.sign_in(SUSAN, f"guess {number}").status for number in range(times)]


def known(site: Site) -> Browser:
    """A browser that susan signed in and out with."""
    browser = site.browser("susan")
    browser.post("/logout")
    return browser


def test_l1_strangers_cannot_lock_out_a_browser_that_was_signed_in_before(site: Site) -> None:
    browser = known(site)

    assert guess(site, 11) == [422] * 10 + [429]

    assert site.browser(address="203.0.113.2").sign_in(SUSAN, PASSWORD).status == 429
    assert browser.sign_in(SUSAN, PASSWORD).status == 303


def test_a_known_browser_shares_no_limit_with_strangers_behind_its_address(site: Site) -> None:
    browser = known(site)
    guess(site, 11, address=browser.address)

    assert browser.sign_in(SUSAN, "a slip").status == 422
    assert browser.sign_in(SUSAN, PASSWORD).status == 303


def test_who_is_stopped_reads_whose_limit_it_is_and_keeps_a_way_out(site: Site) -> None:
    guess(site, 10)
    from_here = site.browser(address="203.0.113.1").sign_in("erik@example.com", PASSWORD)
    assert "from this network" in from_here.words
    from_elsewhere = site.browser(address="203.0.113.2").sign_in(SUSAN, PASSWORD)
    assert "with this address or name" in from_elsewhere.words
    for page in (from_here, from_elsewhere):
        assert page.status == 429
        assert "/reset" in page.links


def test_a_known_browser_has_ten_guesses_of_its_own(site: Site) -> None:
    browser, other = known(site), known(site)

    assert [browser.sign_in(SUSAN, f"guess {number}").status for number in range(11)] == [422] * 10 + [429]

    refused = browser.sign_in(SUSAN, PASSWORD)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "300")
    assert other.sign_in(SUSAN, PASSWORD).status == 303
    assert site.browser(address=browser.address).sign_in(SUSAN, PASSWORD).status == 303
    site.pass_time(minutes=5)
    assert browser.sign_in(SUSAN, PASSWORD).status == 303


def test_a_browser_is_known_by_the_addresses_that_it_was_signed_in_with(site: Site) -> None:
    browser = known(site)
    browser.sign_in("david@example.com", PASSWORD)
    browser.post("/logout")
    guess(site, 10)

    assert browser.sign_in(SUSAN, PASSWORD).status == 303
    for number in range(11):
        browser.sign_in("mary@example.com", f"guess {number}")
    assert browser.sign_in("mary@example.com", PASSWORD).status == 429
    for text in (SUSAN, "susan", str(site.members["susan"])):
        assert text not in str(browser.cookie("known"))


def test_a_member_signs_in_by_address_or_by_username_with_blanks_around_it(site: Site) -> None:
    for typed in ("susan", "SUSAN", " susan\t", "  Susan@Example.com ", "\u3000susan\u00a0"):
        browser = site.browser()
        assert browser.sign_in(typed, PASSWORD).status == 303, ascii(typed)
        assert browser.get("/").heading == "Hello, susan.", ascii(typed)
    for typed in ("susan@", "@@susan", "su san", "susan.", "susan\n", "susan@example.com\r\n"):
        assert site.browser(address="192.0.2.7").sign_in(typed, PASSWORD).status == 422, ascii(typed)
    field = site.browser().get("/login").only(".//input[@name='email']")
    assert (field.get("type"), field.get("autocomplete")) == ("text", "username")


def test_blanks_around_an_address_are_dropped_where_it_is_typed(site: Site) -> None:
    visitor = site.browser()
    visitor.post("/reset", {"email": " susan@example.com\t"})
    assert site.link_to(SUSAN).startswith("/reset/")
    known = {"email": " nils@example.com ", "username": " nils ", "password": PASSWORD, "password2": PASSWORD}
    assert visitor.post("/register", known).status == 303
    assert visitor.sign_in("nils", PASSWORD).status == 303
    assert site.link_to("nils@example.com").startswith("/confirm/")


def test_failures_count_for_the_account_however_it_is_named(site: Site) -> None:
    browser = known(site)
    stranger = site.browser(address="203.0.113.1")
    names = (SUSAN, "susan", " SUSAN@example.com ", "Susan ", "susan")
    assert [stranger.sign_in(name, "a guess").status for name in names * 2] == [422] * 10

    for name in (SUSAN, "susan"):
        assert site.browser(address="203.0.113.2").sign_in(name, PASSWORD).status == 429
        assert browser.sign_in(name, PASSWORD).status == 303
        browser.post("/logout")
    assert site.browser(address="203.0.113.2").sign_in("david", PASSWORD).status == 303


def test_a_browser_that_signed_in_by_username_is_known_by_the_address_too(site: Site) -> None:
    browser = site.browser()
    browser.sign_in("susan", PASSWORD)
    browser.post("/logout")
    guess(site, 10)

    assert site.browser(address="203.0.113.2").sign_in("susan", PASSWORD).status == 429
    assert [browser.sign_in(name, PASSWORD).status for name in (SUSAN, "SUSAN")] == [303, 303]
    assert str(browser.cookie("known")).count("_") == 0
    for text in ("susan", str(site.members["susan"])):
        assert text not in str(browser.cookie("known"))


def test_guesses_at_a_username_that_nobody_has_are_limited_alike(site: Site) -> None:
    stranger = site.browser(address="203.0.113.1")

    assert [stranger.sign_in("nobody", "a guess").status for _ in range(11)] == [422] * 10 + [429]
    assert site.browser(address="203.0.113.2").sign_in("NOBODY", "a guess").status == 429
    assert site.browser(address="203.0.113.2").sign_in("somebody", "a guess").status == 422


def test_a_forged_or_old_cookie_makes_no_known_browser(site: Site) -> None:
    good = str(known(site).cookie("known"))
    davids = site.browser("david")
    guess(site, 10)
    id, since, signature = good.split(".")
    later = str(int(since) + 1)
    for value in (
        *("", ".", "..", "_", "x" * 4_000, "é", f"{id}.{since}.", f"{id}.{later}.{signature}", f"{id[::-1]}.{since}."),
        *(f"{id}.{since}.{signature[::-1]}", good + "0", str(davids.cookie("known")), f"{id}_{good[5:]}"),
    ):
        forger = site.browser(address="203.0.113.9")
        forger.set_cookie("known", value)
        assert forger.sign_in(SUSAN, PASSWORD).status == 429, value
    thief = site.browser(address="203.0.113.9")
    thief.set_cookie("known", good)
    site.pass_time(days=180, seconds=1)
    guess(site, 10)
    assert thief.sign_in(SUSAN, PASSWORD).status == 429


def test_the_cookie_of_a_known_browser_is_for_the_site_only(make_site: MakeSite) -> None:
    site = inhabited(make_site(base_url="https://chapbook.example"))
    browser = site.browser()
    assert "__Host-known" not in browser.get("/login").cookies
    assert "__Host-known" not in browser.sign_in(SUSAN, "a slip").cookies
    cookie = browser.sign_in(SUSAN, PASSWORD).cookies["__Host-known"]

    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Secure", f"Max-Age={180 * 86_400}"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "__Host-known" not in browser.post("/logout").cookies
    assert "__Host-known" not in browser.get("/").cookies


def test_a_browser_is_known_by_an_address_that_it_changed_to(site: Site) -> None:
    browser = site.browser("susan")
    browser.post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    browser.post(site.link_to("new@example.com"))
    browser.post("/logout")
    stranger = site.browser(address="203.0.113.1")
    for number in range(10):
        stranger.sign_in("new@example.com", f"guess {number}")

    assert stranger.sign_in("new@example.com", PASSWORD).status == 429
    assert browser.sign_in("new@example.com", PASSWORD).status == 303


@pytest.mark.parametrize("how", ["reset", "operator", "change"])
def test_l1_a_new_password_forgets_the_failures_of_the_account(site: Site, how: str) -> None:
    signed_in, browser = site.browser("susan"), known(site)
    for _ in range(10):
        browser.sign_in(SUSAN, "a slip")
    guess(site, 10)
    new = "another horse, another battery"
    match how:
        case "reset":
            browser.post("/reset", {"email": SUSAN})
            assert browser.post(site.link_to(SUSAN), {"password": new, "password2": new}).status == 303
        case "operator":
            site.container.members().set_password(username="susan", password=new)
        case "change":
            sent = {"old_password": PASSWORD, "password": new, "password2": new}
            assert signed_in.post("/settings/password", sent).status == 303

    assert site.browser(address="203.0.113.2").sign_in(SUSAN, new).status == 303
    assert browser.sign_in(SUSAN, new).status == 303
    # The ceiling for strangers stays, and so does what their address did.
    assert guess(site, 1) == [429]
    assert guess(site, 11, address="203.0.113.3") == [422] * 10 + [429]


def test_a_reset_that_is_only_asked_for_forgets_nothing(site: Site) -> None:
    guess(site, 10)
    site.browser().post("/reset", {"email": SUSAN})
    site.deliver()

    assert site.browser(address="203.0.113.2").sign_in(SUSAN, PASSWORD).status == 429


def test_a_planned_change_of_the_key_keeps_browsers_known(make_site: MakeSite) -> None:
    old, new = token_hex(32), token_hex(32)
    cookie = str(known(inhabited(make_site(secret_key=old))).cookie("known"))
    for fallback, status in (({"secret_key_fallbacks": old}, 303), ({}, 429)):
        site = inhabited(make_site(secret_key=new, **fallback))
        guess(site, 10)
        browser = site.browser()
        browser.set_cookie("known", cookie)
        assert browser.sign_in(SUSAN, PASSWORD).status == status


@pytest.mark.sql
def test_e1_all_failed_sign_ins_ask_the_same_of_the_storage(make_site: MakeSite) -> None:
    site = inhabited(make_site("sqlite"))
    site.container.members().set_standing(username="mary", disabled=True)
    asked, hashes, pages = [], [], []
    for number, (email, password) in enumerate(
        [
            *((SUSAN, "wrong"), ("nobody@example.com", "wrong"), ("mary@example.com", PASSWORD)),
            *(("no address", "wrong"), ("susan", "wrong"), ("nobody", "wrong"), ("mary", PASSWORD)),
        ]
    ):
        browser = site.browser(address=f"203.0.113.{number}")
        browser.token()
        before = site.hasher.hashes
        with site.counting_statements() as statements:
            page = browser.post("/login", {"email": email, "password": password})
        asked.append(statements)
        hashes.append(site.hasher.hashes - before)
        pages.append(without_tokens(page.text).replace(f'value="{email}"', ""))

    assert asked == asked[:1] * 4 + asked[4:5] * 3
    assert {len(statements) for statements in asked} == {len(asked[0])}
    assert hashes == [1] * 7
    assert pages[1:] == pages[:1] * 6


def test_l1_a_reset_lets_its_browser_in_also_behind_the_address_of_a_stranger(site: Site) -> None:
    browser, new = site.browser(), "another horse, another battery"
    browser.post("/reset", {"email": SUSAN})
    link = site.link_to(SUSAN)
    assert guess(site, 11, address=browser.address)[-1] == 429

    browser.post(link, {"password": new, "password2": new})

    assert guess(site, 1, address=browser.address) == [429]
    assert browser.sign_in(SUSAN, new).status == 303
