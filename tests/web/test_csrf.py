"""Nothing changes but by a POST from a form of this site, in the session that the form was made for."""

from secrets import token_hex

import pytest

from tests.web.addresses import CHANGES, Change, Scene, set_scene
from tests.web.browser import FRESH, Browser
from tests.web.conftest import MakeSite, inhabited
from tests.web.site import BASE_URL, PASSWORD, Site

EACH_CHANGE = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
_GUARDED = {name: change for name, change in CHANGES.items() if not change.proved_by_path}
EACH_GUARDED_CHANGE = pytest.mark.parametrize("change", _GUARDED.values(), ids=_GUARDED)

# What a browser says of a request that another site made it send, each with the right token.
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": f"{BASE_URL}.evil.example"},
    {"Origin": BASE_URL.replace("http:", "https:")},
    {"Origin": "null"},
    {"Referer": "https://evil.example/"},
]
# The same said oddly, or as no browser says it.
ODD = [
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": ""},
    {"Origin": f"{BASE_URL}:81"},
    {"Origin": ""},
    {"Origin": "http://["},
    {"Origin": "chapbook.example"},
    {"Origin": f"{BASE_URL}, https://evil.example"},
    {"Referer": "http://["},
    {"Referer": ""},
    {"Origin": "https://evil.example", "Referer": f"{BASE_URL}/"},
    {"Origin": BASE_URL, "Sec-Fetch-Site": "cross-site"},
]


def visit(site: Site, change: Change) -> tuple[Browser, str, Scene]:
    scene = set_scene(site, change.who)
    browser = site.browser(change.who)
    browser.token()
    return browser, change.where(scene), scene


def test_every_address_that_takes_a_post_is_in_the_table(site: Site) -> None:
    posted = {rule.endpoint for rule in site.app.url_map.iter_rules() if "POST" in (rule.methods or ())}

    assert {endpoint for endpoint in posted if not endpoint.startswith("api")} == {
        change.endpoint for change in CHANGES.values()
    }


@EACH_GUARDED_CHANGE
def test_w1_a_form_without_its_token_changes_nothing(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)
    stranger = free_site.browser("david" if change.who != "david" else "mary").token()
    visitor = free_site.browser().token()

    with free_site.unchanged():
        for token in (None, "", "x", "é", stranger, visitor, browser.token()[:-1], browser.token() + "x"):
            assert browser.post(path, change.data, token=token).status == 403, token
        assert browser.post(f"{path}?csrf_token={browser.token()}", change.data, token=None).status == 403
        assert browser.post(path, change.data, token=None, headers={"X-CSRF-Token": "x"}).status == 403


@EACH_GUARDED_CHANGE
def test_w1_another_site_cannot_send_a_form_even_with_its_token(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)

    with free_site.unchanged():
        for headers in FOREIGN:
            page = browser.post(path, change.data, headers=headers)
            assert page.status == 403, headers
            # What another site typed is not shown as if the member had.
            assert not page.all(".//main//form"), headers


def test_impossible_browser_headers_are_refused(site: Site) -> None:
    susan = site.browser("susan")

    for headers in ODD:
        assert susan.post("/settings/profile", {"name": "X"}, headers=headers).status == 403, headers


@EACH_CHANGE
def test_a_form_of_this_site_is_accepted(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)
    before = free_site.dump()

    page = browser.post(
        path,
        change.data,
        headers={"Sec-Fetch-Site": "same-origin", "Origin": BASE_URL, "Referer": f"{BASE_URL}/somewhere"},
    )

    assert page.status in (200, 303)
    assert (free_site.dump() != before) is change.stores


def test_the_token_may_be_sent_in_a_header(site: Site) -> None:
    browser = site.browser("susan")

    page = browser.post("/preview", {"body": "*x*"}, token=None, headers={"X-CSRF-Token": browser.token()})

    assert page.status == 200


@EACH_CHANGE
def test_w1_a_get_changes_no_state(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)
    query = {"csrf_token": browser.token(), **change.data}

    with free_site.unchanged():
        for method in ("GET", "HEAD", "OPTIONS"):
            page = browser.open(method, path, query_string=query)
            assert page.status in (200, 303, 308, 405), method
            if page.status == 405:
                assert page.headers["Allow"]
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            assert browser.open(method, path, data=query).status == 405, method


@EACH_CHANGE
def test_a_get_cannot_be_turned_into_a_post(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)
    overrides = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}

    with free_site.unchanged():
        query = {"_method": "POST", "csrf_token": browser.token(), **change.data}
        assert browser.get(path, query_string=query, headers=overrides).status in (200, 303, 308, 405)


def test_a_post_cannot_be_turned_into_another_method(site: Site) -> None:
    browser, post_id = site.browser("susan"), site.post("susan")

    with site.unchanged():
        assert browser.post(f"/posts/{post_id}", {"_method": "DELETE"}).status == 405


