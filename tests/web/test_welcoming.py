"""The first steps: where a first sign-in leads, and what each step leaves behind."""

from datetime import timedelta

import pytest

from domain.roles import Role
from tests.web.browser import Browser, Page
from tests.web.site import PASSWORD, Site

JOINING = {"email": "nils@example.com", "username": "nils", "password": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def nils(site: Site) -> Browser:
    """Somebody who has just joined, and was led here."""
    site.join("nils")
    browser = site.browser()
    assert browser.sign_in("nils@example.com", PASSWORD).location == "/welcome"
    return browser


def steps(page: Page) -> list[str]:
    """The forms of the page, by where they lead: those of the steps that are offered."""
    wanted = ("/welcome", "/posts", "/@susan/follow")
    return [action for action in page.actions if action in wanted]


def later(browser: Browser, step: str, **more: str) -> Page:
    return browser.post("/welcome/later", {"step": step, **more})


def test_whoever_registers_is_led_from_the_first_sign_in_to_the_last_step(site: Site) -> None:
    site.post("susan")
    browser = site.browser()
    browser.post("/register", JOINING)

    assert browser.sign_in("nils@example.com", PASSWORD).location == "/welcome"
    page = browser.get("/welcome")
    assert steps(page) == ["/welcome"]
    assert "open the link in the mail to nils@example.com" in page.words
    assert "/confirm" in page.links
    sent = browser.submit(page, "/welcome", name="Nils")
    assert (sent.status, sent.location) == (303, "/welcome#follow")

    assert browser.post(site.link_to("nils@example.com")).location == "/welcome"
    page = browser.get("/welcome")
    assert steps(page) == ["/@susan/follow", "/posts"]
    sent = browser.submit(page, "/@susan/follow")
    assert (sent.status, sent.location) == (303, "/welcome#follow")
    page = browser.follow(sent)
    assert page.flashes == ["You now follow @susan."]
    assert steps(page) == ["/posts"]
    assert "/@susan/unfollow" in page.actions
    sent = browser.submit(page, "/posts", body="Soup.")
    assert (sent.status, sent.location) == (303, "/welcome#write")
    page = browser.follow(sent)
    assert page.flashes == ["Your post is published."]
    assert steps(page) == []
    assert "Nothing is left of the first steps." in page.words
    assert {"/", "/following", "/people", "/markdown", "/@nils"} <= set(page.links)
    assert "/welcome" not in browser.get("/").links


def test_only_the_first_sign_in_leads_there_and_only_without_another_place_to_go(site: Site) -> None:
    for name, path in (("nils", ""), ("olga", "/people"), ("pete", "//evil.example")):
        site.join(name)
        first = site.browser().sign_in(f"{name}@example.com", PASSWORD, next=path)
        assert first.location == ("/people" if path == "/people" else "/welcome"), name
        assert site.browser().sign_in(f"{name}@example.com", PASSWORD).location == "/", name


def test_home_leads_there_quietly_until_that_is_dismissed(site: Site, nils: Browser) -> None:
    home = nils.get("/")
    assert "/welcome" in home.links
    assert "/welcome" not in site.browser().get("/").links

    sent = nils.submit(home, "/welcome/later")

    assert (sent.status, sent.location) == (303, "/")
    assert "/welcome" not in nils.get("/").links
    page = nils.get("/welcome")
    assert page.status == 200
    assert steps(page) == []
    assert {"/settings/profile", "/people", "/write"} <= set(page.links)


@pytest.mark.parametrize(
    ("step", "onward", "left"),
    [
        ("profile", "/welcome#follow", ["/@susan/follow", "/posts"]),
        ("follow", "/welcome#write", ["/welcome", "/posts"]),
        ("write", "/welcome#onward", ["/welcome", "/@susan/follow"]),
        ("all", "/welcome#onward", []),
        ("nonsense", "/welcome#onward", ["/welcome", "/@susan/follow", "/posts"]),
    ],
)
def test_a_step_is_put_off_and_does_not_come_back(
    step: str, onward: str, left: list[str], site: Site, nils: Browser
) -> None:
    site.post("susan")

    for _ in range(2):
        assert later(nils, step).location == onward

    assert steps(nils.get("/welcome")) == left
    site.pass_time(days=1)
    assert steps(site.browser("nils").get("/welcome")) == left


def test_no_form_leads_to_another_site(nils: Browser) -> None:
    assert later(nils, "all", next="//evil.example").location == "/welcome#onward"
    sent = nils.post("/posts", {"body": "Soup.", "next": "https://evil.example/"})
    assert sent.location.startswith("/posts/")


def test_a_profile_that_is_refused_is_shown_again_with_all_that_was_typed(site: Site, nils: Browser) -> None:
    page = nils.submit(nils.get("/welcome"), "/welcome", name="nils@soup", location="x" * 65, about_me="I cook.")

    assert page.status == 422
    assert page.title.startswith("Error:")
    assert set(page.errors) == {"name", "location"}
    assert page.form("/welcome") | {"name": "nils@soup", "about_me": "I cook."} == page.form("/welcome")
    assert "/posts" in page.actions


def test_whoever_says_nothing_goes_on_and_keeps_the_profile(site: Site, nils: Browser) -> None:
    page = nils.get("/welcome")
    site.container.members().edit_profile(actor_id=site.members["nils"], location="Lund")

    sent = nils.submit(page, "/welcome", name=" ")

    assert sent.location == "/welcome#follow"
    assert nils.follow(sent).flashes == []
    assert "Lund" in nils.get("/@nils").words
    assert "/welcome" not in steps(nils.get("/welcome"))


def test_a_text_that_is_refused_goes_on_at_its_own_page_and_then_back(nils: Browser) -> None:
    page = nils.submit(nils.get("/welcome"), "/posts", title="x" * 201, body="Soup.")

    assert page.status == 422
    assert page.form("/posts")["body"].strip() == "Soup."
    assert nils.submit(page, "/posts", title="On soup").location == "/welcome#write"


def test_what_is_undone_is_not_offered_again(site: Site, nils: Browser) -> None:
    post_id = site.post("nils")
    site.follow("nils", "susan")
    site.container.posts().delete(actor_id=site.members["nils"], post_id=post_id)
    site.container.following().unfollow(actor_id=site.members["nils"], username="susan")

    assert steps(nils.get("/welcome")) == ["/welcome"]


def test_nobody_to_follow_yet_is_said_with_a_way_on(site: Site, nils: Browser) -> None:
    page = nils.get("/welcome")

    assert "Nobody has written lately." in page.words
    assert "/people" in page.links


def test_who_waits_or_is_silenced_is_offered_what_they_may(site: Site) -> None:
    site.post("susan")
    for name in ("wilma", "sid", "sue"):
        site.join(name)
    site.let_wait("wilma")
    sanctions, mary = site.container.sanctions(), site.members["mary"]
    sanctions.sanction(actor_id=mary, username="sid", act="silence", days="7", reason="Rude.")
    wilma, sid, sue = (site.browser(name) for name in ("wilma", "sid", "sue"))
    sanctions.sanction(actor_id=mary, username="sue", act="suspend", days="7", reason="Rude.")

    page = wilma.get("/welcome")
    assert steps(page) == ["/welcome"]
    assert "A moderator looks at your registration" in page.words
    page = sid.get("/welcome")
    assert steps(page) == []
    assert "/settings/record" in page.links
    assert later(sid, "all").status == 303
    sue = site.browser("sue")
    assert sue.get("/welcome").status == 403
    assert later(sue, "all").status == 403


def test_the_page_is_for_members_and_nobody_stores_it(site: Site, nils: Browser) -> None:
    assert site.browser().get("/welcome").location == "/login?next=/welcome"
    page = nils.get("/welcome")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.etag is None


def test_whom_an_administrator_made_is_a_newcomer_and_who_came_with_an_old_site_is_none(site: Site) -> None:
    site.join("iris", Role.MODERATOR)
    assert site.browser().sign_in("iris", PASSWORD).location == "/welcome"
    site.join("olaf")
    with site.container.storage().unit_of_work() as work:
        account = work.accounts.lock(site.members["olaf"])
        account.steps = type(account.steps)(0)  # as a row that was there before the column
        work.accounts.save(account)
        work.commit()
    assert site.browser().sign_in("olaf", PASSWORD).location == "/"
    site.time += timedelta(days=1)
    assert site.browser().sign_in("olaf", PASSWORD).location == "/"


def test_a_field_that_is_left_empty_keeps_what_another_tab_has_stored(site: Site, nils: Browser) -> None:
    page = nils.get("/welcome")
    site.container.members().edit_profile(actor_id=site.members["nils"], name="Nils", about_me="I bake.")

    nils.submit(page, "/welcome", location="Lund")

    profile = site.container.storage().people_feeds.profile(None, "nils")
    assert (profile.name, profile.location, profile.about_me) == ("Nils", "Lund", "I bake.")
