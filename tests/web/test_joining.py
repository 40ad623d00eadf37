"""Joining: registering, the confirmation link, and what a member may do before they opened it."""

import re

import pytest

from domain.roles import Role
from tests.web.addresses import JOINING, exists
from tests.web.conftest import MakeSite
from tests.web.site import ADMIN_EMAIL, PASSWORD, Site

WELCOME = (
    "Welcome! A mail is on its way to you; it can take a few minutes. The link in it confirms that the address is "
    "yours. Meanwhile you can sign in and read."
)


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
        .session_feeds.reader(site.container.storage().people_feeds.profile(None, "nils").id)
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


def test_the_summary_of_a_form_with_one_field_does_not_name_it(site: Site) -> None:
    assert site.browser().post("/reset", {"email": "x"}).summary == [
        "This is not an email address that mail can reach, such as susan@example.com."
    ]
    refused = site.browser().post("/login", {"email": "x", "password": "x"})
    assert refused.summary == ["Invalid email, username or password."]


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
    assert browser.follow(done).flashes == ["Your address is confirmed. Thank you, and welcome!"]
    assert browser.cookie("session") is None
    assert site.browser("nils").post("/posts", {"body": "Hello."}).status == 303


def test_a27_a_link_confirms_its_own_account_whoever_is_signed_in(site: Site) -> None:
    site.browser().post("/register", JOINING)
    david = site.browser("david")

    assert david.post(site.link_to("nils@example.com")).status == 303

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

    assert again.status == 404
    assert again.heading == "This link no longer works"
    assert browser.get(link).status == 404


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
        assert "/register" in browser.get(path).links, path


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