@pytest.mark.parametrize(
    "change", [change for change in CHANGES.values() if change.shown], ids=lambda change: change.endpoint
)
def test_a_form_with_an_expired_token_is_shown_again_and_can_be_sent(change: Change, free_site: Site) -> None:
    browser, path, _ = visit(free_site, change)

    page = browser.post(path, change.data, token="from another day")

    assert page.status == 403
    again = {name: value for name, value in change.data.items() if "password" in name or name == "file"}
    kept = change.data | dict.fromkeys(again, "")
    assert page.form(path) | kept == page.form(path)
    before = free_site.dump()
    assert browser.submit(page, path, **again).status == 303
    assert free_site.dump() != before


def test_a_form_shown_again_keeps_line_breaks_quotes_and_markup(site: Site) -> None:
    browser = site.browser("susan")
    typed = {"title": "\"It's\" <b>& 'bold'", "body": "\n\n  <textarea></textarea> &amp; \"quotes\"\n'end'\n"}

    page = browser.post("/posts", typed, token="from another day")

    assert page.form("/posts") | typed == page.form("/posts")


def test_a_password_is_never_sent_back(site: Site) -> None:
    """Not with a dead token, not when it is wrong, and not when it was too often."""
    secret = "my secret words"
    visitors = {
        "/login": {"email": "susan@example.com", "password": secret},
        "/register": {"email": "x", "password": secret, "password2": secret},
    }
    members = {
        "/settings/password": {"old_password": secret, "password": secret, "password2": "other"},
        "/settings/email": {"email": "other@example.com", "password": secret},
        "/settings/account/delete": {"posts": "keep", "password": secret},
    }
    statuses = set()

    for browser, forms in ((site.browser(), visitors), (site.browser("susan"), members)):
        for path, data in forms.items():
            for token in ("from another day", *[FRESH] * 12):
                page = browser.post(path, data, token=token)
                statuses.add(page.status)
                assert secret not in page.text, (path, page.status)

    assert statuses == {403, 422, 429}


def test_signing_in_and_out_need_a_token(site: Site) -> None:
    """Otherwise another site could sign a reader in as another member, and watch what they write."""
    visitor, member = site.browser(), site.browser("susan")

    assert visitor.post("/login", {"email": "susan@example.com", "password": PASSWORD}, token=None).status == 403
    assert visitor.cookie("session") is None
    assert member.post("/logout", token=None).status == 403
    assert member.get("/settings/profile").status == 200


def test_the_token_of_a_visitor_is_refused_after_signing_in(site: Site) -> None:
    browser = site.browser()
    before = browser.token()
    browser.sign_in("susan@example.com", PASSWORD)

    assert browser.post("/settings/profile", {"name": "X"}, token=before).status == 403


def test_the_token_of_a_form_kept_for_a_visitor_is_refused_after_signing_in(site: Site) -> None:
    """Otherwise an attacker who plants a visitor's cookie could write as the member who signs in after."""
    browser = site.browser()
    kept = browser.post("/posts", {"body": "B"}, token="from another day")
    planted = str(browser.cookie("visitor"))
    browser.sign_in("susan@example.com", PASSWORD)

    with site.unchanged():
        for _ in range(2):
            assert browser.submit(kept, "/posts").status == 403
            browser.set_cookie("visitor", planted)


def test_one_token_works_for_every_form_of_a_session(site: Site) -> None:
    browser = site.browser("susan")
    post_id = site.post("susan")

    tokens = {
        browser.get(path).form(action)["csrf_token"]
        for path, action in (
            ("/", "/posts"),
            (f"/posts/{post_id}/edit", f"/posts/{post_id}/edit"),
            ("/settings/profile", "/settings/profile"),
            ("/settings/account", "/logout"),
        )
    }
    site.pass_time(hours=11)

    assert tokens == {browser.token()}
    assert browser.post("/settings/profile", {"name": "X"}).status == 303
    assert site.browser("susan").token() not in tokens


def test_a_planned_change_of_the_key_keeps_open_forms_valid(make_site: MakeSite) -> None:
    """The form and the cookies are from before; the site has a new key and knows the old one."""
    old, new = token_hex(32), token_hex(32)
    before = inhabited(make_site(secret_key=old))
    after, forgetful = make_site(secret_key=new, secret_key_fallbacks=old), make_site(secret_key=new)
    member, visitor = before.browser("susan"), before.browser()
    held = {each: each.token() for each in (member, visitor)}
    for site in (after, forgetful):
        site.store.apply({"accounts": before.store.accounts.committed, "sessions": before.store.sessions.committed})

    def statuses(site: Site) -> list[int]:
        found = []
        for browser, token in held.items():
            moved = Browser(site.app, base_url=BASE_URL)
            for name in ("session", "visitor", "known"):
                if browser.cookie(name):
                    moved.set_cookie(name, str(browser.cookie(name)))
            path = "/settings/profile" if browser is member else "/reset"
            found.append(moved.post(path, {"email": "susan@example.com"}, token=token).status)
        return found

    assert statuses(after) == [303, 303]
    assert statuses(forgetful) == [403, 403]
