"""Joining: registering, the confirmation link, and what a member may do before they opened it."""

import re

import pytest

from domain.roles import Role
from tests.web.addresses import JOINING, exists
from tests.web.browser import Browser
from tests.web.conftest import SQL, MakeSite
from tests.web.site import ADMIN_EMAIL, PASSWORD, Site

WELCOME = "Welcome! Open the link in the mail that is on its way to you."


def test_a25_the_form_describes_its_rules(site: Site) -> None:
    page = site.browser().get("/register")

    assert page.status == 200
    assert page.title == "Join · Chapbook"
    assert set(page.form("/register")) == {"csrf_token", "once", "email", "username", "password", "password2"}
    assert "/login" in page.links


def test_a26_registering_announces_a_mail_and_does_not_sign_in(site: Site) -> None:
    browser = site.browser()

    page = browser.post("/register", JOINING)

    assert (page.status, page.location) == (303, "/login")
    assert browser.follow(page).flashes == [WELCOME]
    assert browser.cookie("session") is None
    assert browser.sign_in("nils@example.com", PASSWORD).status == 303
    assert (
        not site.container.storage()
        .session_feeds.reader(site.container.storage().people_feeds.profile(None, "nils").id, site.time)
        .confirmed
    )


def test_a36_the_mail_greets_by_name_and_links_to_the_base_url(site: Site) -> None:
    site.browser().post("/register", JOINING, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"})

    site.deliver()

    (letter,) = site.postbox.to("nils@example.com")
    assert letter.subject == "Confirm your account"
    assert "nils" in letter.text
    assert "http://chapbook.example/confirm/" in letter.text
    assert "http://chapbook.example/confirm/" in letter.html
    assert "evil" not in letter.text + letter.html


def test_an_address_at_a_domain_of_other_letters_is_kept_in_ascii_and_found_however_typed(site: Site) -> None:
    browser = site.browser()
    browser.post("/register", JOINING | {"email": "nils@MÜNCHEN.de"})

    site.deliver()

    (letter,) = site.postbox.to("nils@xn--mnchen-3ya.de")
    assert letter.subject == "Confirm your account"
    for typed in ("nils@münchen.de", "nils@mu\u0308nchen。de", "Nils@xn--mnchen-3ya.de"):
        assert browser.sign_in(typed, PASSWORD).status == 303, typed
    assert browser.sign_in("nils@munchen.de", PASSWORD).status == 422
    browser.post("/reset", {"email": "nils@münchen.de"})
    assert site.link_to("nils@xn--mnchen-3ya.de").startswith("/reset/")


def test_a25_every_rule_of_a_username_has_a_message(site: Site) -> None:
    browser = site.browser()
    said = {
        name: browser.post("/register", JOINING | {"username": name}).errors.get("username")
        for name in ("", "1st", "a b", "a.", "é", "admin", "Susan", "SUSAN", "x" * 65)
    }

    assert said[""] == "Please fill this in."
    assert {said[name] for name in ("1st", "a b", "a.", "é")} == {
        "Usernames start with a letter A-Z and have only letters, digits, dots and underscores, with no dot at the end."
    }
    assert said["admin"] == "This name is reserved. Please choose another one."
    assert said["Susan"] == said["SUSAN"] == "This username is taken. Please choose another one."
    assert said["x" * 65] == "This has 65 characters; at most 64 fit."


def test_the_summary_names_every_field_in_the_order_of_the_form(site: Site) -> None:
    refused = site.browser().post("/register", {"password": "password", "password2": "other"})
    assert refused.summary == [
        "Email address: Please fill this in.",
        "Username: Please fill this in.",
        "Password: This is one of the passwords that are tried first. Please choose a less common one.",
        "The same password again: The two passwords are not the same.",
    ]
    assert [link.get("href") for link in refused.all(".//div[@class='summary']//a")] == [
        "#email",
        "#username",
        "#password",
        "#password2",
    ]

    chinese = site.browser(headers={"Accept-Language": "zh"}).post("/register", {})
    assert chinese.summary[:2] == ["邮箱：请填写此项。", "用户名：请填写此项。"]


def test_a_single_error_is_said_once_at_its_field_which_takes_the_focus(site: Site) -> None:
    for path, typed, field, sentence in (
        (
            "/reset",
            {"email": "x"},
            "email",
            "This is not an email address that mail can reach, such as susan@example.com.",
        ),
        ("/login", {"email": "x", "password": "x"}, "password", "Invalid email, username or password."),
    ):
        page = site.browser().post(path, typed)
        assert page.errors == {field: sentence}
        assert page.words.count(sentence) == 1
        assert page.summary == []
        assert [element.get("id") for element in page.all(".//*[@data-focus]")] == [field]


def test_w21_usernames_that_differ_in_case_are_the_same(site: Site) -> None:
    browser = site.browser("david")

    assert site.browser().post("/register", JOINING | {"username": "sUSAN"}).status == 422
    for path in ("/@SUSAN", "/@Susan/followers", "/@sUSAN/following"):
        page = browser.get(path, query_string="before=5")
        assert page.status == 308
        assert page.location == f"{path.replace(path[2:7], 'susan')}?before=5"
    assert browser.get("/@Susan").location == "/@susan"
    assert site.browser("ada").get("/admin/users/Susan").location == "/admin/users/susan"
    assert browser.post("/@SUSAN/follow").status == 303


def test_a27_the_link_shows_its_account_and_a_button_confirms(site: Site) -> None:
    browser = site.browser()
    browser.post("/register", JOINING)
    link = site.link_to("nils@example.com")

    page = browser.get(link)
    assert page.status == 200
    assert "nils" in page.words
    assert "nils@example.com" in page.words
    done = browser.submit(page, link)

    assert done.status == 303
    assert done.location == "/login"
    login = browser.follow(done)
    assert login.flashes == ["Your address is confirmed. Sign in, and begin."]
    assert login.form("/login")["email"] == "nils@example.com"
    assert browser.cookie("session") is None
    assert site.browser("nils").post("/posts", {"body": "Hello."}).status == 303


def test_a27_a_link_confirms_its_own_account_whoever_is_signed_in(site: Site) -> None:
    site.browser().post("/register", JOINING)
    david = site.browser("david")

    done = david.post(site.link_to("nils@example.com"))

    assert (done.status, done.location) == (303, "/")
    assert david.follow(done).flashes == ["The address of @nils is confirmed. You are still signed in as @david."]
    assert david.get("/settings/profile").status == 200
    assert site.browser("nils").post("/posts", {"body": "Hello."}).status == 303


def test_w5_a_confirmation_link_works_once_and_a_scanner_does_not_use_it_up(site: Site) -> None:
    site.browser().post("/register", JOINING)
    link = site.link_to("nils@example.com")
    browser = site.browser()

    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert browser.open(method, link).status == 200
    assert browser.post(link).status == 303
    again = browser.post(link)

    for spent in (again, browser.get(link)):
        assert spent.status == 404
        assert spent.heading == "This address is confirmed already."
        assert "/login" in spent.links


def test_a_broken_expired_or_replaced_link_shows_an_error(site: Site) -> None:
    browser = site.browser()
    browser.post("/register", JOINING)
    link = site.link_to("nils@example.com")
    member = site.browser("nils")

    for wrong in (link[:-1], link + "=", link + "A", link.upper(), "/confirm/x", "/confirm/a.b.c", "/confirm/%00"):
        assert browser.get(wrong).status == 404, wrong
        assert browser.post(wrong).status == 404, wrong
    site.pass_time(minutes=61)
    assert browser.post(link).status == 404
    assert member.post("/confirm").status == 303
    newer = site.link_to("nils@example.com")
    assert browser.post(newer).status == 303


def test_a_spent_link_says_whether_its_account_is_confirmed(site: Site) -> None:
    site.browser().post("/register", JOINING)
    link = site.link_to("nils@example.com")
    nils = site.browser("nils")
    site.pass_time(minutes=61)
    assert nils.get(link).heading == "This link no longer works"
    nils.post("/confirm")
    assert nils.post(site.link_to("nils@example.com")).status == 303

    for spent in (nils.get(link), nils.post(link)):
        assert spent.status == 404
        assert spent.heading == "This address is confirmed already."
        assert "/login" not in spent.links
    assert "/login" in site.browser().get(link).links
    assert site.browser().get(link[:-1]).heading == "This link no longer works"
    reset = site.browser()
    reset.post("/reset", {"email": "nils@example.com"})
    foreign = site.link_to("nils@example.com").replace("/reset/", "/confirm/")
    assert site.browser().get(foreign).heading == "This link no longer works"
    site.container.members().set_standing(username="nils", disabled=True)
    assert site.browser().get(link).heading == "This link no longer works"


@pytest.fixture
def soup(site: Site) -> str:
    """The path of a post."""
    return f"/posts/{site.post('susan')}"


def joined_at(browser: Browser, path: str) -> None:
    """A visitor presses the button to join there."""
    (join,) = {link for link in browser.get(path).links if link.startswith("/register?")}
    done = browser.submit(browser.get(join), "/register", **JOINING)
    assert (done.status, done.location) == (303, "/login")


def test_who_joins_at_a_post_comes_back_to_it(site: Site, soup: str) -> None:
    browser = site.browser()
    joined_at(browser, soup)

    login = browser.follow(browser.post(site.link_to("nils@example.com")))
    assert login.form("/login") | {"csrf_token": ""} == {
        "csrf_token": "",
        "next": soup,
        "time_zone": "",
        "email": "nils@example.com",
        "password": "",
    }
    done = browser.submit(login, "/login", password=PASSWORD)

    assert (done.status, done.location) == (303, soup)
    assert browser.cookie("onward") is None
    browser.post("/logout")
    assert "next" not in browser.get("/login").form("/login")


def test_who_signs_in_before_the_mail_comes_also_goes_on_after_it(site: Site, soup: str) -> None:
    browser = site.browser()
    joined_at(browser, soup)

    login = browser.get("/login")
    assert login.form("/login")["email"] == ""
    assert browser.submit(login, "/login", email="nils@example.com", password=PASSWORD).location == soup
    done = browser.post(site.link_to("nils@example.com"))

    assert (done.status, done.location) == (303, soup)
    assert browser.follow(done).flashes == ["Your address is confirmed. Thank you, and welcome!"]
    assert browser.cookie("onward") is None


def test_who_confirms_in_another_browser_goes_nowhere_in_particular(site: Site, soup: str) -> None:
    joined_at(site.browser(), soup)
    other = site.browser()

    login = other.follow(other.post(site.link_to("nils@example.com")))

    assert "next" not in login.form("/login")
    assert other.submit(login, "/login", password=PASSWORD).location == "/welcome"


def test_the_way_back_and_the_address_are_kept_for_a_day(site: Site, soup: str) -> None:
    browser = site.browser()
    joined_at(browser, soup)
    browser.post(site.link_to("nils@example.com"))

    site.pass_time(hours=23)
    assert browser.get("/login").form("/login")["next"] == soup
    site.pass_time(hours=2)

    assert {"next", "email"} & {name for name, text in browser.get("/login").form("/login").items() if text} == set()


def test_a_form_that_names_a_page_leads_to_that_one(site: Site, soup: str) -> None:
    other = f"/posts/{site.post('susan')}"
    browser = site.browser()
    joined_at(browser, soup)

    login = browser.get(f"/login?next={other}")

    assert login.form("/login")["next"] == other
    assert browser.submit(login, "/login", email="nils@example.com", password=PASSWORD).location == other


def test_the_forms_of_visitors_hand_the_way_back_to_each_other(site: Site) -> None:
    browser = site.browser()
    for path in ("/login", "/register", "/reset"):
        page = browser.get(path, query_string={"next": "/@susan?before=5"})
        others = {link for link in page.links if "susan" in link}
        assert page.form(path)["next"] == "/@susan?before=5"
        assert others == {
            f"{other}?next=/%40susan%3Fbefore%3D5"
            for other in {"/login": ("/register", "/reset"), "/register": ("/login",), "/reset": ("/login",)}[path]
        }
        refused = browser.post(path, {"next": "/@susan"})
        assert refused.form(path)["next"] == "/@susan"


def test_only_a_path_of_this_site_is_kept(site: Site) -> None:
    for wanted in ("//evil.example", "https://evil.example/", "/\\evil.example", "/posts/1\r\nX: y", "/" + "x" * 2_000):
        browser = site.browser()
        page = browser.get("/register", query_string={"next": wanted})
        assert browser.submit(page, "/register", **JOINING).cookies.keys() == {"visitor"}
        site.reset()


def test_a_changed_cookie_leads_nowhere(site: Site, soup: str) -> None:
    browser = site.browser()
    joined_at(browser, soup)
    kept = browser.cookie("onward")
    assert kept is not None

    for changed in (kept[:-1], "x" + kept, kept.rpartition(".")[0], "[]", "é", "x" * 3_000):
        browser.set_cookie("onward", changed)
        assert "next" not in browser.get("/login").form("/login"), changed


def test_the_page_of_a_post_sets_no_cookie_for_the_way_back(site: Site, soup: str) -> None:
    assert site.browser().get(soup).cookies == {}
    assert site.browser().get(f"/register?next={soup}").cookies.keys() == {"visitor"}


def test_the_cookie_lives_for_a_day_and_leaves_the_one_with_the_csrf_token_alone(site: Site, soup: str) -> None:
    browser = site.browser()
    page = browser.get(f"/register?next={soup}")
    done = browser.submit(page, "/register", **JOINING)

    assert "Max-Age=86400; HttpOnly; Path=/; SameSite=Lax" in done.cookies["onward"]
    assert "Expires" not in done.cookies["visitor"]
    assert browser.follow(done).form("/login")["csrf_token"] == page.form("/register")["csrf_token"]


def test_a_mailed_reset_leads_back_as_well(site: Site, soup: str) -> None:
    browser = site.browser()
    page = browser.get(f"/reset?next={soup}")
    assert browser.submit(page, "/reset", email="david@example.com").location == "/login"

    link = site.link_to("david@example.com")
    done = browser.submit(browser.get(link), link, password="seven quiet herons", password2="seven quiet herons")
    login = browser.follow(done)

    assert login.form("/login")["email"] == "david@example.com"
    assert browser.submit(login, "/login", password="seven quiet herons").location == soup


# What stands around a link that somebody copied by hand, as a browser sends it.
AROUND = [
    *(".", ")", "%3E", "%20", ",", ";", ":", "!", "%22", "'", "]", "*", ").", "%3E.", "%20%20", "%09", "%C2%A0"),
    *("%E2%80%9D", "%C2%BB", "%E3%80%82", "%EF%BC%89", "%E3%80%80", "%E2%80%8B"),
]


@pytest.mark.parametrize("end", AROUND)
def test_a_link_that_was_copied_with_what_stood_behind_it_works(free_site: Site, end: str) -> None:
    browser = free_site.browser()
    browser.post("/register", JOINING)
    link = free_site.link_to("nils@example.com")

    page = browser.get(link + end)

    assert page.status == 200
    assert "nils@example.com" in page.words
    assert browser.post(link + end).status == 303
    assert free_site.browser("nils").get("/confirm").status == 200
    assert browser.post(link).status == 404


def test_a30_a_new_link_invalidates_the_older(site: Site) -> None:
    site.container.joining().resend(actor_id=site.members["ulla"])
    older = site.link_to("ulla@example.com")
    ulla = site.browser("ulla")

    page = ulla.post("/confirm")

    assert (page.status, page.location) == (303, "/confirm")
    assert ulla.follow(page).flashes == ["A new link is on its way to you. The older ones no longer work."]
    assert ulla.post(older).status == 404
    assert ulla.post(site.link_to("ulla@example.com")).status == 303


def test_a30_a_confirmed_member_gets_no_mail(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.follow(susan.post("/confirm"))
    site.deliver()

    assert page.flashes == ["Your address is confirmed already."]
    assert page.heading == "All is confirmed"
    assert site.postbox.letters == []


def test_a28_a29_an_unconfirmed_member_can_read_and_is_asked_to_confirm(site: Site) -> None:
    post_id = site.post("susan")
    ulla = site.browser("ulla")

    for path in ("/", "/following", f"/posts/{post_id}", "/@susan", "/@susan/followers", "/settings/profile"):
        assert ulla.get(path).status == 200, path
    assert "/confirm" in ulla.get("/").links
    assert "/confirm" in ulla.get(f"/posts/{post_id}").links
    assert "/posts" not in ulla.get("/").actions
    page = ulla.get("/confirm")
    assert "Welcome, @ulla." in page.words
    assert "ulla@example.com" in page.words
    assert page.form("/confirm")
    assert ulla.get("/nowhere").status == 404


def test_w13_the_administrators_address_gives_no_role_until_it_is_confirmed(make_site: MakeSite) -> None:
    site = make_site()
    browser = site.browser()
    browser.post("/register", JOINING | {"email": ADMIN_EMAIL.upper()})
    link = site.link_to(ADMIN_EMAIL.upper())
    browser.sign_in(ADMIN_EMAIL, PASSWORD)

    assert browser.get("/admin/users").status == 403
    assert browser.post(link).status == 303
    assert browser.get("/admin/users").status == 200


def test_a14_the_administrator_gets_a_mail_when_a_new_member_confirms(site: Site) -> None:
    site.browser().post("/register", JOINING)
    link = site.link_to("nils@example.com")
    assert site.postbox.to(ADMIN_EMAIL) == []

    site.browser().post(link)
    site.deliver()

    (letter,) = site.postbox.to(ADMIN_EMAIL)
    assert "nils" in letter.text


def test_w10_a_known_address_looks_the_same_and_its_owner_gets_a_mail(site: Site) -> None:
    fresh, known = site.browser(address="192.0.2.7"), site.browser(address="192.0.2.8")

    first = fresh.post("/register", JOINING)
    second = known.post("/register", JOINING | {"email": "SUSAN@example.com", "username": "erik"})

    assert (first.status, first.location, first.text) == (second.status, second.location, second.text)
    assert list(first.headers.keys()) == list(second.headers.keys())
    assert without_tokens(fresh.follow(first).text) == without_tokens(known.follow(second).text)
    assert not exists(site, "erik")
    site.deliver()
    (letter,) = site.postbox.to("SUSAN@example.com")
    assert "There is an account with it already" in letter.text


def test_w27_sending_the_same_registration_twice_makes_one_account(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/register")

    answers = [browser.submit(page, "/register", **JOINING) for _ in range(2)]
    site.deliver()

    assert [(answer.status, answer.location) for answer in answers] == [(303, "/login")] * 2
    assert len(site.postbox.to("nils@example.com")) == 1


def test_closed_registration_shows_a_message_and_is_not_offered(make_site: MakeSite) -> None:
    site = make_site(registration="closed")
    site.join("susan", Role.USER)
    post_id = site.post("susan")
    browser = site.browser()

    for path in ("/", "/login", f"/posts/{post_id}", "/nowhere"):
        assert "/register" not in browser.get(path).links, path
    for page in (browser.get("/register"), browser.post("/register", JOINING)):
        assert page.status == 403
        assert "takes no new members" in page.words
    assert not exists(site, "nils")


def test_open_registration_is_offered(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser()

    for path in ("/", "/login", f"/posts/{post_id}", "/nowhere"):
        assert any(link.partition("?")[0] == "/register" for link in browser.get(path).links), path


def test_in_development_a_new_member_sees_where_mail_is_stored(make_site: MakeSite) -> None:
    told = "This site is in development and sends no mail: each one becomes a file in"
    development = make_site(mail_url="file:/tmp/letters")
    production = make_site(mail_url="smtp://mail.example.com:25")

    for path in ("/login", "/register"):
        assert f"{told} /tmp/letters." in development.browser().get(path).words
        assert told not in production.browser().get(path).words
    assert told not in development.browser().get("/").words


def without_tokens(text: str) -> str:
    return re.sub(r'(name="(?:csrf_token|once)" value=)"[^"]*"', r"\1", text)


@pytest.mark.parametrize("kind", SQL)
def test_who_registers_while_a_site_is_imported_is_asked_to_try_again(kind: str, make_site: MakeSite) -> None:
    site = make_site(kind, rate_limits="off")
    browser = site.browser()
    browser.get("/register")

    with site.container.storage().unit_of_work() as work:
        work.records.begin()
        page = browser.post("/register", JOINING)
        assert browser.get("/").status == 200

    assert page.status == 503
    assert page.headers["Retry-After"]
    assert browser.post("/register", JOINING).status == 303
